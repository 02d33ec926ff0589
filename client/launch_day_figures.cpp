// Sums of a day. See launch_day_figures.hpp.
#include "client/launch_day_figures.hpp"

#include <algorithm>

#include "client/console.hpp"

namespace lowu::client {

namespace {

using scheme::Direction;
using scheme::Rail;

constexpr std::array kDirections{Direction::kNorthbound, Direction::kSouthbound};
constexpr std::int64_t kPermille = 1'000;

std::size_t index_of(Direction direction) {
    return static_cast<std::size_t>(direction);
}

std::int64_t published(const config::v1::DayCheckpoint& checkpoint, Direction direction) {
    return direction == Direction::kNorthbound ? checkpoint.northbound_settled()
                                               : checkpoint.southbound_settled();
}

const config::v1::DayDirection& flow_of(const DayFile& day, Direction direction) {
    return direction == Direction::kNorthbound ? day.scenario.northbound()
                                               : day.scenario.southbound();
}

}  // namespace

void FlowFigures::add(const v1::GetTrafficResponse& slice) {
    settled += slice.settled();
    settled_minor += slice.settled_cny_minor();
    refused += slice.refused();
    not_sent += slice.not_sent();
    for (const auto& [reason, count] : slice.refused_by_reason()) {
        refused_by_reason[reason] += count;
    }
    for (const auto& [upper_end_us, count] : slice.latency_buckets()) {
        latency_us[upper_end_us] += count;
    }
    latency_max_us = std::max(latency_max_us, slice.latency_max_us());
}

std::int64_t FlowFigures::latency_quantile_us(std::int64_t numerator,
                                              std::int64_t denominator) const {
    std::int64_t count = 0;
    for (const auto& [upper_end_us, in_bucket] : latency_us) {
        count += in_bucket;
    }
    const std::int64_t wanted = (count * numerator + denominator - 1) / denominator;
    std::int64_t seen = 0;
    for (const auto& [upper_end_us, in_bucket] : latency_us) {
        seen += in_bucket;
        if (seen >= wanted) return std::min(upper_end_us, latency_max_us);
    }
    return 0;
}

std::int64_t FlowFigures::average_minor() const {
    return settled == 0 ? 0 : (settled_minor + settled / 2) / settled;
}

bool FlowAtCheckpoint::as_published() const {
    return settled == published &&
           (published_average_minor == 0 || settled_minor == settled * published_average_minor);
}

AtCheckpoint at_checkpoint(const DayFile& day, int index, const DayFigures& figures) {
    const config::v1::DayCheckpoint& checkpoint = day.scenario.checkpoints(index);
    const bool last = index + 1 == day.scenario.checkpoints_size();
    AtCheckpoint result;
    result.at = checkpoint.at();
    for (const Direction direction : kDirections) {
        const FlowFigures& flow = figures[index_of(direction)];
        result.flows[index_of(direction)] = {
            published(checkpoint, direction), last ? flow_of(day, direction).average_minor() : 0,
            flow.settled, flow.settled_minor, flow.average_minor()};
    }
    return result;
}

std::vector<Slip> slips_of(const DayFile& day) {
    using scheme::ResultCode;
    const config::v1::DayMistakes& mistakes = day.scenario.mistakes();
    struct Share {
        const char* what;
        ResultCode rule;
        std::int64_t permille;
    };
    const Share shares[] = {{"an account number that nobody has", ResultCode::kPayeeAccountUnknown,
                             mistakes.wrong_account_permille()},
                            {"the owner's name mistyped", ResultCode::kPayeeNameMismatch,
                             mistakes.wrong_name_permille()},
                            {"a proxy that nobody has registered", ResultCode::kPayerProxy,
                             mistakes.unknown_proxy_permille()}};
    std::vector<Slip> slips;
    for (const Share& share : shares) {
        Slip slip{share.what, share.rule, {}};
        for (const Direction direction : kDirections) {
            const std::int64_t count = published(*day.scenario.checkpoints().rbegin(), direction);
            // Rounded half up, as the plan of the day does.
            slip.ordered[index_of(direction)] =
                (count * share.permille + kPermille / 2) / kPermille;
        }
        slips.push_back(slip);
    }
    return slips;
}

std::map<std::string, std::int64_t> ordered_refusals(const DayFile& day, Direction direction) {
    std::map<std::string, std::int64_t> ordered;
    for (const Slip& slip : slips_of(day)) {
        const std::int64_t count = slip.ordered[index_of(direction)];
        if (count > 0) ordered[std::string(row_of(slip.rule).iso_code)] = count;
    }
    return ordered;
}

std::array<AgentFigures, 2> agent_figures(const v1::ListPositionsResponse& positions) {
    std::array<AgentFigures, 2> agents;
    for (const v1::Position& position : positions.positions()) {
        if (position.currency() != v1::CURRENCY_CNY) continue;
        AgentFigures& agent = agents[position.rail() == v1::RAIL_FPS ? 0 : 1];
        if (position.kind() == v1::ACCOUNT_KIND_LINK_CLAIM) {
            agent.owes_minor = position.balance_minor();
        }
        if (position.kind() != v1::ACCOUNT_KIND_LINK_AGENT) continue;
        agent.owner = position.owner();
        agent.paid_minor = position.payment_debits_minor();
        agent.received_minor = position.payment_credits_minor();
        agent.prefunded_minor =
            position.balance_minor() + position.debit_limit_minor() + agent.used_minor();
        agent.left_minor = position.available_minor();
    }
    return agents;
}

Tightest tightest_bank(const v1::ListPositionsResponse& positions, v1::Rail rail) {
    Tightest tightest;
    for (const v1::Position& position : positions.positions()) {
        if (position.rail() != rail || position.kind() != v1::ACCOUNT_KIND_SETTLEMENT ||
            position.currency() != v1::CURRENCY_CNY) {
            continue;
        }
        const std::int64_t used =
            position.payment_debits_minor() - position.payment_credits_minor();
        const std::int64_t usable = position.balance_minor() + position.debit_limit_minor() + used;
        if (tightest.usable_minor == 0 || used > tightest.used_minor) tightest = {used, usable};
    }
    return tightest;
}

std::vector<std::string> deviations(const DayFile& day,
                                    const std::vector<AtCheckpoint>& checkpoints,
                                    const DayFigures& figures,
                                    const std::array<AgentFigures, 2>& agents) {
    std::vector<std::string> found;
    for (const AtCheckpoint& checkpoint : checkpoints) {
        for (const Direction direction : kDirections) {
            const FlowAtCheckpoint& flow = checkpoint.flows[index_of(direction)];
            if (flow.as_published()) continue;
            found.push_back(std::string(to_string(direction)) + " at " + checkpoint.at + ": " +
                            std::to_string(flow.settled) + " settled with an average of " +
                            amount_text(flow.average_minor) + " are not as published");
        }
    }
    for (const Direction direction : kDirections) {
        const FlowFigures& flow = figures[index_of(direction)];
        const std::string which(to_string(direction));
        if (flow.not_sent > 0) {
            found.push_back(which + ": " + std::to_string(flow.not_sent) +
                            " orders could not be sent");
        }
        if (flow.refused_by_reason != ordered_refusals(day, direction)) {
            found.push_back(which + ": refusals are not those of the customers' slips");
        }
    }
    const FlowFigures& north = figures[index_of(Direction::kNorthbound)];
    const FlowFigures& south = figures[index_of(Direction::kSouthbound)];
    const std::int64_t net_minor = south.settled_minor - north.settled_minor;
    for (const AgentFigures& agent : agents) {
        const std::int64_t wanted = &agent == &agents[0] ? net_minor : -net_minor;
        if (agent.used_minor() == wanted && agent.owes_minor == -wanted) continue;
        found.push_back("link agent " + agent.owner + " used " + amount_text(agent.used_minor()) +
                        " and owes " + amount_text(agent.owes_minor) +
                        ", and by the banks' payments it has used " + amount_text(wanted));
    }
    return found;
}

}  // namespace lowu::client
