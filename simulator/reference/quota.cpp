// The quota register. See quota.hpp.
#include "simulator/reference/quota.hpp"

#include "common/scheme/calendar.hpp"

namespace lowu::reference {
namespace {

const BankCode kOverAll;

/// Every payment counts in four places: at its bank and over all, for the day and for the year.
template <class Change>
void for_each_use(Quotas& quotas, const QuotaHold& hold, const Change& change) {
    for (const BankCode& bank : {hold.bank, kOverAll}) {
        change(quotas.by_day[{hold.person, bank, hold.day}], hold.day_amount);
        change(quotas.by_year[{hold.person, bank, hold.year}], hold.year_amount);
    }
}

/// The person, known by its newest token and the one before; a newer one still drops the older.
std::size_t person_of(Quotas& quotas, const PersonTokens& tokens) {
    const auto known = find_person(quotas, tokens);
    if (!known) {
        const std::size_t person = quotas.persons.size();
        quotas.persons.push_back({tokens.current, {}});
        quotas.person_of_token[tokens.current] = person;
        if (!tokens.previous.none() && tokens.previous != tokens.current) {
            quotas.persons[person].previous = tokens.previous;
            quotas.person_of_token[tokens.previous] = person;
        }
        return person;
    }
    if (!quotas.person_of_token.contains(tokens.current)) {
        PersonTokens& person = quotas.persons[*known];
        if (!person.previous.none()) quotas.person_of_token.erase(person.previous);
        person = {tokens.current, person.current};
        quotas.person_of_token[tokens.current] = *known;
    }
    return *known;
}

}  // namespace

std::optional<std::size_t> find_person(const Quotas& quotas, const PersonTokens& tokens) {
    for (const PersonToken& token : {tokens.current, tokens.previous}) {
        if (token.none() && token != tokens.current) continue;
        const auto found = quotas.person_of_token.find(token);
        if (found != quotas.person_of_token.end()) return found->second;
    }
    return std::nullopt;
}

Counted counted(const Quotas& quotas, const PersonTokens& tokens, const BankCode& bank,
                std::int64_t day, std::int32_t year) {
    const auto person = find_person(quotas, tokens);
    if (!person) return {};
    Counted sum;
    const auto by_day = quotas.by_day.find({*person, bank, day});
    if (by_day != quotas.by_day.end()) sum.day = by_day->second.reserved + by_day->second.used;
    const auto by_year = quotas.by_year.find({*person, bank, year});
    if (by_year != quotas.by_year.end()) sum.year = by_year->second.reserved + by_year->second.used;
    const auto prior = quotas.prior.find({*person, year});
    if (prior != quotas.prior.end()) sum.year += prior->second;
    return sum;
}

bool quota_has_room(const RailState& rail, const PersonTokens& tokens, const BankCode& bank) {
    const Quotas& quotas = rail.quotas;
    const std::size_t most = rail.sizes.quota_records_max;
    const auto person = find_person(quotas, tokens);
    if (!person) return quotas.persons.size() + 1 <= most && quotas.records.size() + 2 <= most;
    std::size_t needed = quotas.records.size();
    if (!quotas.records.contains({*person, bank})) needed += 1;
    if (!quotas.records.contains({*person, kOverAll})) needed += 1;
    return needed <= most;
}

QuotaHold reserve_quota(Quotas& quotas, const PersonTokens& tokens, QuotaHold hold) {
    hold.person = person_of(quotas, tokens);
    quotas.records.insert({hold.person, hold.bank});
    quotas.records.insert({hold.person, kOverAll});
    for_each_use(quotas, hold, [](QuotaUse& use, Amount amount) { use.reserved += amount; });
    return hold;
}

void commit_quota(Quotas& quotas, const QuotaHold& hold) {
    for_each_use(quotas, hold, [](QuotaUse& use, Amount amount) {
        use.reserved -= amount;
        use.used += amount;
    });
}

void release_quota(Quotas& quotas, const QuotaHold& hold) {
    for_each_use(quotas, hold, [](QuotaUse& use, Amount amount) { use.reserved -= amount; });
}

void give_quota_back(Quotas& quotas, const QuotaHold& hold, const Counted& part) {
    QuotaHold given = hold;
    given.day_amount = part.day;
    given.year_amount = part.year;
    for_each_use(quotas, given, [](QuotaUse& use, Amount amount) { use.used -= amount; });
}

void set_prior_use(Step& step, const SetPriorUse& command) {
    Quotas& quotas = step.rail.quotas;
    const std::int32_t this_year = scheme::to_utc8(step.now.scheme).year;
    if (command.year != this_year && command.year != this_year + 1) {
        step.answer.outcome = ResultCode::kPriorUseYear;
        return;
    }
    const bool known = find_person(quotas, command.person).has_value();
    if (!known && quotas.persons.size() >= step.rail.sizes.quota_records_max) {
        step.answer.outcome = ResultCode::kQuotaRegisterFull;
        return;
    }
    quotas.prior[{person_of(quotas, command.person), command.year}] = command.amount;
}

}  // namespace lowu::reference
