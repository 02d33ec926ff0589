// Reference rates, by which RMB counts against quotas in other currencies, and the rates at which
// banks exchange. See rules.hpp.
#include <algorithm>
#include <iterator>

#include "common/scheme/calendar.hpp"
#include "simulator/reference/limits.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {

/// The newest that is of no later day, and not too old.
const ReferenceRate* rate_in_force(const RailState& rail, SchemeTime now) {
    const std::int64_t today = scheme::day_number(now);
    const auto later = rail.reference_rates.upper_bound(today);
    if (later == rail.reference_rates.begin()) return nullptr;
    const ReferenceRate& newest = std::prev(later)->second;
    const bool too_old = today - newest.day > value_of(rail, Parameter::kReferenceRateDays);
    return too_old ? nullptr : &newest;
}

void set_reference_rate(Step& step, const SetReferenceRate& command) {
    auto& rates = step.rail.reference_rates;
    const ReferenceRate& rate = command.rate;
    const auto known = rates.find(rate.day);
    if (known != rates.end() && known->second == rate) return;  // Said before.
    const std::int64_t today = scheme::day_number(step.now.scheme);
    // The very first rate may be of a day that is over.
    const bool over = rate.day < today && !rates.empty();
    if (over || rate.day > today + kReferenceRateAheadDays) {
        step.answer.outcome = ResultCode::kReferenceRatePast;
        return;
    }
    // What has been counted is not counted anew; a rate to come may still be changed.
    if (rate.day == today && known != rates.end()) {
        step.answer.outcome = ResultCode::kReferenceRateSet;
        return;
    }
    rates[rate.day] = rate;
    if (rates.size() > kReferenceRates) rates.erase(rates.begin());
    Announcement event;
    event.kind = AnnouncementKind::kReferenceRate;
    event.effective = std::max(scheme::start_of_day(rate.day), step.now.scheme);
    event.rate = rate;
    announce(step, event);
}

void take_rate_sheet(Step& step, const FxRateSheet& sheet) {
    if (!take_number(step, sheet.bank, sheet.number)) return;
    bank_at(step.rail, sheet.bank).rates =
        RateSheet{sheet.bid, sheet.ask, sheet.valid_until, step.now.scheme};
}

}  // namespace lowu::reference
