// The small scheme of the simulation; see scheme.hpp.
#include "tests/simulation/scheme.hpp"

#include "common/base/assert.hpp"

namespace lowu::simulation {
namespace {

using core::AmountMinor;

std::string ibps_code(const std::string& first_eleven_digits) {
    return first_eleven_digits + scheme::ibps_check_digit(first_eleven_digits);
}

core::AgentCode packed(const std::string& code) {
    const auto agent = scheme::parse_agent_code(code);
    LOWU_ASSERT(agent.has_value(), "the plan's codes are codes");
    return *agent;
}

}  // namespace

const std::array<BankPlan, 4>& bank_plans() {
    static const std::array<BankPlan, 4> plans{BankPlan{Rail::kFps, "X01"},
                                               BankPlan{Rail::kFps, "X02"},
                                               BankPlan{Rail::kIbps, ibps_code("99910000001")},
                                               BankPlan{Rail::kIbps, ibps_code("99910000002")}};
    return plans;
}

const std::string& stranger(Rail rail) {
    static const std::string fps = "X77";
    static const std::string ibps = ibps_code("99977000007");
    return rail == Rail::kFps ? fps : ibps;
}

core::Parameters parameters() {
    core::Parameters parameters;
    parameters.payee_deadline = 2_s;
    parameters.origin_deadline = 5_s;
    parameters.link_allowance = 1_s;
    parameters.queue_allowance = 500_ms;
    parameters.payments_max = 2'048;
    LOWU_ASSERT(parameters.broken_rule() == nullptr, "the plan's parameters are possible");
    return parameters;
}

engine::Genesis genesis() {
    engine::Genesis commands;
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        commands.emplace_back(rail,
                              core::OpenCell{rail, parameters(), scheme::kDefaultSchemeStart});
        for (const BankPlan& plan : bank_plans()) {
            if (plan.rail != rail) continue;
            core::AdmitParticipant admit;
            admit.code = packed(plan.code);
            admit.participation.bits = core::kAllParticipation;
            (rail == Rail::kFps ? admit.opening_cny : admit.net_debit_cap) = AmountMinor{400'000};
            commands.emplace_back(rail, admit);
        }
        core::OpenLink link;
        link.agent = packed(rail == Rail::kFps ? "X90" : ibps_code("99990000001"));
        (rail == Rail::kFps ? link.opening_cny : link.net_debit_cap) = AmountMinor{500'000};
        commands.emplace_back(rail, link);
    }
    return commands;
}

std::string customer_account(int index) {
    return "A-" + std::to_string(index);
}

}  // namespace lowu::simulation
