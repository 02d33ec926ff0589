// A scenario's day for this process. See open_day.hpp.
#include "bank_sim/app/open_day.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/day_customers.hpp"
#include "bank_sim/model/day_rules.hpp"
#include "common/rpc/text_config.hpp"
#include "lowu/config/v1/day.pb.h"

namespace lowu::bank {
namespace {

std::optional<rpc::ConfigFault> fault_of(DayFault&& fault) {
    return rpc::ConfigFault{std::move(fault.field), std::move(fault.rule)};
}

// Every bank of a side that this process plays must be here, or its payments would find nobody.
std::optional<rpc::ConfigFault> open_side(const DayPlan& plan, scheme::Rail rail,
                                          BankSet& started) {
    const auto banks = started.banks();
    if (std::none_of(banks.begin(), banks.end(),
                     [rail](const Bank* bank) { return bank->rail() == rail; })) {
        return std::nullopt;
    }
    const DaySide& side = plan.rules().side(rail);
    for (std::uint32_t index = 0; index < side.banks.size(); ++index) {
        const std::string field =
            std::string(rail == scheme::Rail::kFps ? "hong_kong" : "mainland") + ".banks[" +
            std::to_string(index) + "].code";
        Bank* bank = started.find(side.banks[index].code);
        if (bank == nullptr) {
            return rpc::ConfigFault{field, "must be a bank that --config has, too"};
        }
        if (const auto error = open_day_customers(plan, index, started.last(), *bank)) {
            return rpc::ConfigFault{field, "must be a bank that can open the customers: " +
                                               error->field + " " + error->rule};
        }
    }
    return std::nullopt;
}

std::optional<rpc::ConfigFault> build(const config::v1::DayScenario& scenario, std::uint64_t seed,
                                      BankSet& started, std::shared_ptr<const DayPlan>& plan) {
    auto rules = read_day(scenario);
    if (auto* fault = std::get_if<DayFault>(&rules)) {
        return fault_of(std::move(*fault));
    }
    auto made =
        DayPlan::make(std::get<DayRules>(std::move(rules)), seed == 0 ? scenario.seed() : seed);
    if (auto* fault = std::get_if<DayFault>(&made)) {
        return fault_of(std::move(*fault));
    }
    plan = std::make_shared<const DayPlan>(std::get<DayPlan>(std::move(made)));
    for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
        if (auto fault = open_side(*plan, rail, started)) {
            return fault;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<const DayPlan>> open_day(const std::string& file, std::uint64_t seed,
                                                BankSet& started) {
    config::v1::DayScenario scenario;
    std::shared_ptr<const DayPlan> plan;
    Result<void> loaded =
        rpc::load_text_config(file, scenario, [&] { return build(scenario, seed, started, plan); });
    if (!loaded) {
        return std::move(loaded).error();
    }
    return plan;
}

}  // namespace lowu::bank
