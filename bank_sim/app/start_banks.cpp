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
#include "lowu/config/v1/config.pb.h"

namespace lowu::bank {
namespace {

using Banks = std::vector<std::unique_ptr<Bank>>;
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

std::optional<ConfigFault> open_accounts(const config::v1::BankConfig& config,
                                         const std::string& path, Bank& bank) {
    for (int index = 0; index < config.accounts_size(); ++index) {
        const config::v1::AccountConfig& account = config.accounts(index);
        v1::OpenAccountRequest request;
        request.mutable_account()->set_account(account.account());
        request.mutable_account()->set_currency(account.currency());
        request.mutable_account()->set_name_en(account.name_en());
        request.mutable_account()->set_name_zh(account.name_zh());
        request.set_opening_balance_minor(account.opening_balance_minor());
        const auto opened = bank.open_account(request, ElapsedTime{});
        if (const auto* error = std::get_if<CallError>(&opened)) {
            // The request's "account.currency" is the file's "currency".
            const std::string field = error->field.substr(error->field.find('.') + 1);
            return ConfigFault{path + ".accounts[" + std::to_string(index) + "]." + field,
                               error->rule};
        }
    }
    return std::nullopt;
}

std::optional<ConfigFault> build(const config::v1::BankSimConfig& config,
                                 const StartSettings& settings, Banks& banks) {
    if (config.banks().empty()) {
        return ConfigFault{"banks", "must hold at least one bank"};
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
        banks.push_back(std::make_unique<Bank>(std::move(options)));
        if (auto fault = open_accounts(config.banks(index), path, *banks.back())) {
            return fault;
        }
        banks.back()->open_traffic_accounts(settings.traffic_accounts);
    }
    return std::nullopt;
}

}  // namespace

Result<Banks> start_banks(const StartSettings& settings) {
    if (Result<void> verified = scheme::verify_institutions(); !verified) {
        return std::move(verified).error();
    }
    config::v1::BankSimConfig config;
    Banks banks;
    Result<void> loaded = rpc::load_text_config(settings.config, config,
                                                [&] { return build(config, settings, banks); });
    if (!loaded) {
        return std::move(loaded).error();
    }
    return banks;
}

}  // namespace lowu::bank
