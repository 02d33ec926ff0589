// Planning a day. See day_plan.hpp.
#include "bank_sim/model/day_plan.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "bank_sim/model/day_amounts.hpp"
#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/base/prng.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::bank {
namespace {

using scheme::Direction;
using scheme::Rail;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::uint64_t kPermille = 1'000;

// An hour of the day and how many orders come in it.
struct HourCount {
    SchemeTime from;
    DayWeight weight = 0;
    std::int64_t count = 0;
};

// Shares `count` out by weight; what whole numbers leave over goes to the largest remainders, the
// earlier hour first.
void share_out(std::int64_t count, std::vector<HourCount>& hours) {
    std::int64_t sum = 0;
    for (const HourCount& hour : hours) {
        sum += hour.weight;
    }
    std::int64_t left = count;
    for (HourCount& hour : hours) {
        hour.count = count * hour.weight / sum;
        left -= hour.count;
    }
    std::vector<HourCount*> by_remainder;
    for (HourCount& hour : hours) {
        by_remainder.push_back(&hour);
    }
    std::stable_sort(by_remainder.begin(), by_remainder.end(),
                     [count, sum](const HourCount* one, const HourCount* other) {
                         return count * one->weight % sum > count * other->weight % sum;
                     });
    for (std::int64_t index = 0; index < left; ++index) {
        ++by_remainder[static_cast<std::size_t>(index)]->count;
    }
}

// The customers of one bank, in a drawn order in which they come to pay: nobody comes again before
// all have come, unless the amount is too much for those who are left.
class Payers {
public:
    Payers(std::uint32_t customers, std::int64_t person_day_max_minor, Prng& prng)
        : order_(customers), spent_(customers), person_day_max_minor_(person_day_max_minor) {
        std::iota(order_.begin(), order_.end(), 0U);
        shuffle(order_, prng);
    }

    std::optional<std::uint32_t> next(std::int64_t amount_minor) {
        for (std::size_t tried = 0; tried < order_.size(); ++tried) {
            const std::uint32_t customer = order_[next_];
            next_ = next_ + 1 == order_.size() ? 0 : next_ + 1;
            if (spent_[customer] + amount_minor <= person_day_max_minor_) {
                spent_[customer] += amount_minor;
                return customer;
            }
        }
        return std::nullopt;
    }

private:
    std::vector<std::uint32_t> order_;
    std::vector<std::int64_t> spent_;
    std::size_t next_ = 0;
    std::int64_t person_day_max_minor_;
};

// Plans one direction.
class FlowPlanner {
public:
    FlowPlanner(const DayPlan& plan, Direction direction, Prng prng)
        : plan_(plan),
          rules_(plan.rules()),
          direction_(direction),
          flow_(rules_.flow(direction)),
          payer_side_(rules_.side(origin_of(direction))),
          payee_side_(rules_.side(destination_of(direction))),
          prng_(prng) {
        for (std::size_t bank = 0; bank < payer_side_.banks.size(); ++bank) {
            payers_.emplace_back(payer_side_.customers_per_bank, flow_.person_day_max_minor, prng_);
        }
        for (std::uint32_t customer = 0; customer < payee_side_.proxies_per_bank; ++customer) {
            const DayPlace place{destination_of(direction), 0, customer};
            with_proxy_[plan.proxy_is_hkd(place) ? 1 : 0].push_back(customer);
        }
    }

    std::variant<std::vector<DayOrder>, DayFault> run() {
        const std::string path(to_string(direction_));
        const std::int64_t count = rules_.settled_at_end(direction_);
        const auto amounts = draw_amounts(flow_, rules_.steps, count, prng_);
        if (!amounts) {
            return DayFault{path + ".average_minor",
                            "must be reachable with amounts of the bands as they were drawn"};
        }
        const std::vector<SchemeTime> times = draw_times();
        for (std::size_t index = 0; index < times.size(); ++index) {
            orders_.push_back(DayOrder{times[index], {}, {}, (*amounts)[index]});
        }
        add_mistakes(count, DayMistake::kWrongAccount, rules_.mistakes.wrong_account_permille);
        add_mistakes(count, DayMistake::kWrongName, rules_.mistakes.wrong_name_permille);
        add_mistakes(count, DayMistake::kUnknownProxy, rules_.mistakes.unknown_proxy_permille);
        std::stable_sort(
            orders_.begin(), orders_.end(),
            [](const DayOrder& one, const DayOrder& other) { return one.at < other.at; });
        for (DayOrder& order : orders_) {
            if (!cast(order)) {
                return DayFault{path + ".person_day_max_minor",
                                "must leave room for all orders: more, or more customers_per_bank"};
            }
        }
        return std::move(orders_);
    }

private:
    // By time, as many before each checkpoint as it says.
    std::vector<SchemeTime> draw_times() {
        std::vector<SchemeTime> times;
        DayCheckpoint before{rules_.start, {}};
        const auto index = static_cast<std::size_t>(direction_);
        for (const DayCheckpoint& checkpoint : rules_.checkpoints) {
            std::vector<HourCount> hours;
            for (SchemeTime from = before.at; from < checkpoint.at; from = from + 1_h) {
                const std::int64_t hour = scheme::time_of_day_ms(from) / kHourMs;
                hours.push_back({from, flow_.hours[static_cast<std::size_t>(hour)]});
            }
            share_out(checkpoint.settled[index] - before.settled[index], hours);
            for (const HourCount& hour : hours) {
                for (std::int64_t drawn = 0; drawn < hour.count; ++drawn) {
                    times.push_back(draw_within(hour.from));
                }
            }
            before = checkpoint;
        }
        std::sort(times.begin(), times.end());
        return times;
    }

    SchemeTime draw_within(SchemeTime hour) {
        return hour + Duration::from_ms(prng_.between(0, kHourMs - 1));
    }

    // Spread as the payments that succeed. Their amounts count nowhere.
    void add_mistakes(std::int64_t count, DayMistake mistake, std::uint32_t permille) {
        const std::int64_t wanted = (count * permille + static_cast<std::int64_t>(kPermille) / 2) /
                                    static_cast<std::int64_t>(kPermille);  // rounded half up
        for (std::int64_t index = 0; index < wanted; ++index) {
            const auto like =
                static_cast<std::size_t>(prng_.below(static_cast<std::uint64_t>(count)));
            const SchemeTime at = orders_[like].at;
            DayOrder order;
            order.at = draw_within(at - Duration::from_ms(at.value % kHourMs));
            order.cny_minor = draw_amount(flow_, rules_.steps, prng_);
            order.mistake = mistake;
            orders_.push_back(order);
        }
    }

    // Gives an order its payer and payee. False when nobody may pay so much any more.
    bool cast(DayOrder& order) {
        const auto bank = static_cast<std::uint32_t>(draw_by_weight(payer_side_.banks, prng_));
        const auto payer = payers_[bank].next(order.cny_minor);
        if (!payer) {
            return false;
        }
        order.payer = {origin_of(direction_), bank, *payer};
        const bool hkd = prng_.chance(flow_.hkd_account_permille, kPermille);
        const bool northbound = direction_ == Direction::kNorthbound;
        order.from_hkd = northbound && hkd;
        order.to_hkd = !northbound && hkd;
        const bool by_proxy = prng_.chance(flow_.by_proxy_permille, kPermille);
        order.by_proxy = order.mistake == DayMistake::kUnknownProxy ||
                         (order.mistake == DayMistake::kNone && by_proxy);
        order.payee = {destination_of(direction_),
                       static_cast<std::uint32_t>(draw_by_weight(payee_side_.banks, prng_)),
                       draw_payee(order)};
        if (order.by_proxy && order.mistake == DayMistake::kNone) {
            order.to_hkd = !northbound && plan_.proxy_is_hkd(order.payee);
        }
        return true;
    }

    std::uint32_t draw_payee(const DayOrder& order) {
        const std::uint32_t customers = payee_side_.customers_per_bank;
        const bool nobody = order.mistake == DayMistake::kWrongAccount ||
                            order.mistake == DayMistake::kUnknownProxy;
        if (nobody) {
            return customers + static_cast<std::uint32_t>(prng_.below(customers));
        }
        if (!order.by_proxy) {
            return static_cast<std::uint32_t>(prng_.below(customers));
        }
        const bool hkd = order.to_hkd ? !with_proxy_[1].empty() : with_proxy_[0].empty();
        const std::vector<std::uint32_t>& owners = with_proxy_[hkd ? 1 : 0];
        return owners[static_cast<std::size_t>(prng_.below(owners.size()))];
    }

    const DayPlan& plan_;
    const DayRules& rules_;
    Direction direction_;
    const DayFlow& flow_;
    const DaySide& payer_side_;
    const DaySide& payee_side_;
    Prng prng_;
    std::vector<Payers> payers_;                            // by bank
    std::array<std::vector<std::uint32_t>, 2> with_proxy_;  // customers: for CNY, for HKD
    std::vector<DayOrder> orders_;
};

}  // namespace

DayPlan::DayPlan(DayRules rules, std::uint64_t seed) : rules_(std::move(rules)), seed_(seed) {}

std::variant<DayPlan, DayFault> DayPlan::make(DayRules rules, std::uint64_t seed) {
    DayPlan plan(std::move(rules), seed);
    Prng prng(seed);
    for (const Direction direction : {Direction::kNorthbound, Direction::kSouthbound}) {
        auto planned = FlowPlanner(plan, direction, prng.fork()).run();
        if (auto* fault = std::get_if<DayFault>(&planned)) {
            return std::move(*fault);
        }
        plan.orders_[static_cast<std::size_t>(direction)] =
            std::get<std::vector<DayOrder>>(std::move(planned));
    }
    return plan;
}

// The same for all banks, so that one list of customers serves for all.
bool DayPlan::proxy_is_hkd(const DayPlace& place) const {
    const std::uint32_t permille = rules_.flow(Direction::kSouthbound).hkd_account_permille;
    return place.rail == Rail::kFps && mix64(seed_, place.customer) % kPermille < permille;
}

}  // namespace lowu::bank
