// Banks from a configuration file. See start_banks.hpp.
#include "bank_sim/app/start_banks.hpp"

#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "common/rpc/text_config.hpp"
#include "common/scheme/institutions.hpp"
#include "common/scheme/names.hpp"
#include "common/scheme/person_token.hpp"
#include "lowu/config/v1/config.pb.h"

namespace lowu::bank {
namespace {

using rpc::ConfigFault;

constexpr std::int64_t kDefaultEnquireAfterMs = 30'000;
constexpr std::int64_t kMaxEnquireAfterMs = 86'400'000;

// The bank's code on its rail, and its names: from the table of institutions where it is there.
std::optional<ConfigFault> read_identity(const config::v1::BankConfig& config,
                                         const std::string& path, Bank::Options& options) {
    if (config.rail() != v1::RAIL_FPS && config.rail() != v1::RAIL_IBPS) {
        return ConfigFault{path + ".rail", "must be RAIL_FPS or RAIL_IBPS"};
    }
    options.rail = config.rail() == v1::RAIL_FPS ? scheme::Rail::kFps : scheme::Rail::kIbps;
    if (const auto rule = scheme::check_agent_code(options.rail, config.code())) {
        return ConfigFault{path + ".code", std::string(*rule)};
    }
    options.code = config.code();
    if (const auto* institution =
            scheme::find_institution(*scheme::parse_agent_code(config.code()))) {
        options.name_en = institution->name_en;
        options.name_zh = institution->name_zh;
        return std::nullopt;
    }
    if (const auto fault = scheme::check_name(config.name_en(), scheme::Field::kNone)) {
        return ConfigFault{path + ".name_en", std::string(fault->rule)};
    }
    options.name_en = config.name_en();
    options.name_zh = config.name_zh().empty() ? config.name_en() : config.name_zh();
    return std::nullopt;
}

// An index into a repeated field, as text protobuf's readers count.
std::string at(const std::string& path, std::string_view field, int index) {
    return path + "." + std::string(field) + "[" + std::to_string(index) + "]";
}

// Keys of both sides, by rail: a file may play banks of either.
struct Keys {
    TokenKeys fps;
    TokenKeys ibps;

    [[nodiscard]] TokenKeys& of(scheme::Rail rail) {
        return rail == scheme::Rail::kFps ? fps : ibps;
    }
};

std::optional<ConfigFault> read_keys(const config::v1::BankSimConfig& config, Keys& keys) {
    for (int index = 0; index < config.token_keys_size(); ++index) {
        const config::v1::TokenKey& given = config.token_keys(index);
        const std::string path = "token_keys[" + std::to_string(index) + "]";
        if (given.rail() != v1::RAIL_FPS && given.rail() != v1::RAIL_IBPS) {
            return ConfigFault{path + ".rail", "must be RAIL_FPS or RAIL_IBPS"};
        }
        if (given.version() == 0) {
            return ConfigFault{path + ".version", "must be 1 or more"};
        }
        const auto key = scheme::parse_token_key(given.key_hex());
        if (!key) {
            return ConfigFault{path + ".key_hex", "must be 64 hexadecimal digits"};
        }
        const auto rail = given.rail() == v1::RAIL_FPS ? scheme::Rail::kFps : scheme::Rail::kIbps;
        if (!keys.of(rail).add(given.version(), *key)) {
            return ConfigFault{path + ".version",
                               "must be in the file once for its rail, with at most 64 keys"};
        }
    }
    return std::nullopt;
}

std::optional<ConfigFault> read_proxies(const config::v1::AccountConfig& account,
                                        const std::string& path, Bank& bank,
                                        std::set<Hash128>& seen) {
    for (int index = 0; index < account.proxies_size(); ++index) {
        const config::v1::ProxyConfig& given = account.proxies(index);
        const std::string field = at(path, "proxies", index) + ".proxy";
        if (const auto error = check_proxy(bank.rail(), given.proxy(), field)) {
            return ConfigFault{error->field, error->rule};
        }
        if (!seen.insert(hash_of(given.proxy())).second) {
            return ConfigFault{field, "must be of one account of the bank"};
        }
        if (given.default_receiver() && bank.rail() != scheme::Rail::kFps) {
            return ConfigFault{at(path, "proxies", index) + ".default_receiver",
                               "must be false: on the Mainland there is none"};
        }
        v1::RegisterAccountProxyRequest wanted;
        wanted.set_bank(bank.code());
        wanted.set_account(account.account());
        *wanted.mutable_proxy() = given.proxy();
        wanted.set_default_receiver(given.default_receiver());
        wanted.set_no_cross_boundary(given.no_cross_boundary());
        if (const auto error = bank.want_proxy(wanted)) {
            return ConfigFault{field, error->rule};
        }
    }
    return std::nullopt;
}

std::optional<ConfigFault> open_accounts(const config::v1::BankConfig& config,
                                         const std::string& path, ElapsedTime now, Bank& bank) {
    std::set<Hash128> proxies;
    for (int index = 0; index < config.accounts_size(); ++index) {
        const config::v1::AccountConfig& account = config.accounts(index);
        v1::OpenAccountRequest request;
        request.mutable_account()->set_account(account.account());
        request.mutable_account()->set_currency(account.currency());
        request.mutable_account()->set_name_en(account.name_en());
        request.mutable_account()->set_name_zh(account.name_zh());
        request.mutable_account()->set_holder(account.holder());
        request.mutable_account()->set_document(account.document());
        request.mutable_account()->set_document_number(account.document_number());
        request.set_opening_balance_minor(account.opening_balance_minor());
        const auto opened = bank.open_or_find(request, now);
        if (const auto* error = std::get_if<CallError>(&opened)) {
            // The request's "account.currency" is the file's "currency".
            const std::string field = error->field.substr(error->field.find('.') + 1);
            return ConfigFault{at(path, "accounts", index) + "." + field, error->rule};
        }
        if (auto fault = read_proxies(account, at(path, "accounts", index), bank, proxies)) {
            return fault;
        }
    }
    return std::nullopt;
}

std::optional<ConfigFault> set_up_desk(const config::v1::BankConfig& config,
                                       const std::string& path, ElapsedTime now, Bank& bank) {
    if (config.bid_e8() != 0 || config.ask_e8() != 0) {
        v1::SetRatesRequest rates;
        rates.set_bid_e8(config.bid_e8());
        rates.set_ask_e8(config.ask_e8());
        if (const auto error = bank.set_rates(rates, now)) {
            const bool field_given = error->field == "bid_e8" || error->field == "ask_e8";
            return ConfigFault{path + "." + (field_given ? error->field : "bid_e8"), error->rule};
        }
    }
    if (const auto error = Behavior::check(config.behavior())) {
        return ConfigFault{path + ".behavior." + error->field, error->rule};
    }
    bank.set_behavior(config.behavior(), 0);
    bank.set_up();
    return std::nullopt;
}

std::optional<ConfigFault> set_enquiries(const config::v1::BankConfig& config,
                                         const std::string& path, Bank& bank) {
    if (config.enquire_after_ms() < -1 || config.enquire_after_ms() > kMaxEnquireAfterMs) {
        return ConfigFault{path + ".enquire_after_ms", "must be -1 to 86,400,000"};
    }
    const std::int64_t after_ms = config.enquire_after_ms() == 0    ? kDefaultEnquireAfterMs
                                  : config.enquire_after_ms() == -1 ? 0
                                                                    : config.enquire_after_ms();
    if (bank.enquire_after() != Duration::from_ms(after_ms)) {
        bank.set_enquire_after(Duration::from_ms(after_ms));
    }
    return std::nullopt;
}

std::optional<ConfigFault> open_traffic(const std::string& path, std::uint32_t count, Bank& bank) {
    if (bank.traffic_accounts().size() > count) {
        return ConfigFault{path + ".code", "must be started with --traffic-accounts " +
                                               std::to_string(bank.traffic_accounts().size()) +
                                               " or more: so many this bank has opened"};
    }
    if (const auto error = bank.open_traffic_accounts(count)) {
        return ConfigFault{path + ".accounts", error->rule};
    }
    return std::nullopt;
}

std::optional<ConfigFault> read_banks(const config::v1::BankSimConfig& config,
                                      std::vector<Bank::Options>& cast) {
    if (config.banks().empty()) {
        return ConfigFault{"banks[0]", "must be there: a process plays at least one bank"};
    }
    Keys keys;
    if (auto fault = read_keys(config, keys)) {
        return fault;
    }
    std::set<std::string> codes;
    for (int index = 0; index < config.banks_size(); ++index) {
        const std::string path = "banks[" + std::to_string(index) + "]";
        Bank::Options options{scheme::Rail::kFps, {}, {}, {}, 0, 0};
        if (auto fault = read_identity(config.banks(index), path, options)) {
            return fault;
        }
        if (!codes.insert(options.code).second) {
            return ConfigFault{path + ".code", "must be in the file once"};
        }
        options.token_keys = keys.of(options.rail);
        if (options.token_keys.empty()) {
            return ConfigFault{path + ".rail",
                               "must be one of token_keys': without a key of its "
                               "rail no customer of the bank can pay"};
        }
        cast.push_back(std::move(options));
    }
    return std::nullopt;
}

std::optional<ConfigFault> set_up_banks(const config::v1::BankSimConfig& config,
                                        const StartSettings& settings, BankSet& banks) {
    for (int index = 0; index < config.banks_size(); ++index) {
        const config::v1::BankConfig& given = config.banks(index);
        const std::string path = "banks[" + std::to_string(index) + "]";
        Bank& bank = *banks.find(given.code());
        if (auto fault = open_accounts(given, path, banks.last(), bank)) {
            return fault;
        }
        if (!bank.is_set_up()) {
            if (auto fault = set_up_desk(given, path, banks.last(), bank)) {
                return fault;
            }
        }
        if (auto fault = set_enquiries(given, path, bank)) {
            return fault;
        }
        if (auto fault = open_traffic(path, settings.traffic_accounts, bank)) {
            return fault;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<std::vector<Bank::Options>> read_cast(const std::string& config) {
    if (Result<void> verified = scheme::verify_institutions(); !verified) {
        return std::move(verified).error();
    }
    config::v1::BankSimConfig file;
    std::vector<Bank::Options> cast;
    Result<void> loaded =
        rpc::load_text_config(config, file, [&] { return read_banks(file, cast); });
    if (!loaded) {
        return std::move(loaded).error();
    }
    return cast;
}

Result<void> set_up(const StartSettings& settings, BankSet& banks) {
    config::v1::BankSimConfig file;
    return rpc::load_text_config(settings.config, file,
                                 [&] { return set_up_banks(file, settings, banks); });
}

}  // namespace lowu::bank
