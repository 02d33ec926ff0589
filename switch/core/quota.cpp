// The quota register; see quota.hpp.
#include "switch/core/quota.hpp"

#include "common/base/assert.hpp"
#include "switch/core/state_io.hpp"

namespace lowu::core {
namespace {

constexpr std::size_t kAtInstitution = 0;
constexpr std::size_t kOverAll = 1;

void add(AmountMinor& sum, AmountMinor amount) {
    sum.value += amount.value;
}

void subtract(AmountMinor& sum, AmountMinor amount) {
    LOWU_ASSERT(sum >= amount, "only what is reserved is given back");
    sum.value -= amount.value;
}

}  // namespace

void QuotaRegister::open(std::uint32_t records_max) {
    records_max_ = records_max;
    persons_.reserve(records_max);
    uses_.reserve(records_max);
    use_keys_.reserve(records_max);
    person_of_token_.reserve(records_max);
    use_of_key_.reserve(records_max);
}

std::optional<PersonIndex> QuotaRegister::find_person(const PersonTokens& tokens) const {
    const auto current = person_of_token_.find(tokens.current);
    if (current != person_of_token_.end()) return current->second;
    if (tokens.previous.none()) return std::nullopt;
    const auto previous = person_of_token_.find(tokens.previous);
    if (previous != person_of_token_.end()) return previous->second;
    return std::nullopt;
}

/// Finds the person, under the new token from now on, or makes one. Another bank may go on naming
/// the person by the old one for as long as that is in force; the one before it is dropped.
PersonIndex QuotaRegister::person_of(const PersonTokens& tokens) {
    const auto known = find_person(tokens);
    if (!known) {
        const PersonIndex index{static_cast<std::uint32_t>(persons_.size())};
        Person& person = persons_.emplace_back();
        person.current = tokens.current;
        person_of_token_.emplace(tokens.current, index);
        if (!tokens.previous.none() && tokens.previous != tokens.current) {
            person.previous = tokens.previous;
            person_of_token_.emplace(tokens.previous, index);
        }
        return index;
    }
    Person& person = persons_[known->value];
    if (!person_of_token_.contains(tokens.current)) {
        if (!person.previous.none()) person_of_token_.erase(person.previous);
        person.previous = person.current;
        person.current = tokens.current;
        person_of_token_.emplace(tokens.current, *known);
    }
    return *known;
}

const QuotaUse* QuotaRegister::find_use(PersonIndex person, ParticipantIndex institution) const {
    const auto use = use_of_key_.find({person, institution});
    return use == use_of_key_.end() ? nullptr : &uses_[use->second.value];
}

const QuotaUse* QuotaRegister::find(const PersonTokens& person,
                                    ParticipantIndex institution) const {
    const auto known = find_person(person);
    return known ? find_use(*known, institution) : nullptr;
}

QuotaRegister::Place QuotaRegister::place_of(const PersonTokens& person,
                                             ParticipantIndex institution) const {
    Place place;
    place.person = find_person(person);
    if (!place.person) return place;
    place.at_institution = find_use(*place.person, institution);
    place.over_all = find_use(*place.person, kNoParticipant);
    return place;
}

bool QuotaRegister::has_room(const Place& place) const {
    if (!place.person && persons_.size() >= records_max_) return false;
    const std::size_t missing =
        (place.at_institution == nullptr ? 1U : 0U) + (place.over_all == nullptr ? 1U : 0U);
    return uses_.size() + missing <= records_max_;
}

QuotaAmounts QuotaRegister::counted(const Place& place, bool over_all, QuotaDate date) const {
    QuotaAmounts counted;
    if (const QuotaUse* use = over_all ? place.over_all : place.at_institution) {
        if (use->day == date.day) {
            counted.day.value = use->reserved.day.value + use->used.day.value;
        }
        if (use->year == date.year) {
            counted.year.value = use->reserved.year.value + use->used.year.value;
        }
    }
    add(counted.year, prior_of(place.person, date.year));
    return counted;
}

UseIndex QuotaRegister::use_of(PersonIndex person, ParticipantIndex institution) {
    const UseKey key{person, institution};
    const auto known = use_of_key_.find(key);
    if (known != use_of_key_.end()) return known->second;
    LOWU_ASSERT(uses_.size() < records_max_, "the caller has looked for room");
    const UseIndex index{static_cast<std::uint32_t>(uses_.size())};
    uses_.emplace_back();
    use_keys_.push_back(key);
    use_of_key_.emplace(key, index);
    return index;
}

/// A new day or year begins for this use: what is still reserved in the old one is counted apart.
void QuotaRegister::roll(QuotaUse& use, QuotaDate date, QuotaAmounts& past) {
    LOWU_ASSERT(date.day >= use.day && date.year >= use.year, "scheme time never goes back");
    if (use.day != date.day) {
        add(past.day, use.reserved.day);
        use.day = date.day;
        use.reserved.day = use.used.day = money::kZeroAmount;
    }
    if (use.year != date.year) {
        add(past.year, use.reserved.year);
        use.year = date.year;
        use.reserved.year = use.used.year = money::kZeroAmount;
    }
}

void QuotaRegister::take(QuotaUse& use, QuotaAmounts amounts) {
    add(use.reserved.day, amounts.day);
    add(use.reserved.year, amounts.year);
}

QuotaHold QuotaRegister::reserve(const PersonTokens& person, ParticipantIndex institution,
                                 QuotaDate date, QuotaAmounts amounts) {
    const PersonIndex index = person_of(person);
    const QuotaHold hold{use_of(index, institution), use_of(index, kNoParticipant), date, amounts};
    QuotaUse& at_institution = uses_[hold.at_institution.value];
    roll(at_institution, date, past_reserved_[kAtInstitution]);
    take(at_institution, amounts);
    QuotaUse& over_all = uses_[hold.over_all.value];
    roll(over_all, date, past_reserved_[kOverAll]);
    take(over_all, amounts);
    return hold;
}

void QuotaRegister::settle(const QuotaHold& hold, bool committed) {
    const auto settle_one = [&](QuotaUse& use, QuotaAmounts& past) {
        const bool same_day = use.day == hold.date.day;
        subtract(same_day ? use.reserved.day : past.day, hold.amounts.day);
        if (committed && same_day) add(use.used.day, hold.amounts.day);
        const bool same_year = use.year == hold.date.year;
        subtract(same_year ? use.reserved.year : past.year, hold.amounts.year);
        if (committed && same_year) add(use.used.year, hold.amounts.year);
    };
    settle_one(uses_[hold.at_institution.value], past_reserved_[kAtInstitution]);
    settle_one(uses_[hold.over_all.value], past_reserved_[kOverAll]);
}

void QuotaRegister::commit(const QuotaHold& hold) {
    settle(hold, true);
}

void QuotaRegister::release(const QuotaHold& hold) {
    settle(hold, false);
}

void QuotaRegister::give_back(const QuotaHold& hold, QuotaAmounts amounts) {
    for (const UseIndex index : {hold.at_institution, hold.over_all}) {
        QuotaUse& use = uses_[index.value];
        if (use.day == hold.date.day) subtract(use.used.day, amounts.day);
        if (use.year == hold.date.year) subtract(use.used.year, amounts.year);
    }
}

bool QuotaRegister::set_prior(const PersonTokens& tokens, std::int32_t year, AmountMinor amount) {
    if (!find_person(tokens) && persons_.size() >= records_max_) return false;
    Person& person = persons_[person_of(tokens).value];
    if (person.prior_year == year - 1) {
        person.prior[1] = amount;
    } else if (person.prior_year == year + 1) {
        person.prior[1] = person.prior[0];  // Years are said in any order.
        person.prior[0] = amount;
        person.prior_year = year;
    } else if (person.prior_year == year) {
        person.prior[0] = amount;
    } else if (person.prior_year == year - 2) {
        person.prior = {person.prior[1], amount};  // The next year has become this one.
        person.prior_year = year - 1;
    } else {
        person.prior = {amount, money::kZeroAmount};
        person.prior_year = year;
    }
    return true;
}

AmountMinor QuotaRegister::prior(const PersonTokens& tokens, std::int32_t year) const {
    return prior_of(find_person(tokens), year);
}

AmountMinor QuotaRegister::prior_of(std::optional<PersonIndex> index, std::int32_t year) const {
    if (!index) return money::kZeroAmount;
    const Person& person = persons_[index->value];
    if (person.prior_year == year) return person.prior[0];
    if (person.prior_year == year - 1) return person.prior[1];
    return money::kZeroAmount;
}

QuotaAmounts QuotaRegister::reserved_total() const {
    QuotaAmounts total = past_reserved_[kOverAll];
    for (std::size_t i = 0; i < uses_.size(); ++i) {
        if (use_keys_[i].institution != kNoParticipant) continue;
        add(total.day, uses_[i].reserved.day);
        add(total.year, uses_[i].reserved.year);
    }
    return total;
}

void QuotaRegister::rebuild(StateReader& reader) {
    if (!reader.ok()) return;
    for (std::size_t i = 0; i < persons_.size(); ++i) {
        const PersonIndex index{static_cast<std::uint32_t>(i)};
        const Person& person = persons_[i];
        const bool fresh =
            person_of_token_.emplace(person.current, index).second &&
            (person.previous.none() || person_of_token_.emplace(person.previous, index).second);
        if (!fresh) return reader.fail("two persons of the quota register have one token");
    }
    if (uses_.size() != use_keys_.size()) {
        return reader.fail("uses of the quota register and their keys are not as many");
    }
    for (std::size_t i = 0; i < use_keys_.size(); ++i) {
        const UseIndex index{static_cast<std::uint32_t>(i)};
        const bool known = use_keys_[i].person.value < persons_.size();
        if (!known || !use_of_key_.emplace(use_keys_[i], index).second) {
            return reader.fail("a use of the quota register belongs to nobody, or is there twice");
        }
    }
}

}  // namespace lowu::core
