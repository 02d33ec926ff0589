// Drawing orders. See traffic.hpp.
#include "simulator/scenario/traffic.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "bank_sim/model/day_amounts.hpp"
#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/base/prng.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/scenario/volume.hpp"

namespace lowu::simulator {
namespace {

using money::Currency;
using scheme::Rail;
using scheme::Service;

constexpr std::uint32_t kHourMs = 3'600'000;
constexpr std::uint32_t kMistakesPlaces = 8;  // a moment of an hour and a mistake in one number
constexpr SchemeTime kOver{std::numeric_limits<std::int64_t>::max()};
constexpr std::int64_t kSecondsAMinute = 60;
constexpr std::size_t kHours = 24;
constexpr std::uint64_t kPermille = 1'000;
constexpr int kTriesForAverage = 16;

static_assert(kMistakes <= kMistakesPlaces && kHourMs < UINT32_MAX / kMistakesPlaces);

// Banks that take part on one end, by weight.
class BankChoice {
public:
    void clear() {
        banks_.clear();
        sum_ = 0;
    }
    void add(std::size_t bank, std::uint32_t weight) {
        sum_ += weight;
        banks_.push_back({sum_, static_cast<std::uint16_t>(bank)});
    }
    [[nodiscard]] std::uint16_t draw(Prng& prng) const {
        const std::uint64_t drawn = prng.below(sum_);
        const auto found = std::find_if(banks_.begin(), banks_.end(), [drawn](const Entry& entry) {
            return drawn < entry.weight_to_here;
        });
        return found->bank;
    }

private:
    struct Entry {
        std::uint64_t weight_to_here;
        std::uint16_t bank;
    };
    std::vector<Entry> banks_;
    std::uint64_t sum_ = 0;
};

std::uint32_t customers_of(const Bank& bank, bool persons) {
    return persons ? bank.persons : bank.institutions;
}

// How many of a number of orders are mistakes, rounded half up.
std::int64_t share_of(std::int64_t orders, std::uint32_t permille) {
    return (orders * permille + static_cast<std::int64_t>(kPermille) / 2) /
           static_cast<std::int64_t>(kPermille);
}

}  // namespace

class Traffic::Source {
public:
    Source(const Scenario& scenario, std::size_t flow)
        : scenario_(scenario),
          flow_(scenario.flows[flow]),
          flow_index_(static_cast<std::uint16_t>(flow)),
          prng_(0),
          day_(scenario.first_day) {
        for (std::size_t kind = 0; kind < kMistakes; ++kind) {
            const bool remittance = flow_.corridor.service == Service::kP2pRemittance;
            const bool fits = kind != static_cast<std::size_t>(Mistake::kAboveLimit) || remittance;
            mistake_permille_[kind] = fits ? scenario.mistakes.permille[kind] : 0;
        }
        if (flow_.person_day_max_minor > 0) spent_.resize(scenario.banks.size());
        begin_day(static_cast<std::size_t>(scheme::time_of_day_ms(scenario.start) / kHourMs));
        find_next();
    }

    [[nodiscard]] std::int64_t total() const {
        std::int64_t orders = 0;
        for (const std::int64_t day : flow_.orders_by_day)
            orders += day;
        std::int64_t total = orders;
        for (const std::uint32_t permille : mistake_permille_)
            total += share_of(orders, permille);
        return total;
    }

    // When the next order comes; kOver when there is none.
    [[nodiscard]] SchemeTime next_at() const { return next_at_; }

    // The order that comes at next_at().
    Order take() {
        const auto mistake = static_cast<Mistake>(moments_[taken_] % kMistakesPlaces);
        const Order order = make(next_at_, mistake);
        ++taken_;
        find_next();
        return order;
    }

private:
    // Goes on to the next hour with orders when this one has no more.
    void find_next() {
        while (taken_ == moments_.size()) {
            if (hour_ == kHours) {
                if (++day_ >= scenario_.end_day()) {
                    next_at_ = kOver;
                    return;
                }
                begin_day(0);
            }
            begin_hour(hour_++);
        }
        next_at_ = hour_from_ + Duration::from_ms(moments_[taken_] / kMistakesPlaces);
    }

    // Hours before `first` have nothing.
    void begin_day(std::size_t first) {
        prng_ = Prng(mix64(mix64(scenario_.seed, flow_.corridor.number()),
                           static_cast<std::uint64_t>(day_)));
        hour_ = first;
        for (auto& spent : spent_)
            spent.clear();
        choose_banks();
        const std::int64_t orders =
            flow_.orders_by_day[static_cast<std::size_t>(day_ - scenario_.first_day)];
        by_hour_[0] = share_out(orders, flow_.hours, first);
        draw_mistakes(orders, first);
        draw_amounts(orders);
    }

    // Draws the moments of an hour, each with what goes wrong then.
    void begin_hour(std::size_t hour) {
        hour_from_ =
            scheme::start_of_day(day_) + Duration::from_hours(static_cast<std::int64_t>(hour));
        moments_.clear();
        taken_ = 0;
        for (std::uint32_t kind = 0; kind < kMistakes; ++kind) {
            for (std::int64_t left = by_hour_[kind][hour]; left > 0; --left) {
                const auto ms = static_cast<std::uint32_t>(prng_.below(kHourMs));
                moments_.push_back(ms * kMistakesPlaces + kind);
            }
        }
        std::sort(moments_.begin(), moments_.end());
    }

    void choose_banks() {
        payers_.clear();
        payees_.clear();
        const Corridor& corridor = flow_.corridor;
        for (std::size_t index = 0; index < scenario_.banks.size(); ++index) {
            const Bank& bank = scenario_.banks[index];
            if (!bank.there(day_) || !bank.takes_part(corridor)) continue;
            if (bank.rail == corridor.payer_rail &&
                customers_of(bank, corridor.payer_is_person()) > 0) {
                payers_.add(index, bank.payer_weight);
            }
            if (bank.rail == corridor.payee_rail &&
                customers_of(bank, corridor.payee_is_person()) > 0) {
                payees_.add(index, bank.payee_weight);
            }
        }
    }

    // As many as bring their number so far to its share of all orders so far: small days lose none.
    void draw_mistakes(std::int64_t orders, std::size_t first) {
        for (std::size_t kind = 1; kind < kMistakes; ++kind) {
            by_hour_[kind].fill(0);
            const std::uint32_t permille = mistake_permille_[kind];
            const std::int64_t wanted =
                share_of(orders_so_far_ + orders, permille) - share_of(orders_so_far_, permille);
            for (std::int64_t left = wanted; left > 0; --left)
                ++by_hour_[kind][draw_hour(first)];
        }
        orders_so_far_ += orders;
    }

    std::size_t draw_hour(std::size_t first) {
        std::uint64_t sum = 0;
        for (std::size_t hour = first; hour < kHours; ++hour)
            sum += flow_.hours[hour];
        std::uint64_t left = prng_.below(sum);
        std::size_t hour = first;
        while (left >= flow_.hours[hour])
            left -= flow_.hours[hour++];
        return hour;
    }

    // With an average to reach, all amounts of a day are drawn at once.
    void draw_amounts(std::int64_t orders) {
        amounts_.clear();
        for (int tries = kTriesForAverage;
             flow_.amounts.average_minor > 0 && orders > 0 && tries > 0; --tries) {
            if (auto drawn = bank::draw_amounts(flow_.amounts, scenario_.steps, orders, prng_)) {
                amounts_ = *std::move(drawn);
                return;
            }
        }
    }

    Order make(SchemeTime at, Mistake mistake) {
        Order order;
        order.at = at;
        order.flow = flow_index_;
        order.mistake = mistake;
        order.amount_minor = draw_amount(mistake);
        const Corridor& corridor = flow_.corridor;
        order.payer_bank = payers_.draw(prng_);
        do {
            order.payee_bank = payees_.draw(prng_);
        } while (order.payee_bank == order.payer_bank);
        order.payer = draw_payer(order);
        order.by_proxy = draw_by_proxy(order);
        order.payee = draw_payee(order);
        if (corridor.payee_rail == Rail::kFps && order.by_proxy && mistake == Mistake::kNone &&
            !corridor.domestic()) {
            order.hkd_account =
                scenario_.proxy_is_hkd(scenario_.banks[order.payee_bank], order.payee);
        } else {
            order.hkd_account = prng_.chance(flow_.hkd_account_permille, kPermille);
        }
        const bool fixed = corridor.domestic() || prng_.chance(flow_.hkd_fixed_permille, kPermille);
        if (order.hkd_account && fixed) order.currency = Currency::kHkd;
        if (mistake == Mistake::kNone && flow_.returned_permille > 0 &&
            prng_.chance(flow_.returned_permille, kPermille)) {
            order.return_after_s = static_cast<std::uint32_t>(
                prng_.between(1, flow_.returned_within_minutes * kSecondsAMinute));
        }
        return order;
    }

    std::int64_t draw_amount(Mistake mistake) {
        if (mistake == Mistake::kAboveLimit) return scenario_.mistakes.above_limit_minor;
        if (mistake == Mistake::kNone && !amounts_.empty()) {
            const std::int64_t amount_minor = amounts_.back();
            amounts_.pop_back();
            return amount_minor;
        }
        return bank::draw_amount(flow_.amounts, scenario_.steps, prng_);
    }

    // A regular, or anybody.
    std::uint32_t draw_customer(const Bank& bank, bool person) {
        const std::uint32_t all = customers_of(bank, person);
        const Side& side = scenario_.side(bank.rail);
        const auto regulars =
            static_cast<std::uint32_t>(all * std::uint64_t{side.regulars_permille} / kPermille);
        const bool regular =
            person && regulars > 0 && prng_.chance(side.regulars_orders_permille, kPermille);
        return static_cast<std::uint32_t>(prng_.below(regular ? regulars : all));
    }

    // Goes on to the next customer while one has no room for the amount; when nobody has, the one
    // who was drawn orders beyond the bound.
    std::uint32_t draw_payer(const Order& order) {
        const Bank& bank = scenario_.banks[order.payer_bank];
        const bool person = flow_.corridor.payer_is_person();
        const std::uint32_t drawn = draw_customer(bank, person);
        if (spent_.empty() || order.mistake == Mistake::kAboveLimit) return drawn;
        std::vector<std::int64_t>& spent = spent_[order.payer_bank];
        const std::uint32_t all = customers_of(bank, person);
        spent.resize(all);
        for (std::uint32_t step = 0; step < all; ++step) {
            const std::uint32_t customer = (drawn + step) % all;
            if (spent[customer] + order.amount_minor > flow_.person_day_max_minor) continue;
            spent[customer] += order.amount_minor;
            return customer;
        }
        return drawn;
    }

    std::uint32_t payees_with_proxy(const Bank& bank) const {
        return flow_.corridor.payee_is_person() ? scenario_.persons_with_proxy(bank)
                                                : bank.institutions;
    }

    bool draw_by_proxy(const Order& order) {
        if (order.mistake == Mistake::kUnknownProxy) return true;
        const bool named =
            order.mistake == Mistake::kWrongAccount || order.mistake == Mistake::kWrongName;
        return prng_.chance(flow_.by_proxy_permille, kPermille) && !named &&
               payees_with_proxy(scenario_.banks[order.payee_bank]) > 0;
    }

    std::uint32_t draw_payee(const Order& order) {
        const Bank& bank = scenario_.banks[order.payee_bank];
        const std::uint32_t all = customers_of(bank, flow_.corridor.payee_is_person());
        if (order.mistake == Mistake::kWrongAccount || order.mistake == Mistake::kUnknownProxy) {
            return all + static_cast<std::uint32_t>(prng_.below(all));
        }
        return static_cast<std::uint32_t>(
            prng_.below(order.by_proxy ? payees_with_proxy(bank) : all));
    }

    const Scenario& scenario_;
    const Flow& flow_;
    std::uint16_t flow_index_;
    Prng prng_;  // of the day
    Day day_;
    std::size_t hour_ = 0;  // the first one that has not begun
    SchemeTime hour_from_;
    std::vector<std::uint32_t> moments_;  // of the hour: milliseconds and mistake, in order
    std::size_t taken_ = 0;               // of moments_
    SchemeTime next_at_;
    BankChoice payers_;
    BankChoice payees_;
    std::array<std::uint32_t, kMistakes> mistake_permille_{};
    std::array<std::array<std::int64_t, kHours>, kMistakes> by_hour_{};  // of the day
    std::int64_t orders_so_far_ = 0;
    std::vector<std::int64_t> amounts_;  // still to be used today; empty: drawn one by one
    std::vector<std::vector<std::int64_t>> spent_;  // today, by bank and customer; or no such bound
};

Traffic::Traffic(const Scenario& scenario) {
    for (std::size_t flow = 0; flow < scenario.flows.size(); ++flow) {
        sources_.push_back(std::make_unique<Source>(scenario, flow));
        total_ += sources_.back()->total();
    }
}

Traffic::~Traffic() = default;

// Of two at the same moment, that of the earlier flow.
std::optional<Order> Traffic::next() {
    Source* earliest = nullptr;
    for (const auto& source : sources_) {
        if (earliest == nullptr || source->next_at() < earliest->next_at()) {
            earliest = source.get();
        }
    }
    if (earliest->next_at() == kOver) return std::nullopt;
    return earliest->take();
}

}  // namespace lowu::simulator
