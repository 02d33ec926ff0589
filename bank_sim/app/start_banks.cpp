// Banks from a configuration file. See start_banks.hpp.
#include "bank_sim/app/start_banks.hpp"

#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "common/base/prng.hpp"
#include "common/rpc/text_config.hpp"
#include "common/scheme/institutions.hpp"
#include "common/scheme/names.hpp"
#include "common/scheme/person_token.hpp"
#include "lowu/config/v1/config.pb.h"

namespace lowu::bank {
namespace {

using rpc::ConfigFault;

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
                                        const std::string& path, const Bank& bank,
                                        std::set<Hash128>& seen, StartedBanks& started) {
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
        v1::RegisterAccountProxyRequest& wanted = started.proxies.emplace_back();
        wanted.set_bank(bank.code());
        wanted.set_account(account.account());
        *wanted.mutable_proxy() = given.proxy();
        wanted.set_default_receiver(given.default_receiver());
        wanted.set_no_cross_boundary(given.no_cross_boundary());
    }
    return std::nullopt;
}

std::optional<ConfigFault> open_accounts(const config::v1::BankConfig& config,
                                         const std::string& path, Bank& bank,
                                         StartedBanks& started) {
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
        const auto opened = bank.open_account(request, ElapsedTime{});
        if (const auto* error = std::get_if<CallError>(&opened)) {
            // The request's "account.currency" is the file's "currency".
            const std::string field = error->field.substr(error->field.find('.') + 1);
            return ConfigFault{at(path, "accounts", index) + "." + field, error->rule};
        }
        if (auto fault =
                read_proxies(account, at(path, "accounts", index), bank, proxies, started)) {
            return fault;
        }
    }
    return std::nullopt;
}

std::optional<ConfigFault> set_up_desk(const config::v1::BankConfig& config,
                                       const std::string& path, Bank& bank) {
    if (config.bid_e8() != 0 || config.ask_e8() != 0) {
        v1::SetRatesRequest rates;
        rates.set_bid_e8(config.bid_e8());
        rates.set_ask_e8(config.ask_e8());
        if (const auto error = bank.set_rates(rates, ElapsedTime{})) {
            const bool field_given = error->field == "bid_e8" || error->field == "ask_e8";
            return ConfigFault{path + "." + (field_given ? error->field : "bid_e8"), error->rule};
        }
    }
    if (const auto error = Behavior::check(config.behavior())) {
        return ConfigFault{path + ".behavior." + error->field, error->rule};
    }
    bank.set_behavior(config.behavior(), 0);
    return std::nullopt;
}

std::optional<ConfigFault> build(const config::v1::BankSimConfig& config,
                                 const StartSettings& settings, StartedBanks& started) {
    if (config.banks().empty()) {
        return ConfigFault{"banks[0]", "must be there: a process plays at least one bank"};
    }
    Keys keys;
    if (auto fault = read_keys(config, keys)) {
        return fault;
    }
    Prng prng(settings.seed);
    std::set<std::string> codes;
    for (int index = 0; index < config.banks_size(); ++index) {
        const std::string path = "banks[" + std::to_string(index) + "]";
        Bank::Options options{scheme::Rail::kFps, {}, {}, {}, settings.incarnation,
                              prng.next_u64()};
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
        Bank& bank = *started.banks.emplace_back(std::make_unique<Bank>(std::move(options)));
        if (auto fault = open_accounts(config.banks(index), path, bank, started)) {
            return fault;
        }
        if (auto fault = set_up_desk(config.banks(index), path, bank)) {
            return fault;
        }
        bank.open_traffic_accounts(settings.traffic_accounts);
    }
    return std::nullopt;
}

}  // namespace

Result<StartedBanks> start_banks(const StartSettings& settings) {
    if (Result<void> verified = scheme::verify_institutions(); !verified) {
        return std::move(verified).error();
    }
    config::v1::BankSimConfig config;
    StartedBanks started;
    Result<void> loaded = rpc::load_text_config(settings.config, config,
                                                [&] { return build(config, settings, started); });
    if (!loaded) {
        return std::move(loaded).error();
    }
    return started;
}

}  // namespace lowu::bank
