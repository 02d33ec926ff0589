// The quota register: what each person has sent, at each institution and over all, by day and year
// in UTC+8. A book of its own with reserve, commit and void, and a stand-in: in reality the year's
// figure is the foreign exchange authority's and the day's are the sending banks'. Persons are
// known by tokens only. Used by the cell; one thread.
//
// What a payment takes, and from where, is frozen in its hold: it is given back there and nowhere
// else. A day or year that is over can never be used again, so a record keeps the newest one only;
// what is still reserved in an older one is counted apart, so that reservations always add up.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "common/base/hash.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

using PersonIndex = Strong<struct PersonIndexTag, std::uint32_t>;
using UseIndex = Strong<struct UseIndexTag, std::uint32_t>;

/// What a payment counts: against the day's limit and the year's, each in its own currency.
struct QuotaAmounts {
    AmountMinor day;
    AmountMinor year;

    friend constexpr bool operator==(const QuotaAmounts&, const QuotaAmounts&) = default;
};

/// The calendar keys of a moment.
struct QuotaDate {
    std::int32_t day = 0;   ///< scheme::day_number.
    std::int32_t year = 0;  ///< For example 2025.
};

/// What one person has used at one institution, or over all of them.
struct QuotaUse {
    std::int32_t day = 0;
    std::int32_t year = 0;
    QuotaAmounts reserved;  ///< By pending payments of `day` and `year`.
    QuotaAmounts used;      ///< By settled ones.
};

/// A payment's part of the register.
struct QuotaHold {
    UseIndex at_institution;
    UseIndex over_all;
    QuotaDate date;
    QuotaAmounts amounts;
};

/// Who pays, as the register knows persons.
struct PersonTokens {
    PersonToken current;
    PersonToken previous;  ///< None, or the same person's under the key before.
};

class StateReader;

class QuotaRegister {
public:
    /// Presizes for `records_max` uses and as many persons.
    void open(std::uint32_t records_max);

    /// Where a person's payments at an institution are counted: found once for all that is asked.
    /// Valid until the register changes.
    struct Place {
        std::optional<PersonIndex> person;
        const QuotaUse* at_institution = nullptr;  ///< Null: nothing yet.
        const QuotaUse* over_all = nullptr;
    };
    [[nodiscard]] Place place_of(const PersonTokens& person, ParticipantIndex institution) const;
    /// Whether a payment there could be counted.
    [[nodiscard]] bool has_room(const Place& place) const;
    /// What counts against the limits of that day and year, at the institution or over all: used,
    /// reserved and prior.
    [[nodiscard]] QuotaAmounts counted(const Place& place, bool over_all, QuotaDate date) const;
    /// The same; `institution` kNoParticipant: over all.
    [[nodiscard]] QuotaAmounts counted(const PersonTokens& person, ParticipantIndex institution,
                                       QuotaDate date) const {
        return counted(place_of(person, institution), institution == kNoParticipant, date);
    }

    /// Holds the amounts; has_room was asked.
    [[nodiscard]] QuotaHold reserve(const PersonTokens& person, ParticipantIndex institution,
                                    QuotaDate date, QuotaAmounts amounts);
    /// The payment is settled.
    void commit(const QuotaHold& hold);
    /// The payment is refused: all of it comes back.
    void release(const QuotaHold& hold);

    /// A settled payment comes back, in part or whole: so much of what was used is given back,
    /// where the day and year it was taken from are not over.
    void give_back(const QuotaHold& hold, QuotaAmounts amounts);

    /// What was used through other channels in a year; replaces what was said before. False when
    /// there is no room for another person.
    [[nodiscard]] bool set_prior(const PersonTokens& person, std::int32_t year, AmountMinor amount);
    [[nodiscard]] AmountMinor prior(const PersonTokens& person, std::int32_t year) const;

    /// The use, if the person has any there.
    [[nodiscard]] const QuotaUse* find(const PersonTokens& person,
                                       ParticipantIndex institution) const;
    /// One that a hold is part of.
    [[nodiscard]] const QuotaUse& use(UseIndex index) const { return uses_.at(index.value); }
    /// Everything reserved, over all institutions: what the pending payments hold.
    [[nodiscard]] QuotaAmounts reserved_total() const;
    [[nodiscard]] std::uint32_t persons() const {
        return static_cast<std::uint32_t>(persons_.size());
    }
    /// Uses so far: each UseIndex lies below.
    [[nodiscard]] std::uint32_t uses() const { return static_cast<std::uint32_t>(uses_.size()); }

    /// The canonical list of fields; see fields.hpp. It is opened before it is read.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink.list(self.persons_, self.records_max_, "persons of the quota register");
        sink.list(self.uses_, self.records_max_, "uses of the quota register");
        sink.list(self.use_keys_, self.records_max_, "keys of the quota register");
        sink(self.past_reserved_);
    }
    void rebuild(StateReader& reader);

private:
    struct Person {
        PersonToken current;
        PersonToken previous;
        std::array<AmountMinor, 2> prior{};  ///< Of `prior_year` and the one after.
        std::int32_t prior_year = 0;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.current);
            sink(self.previous);
            sink(self.prior);
            sink(self.prior_year);
        }
    };
    struct UseKey {
        PersonIndex person;
        ParticipantIndex institution;
        friend constexpr auto operator<=>(const UseKey&, const UseKey&) = default;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.person);
            sink(self.institution);
        }
    };
    struct UseKeyHash {
        using is_avalanching = void;
        [[nodiscard]] std::size_t operator()(const UseKey& key) const {
            return mix64(key.person.value, key.institution.value);
        }
    };

    [[nodiscard]] std::optional<PersonIndex> find_person(const PersonTokens& tokens) const;
    [[nodiscard]] const QuotaUse* find_use(PersonIndex person, ParticipantIndex institution) const;
    [[nodiscard]] AmountMinor prior_of(std::optional<PersonIndex> person, std::int32_t year) const;
    PersonIndex person_of(const PersonTokens& tokens);
    UseIndex use_of(PersonIndex person, ParticipantIndex institution);
    void roll(QuotaUse& use, QuotaDate date, QuotaAmounts& past);
    static void take(QuotaUse& use, QuotaAmounts amounts);
    void settle(const QuotaHold& hold, bool committed);

    std::uint32_t records_max_ = 0;
    std::vector<Person> persons_;
    boost::unordered_flat_map<PersonToken, PersonIndex, std::hash<PersonToken>> person_of_token_;
    std::vector<QuotaUse> uses_;
    std::vector<UseKey> use_keys_;
    boost::unordered_flat_map<UseKey, UseIndex, UseKeyHash> use_of_key_;
    /// Reserved in days and years that are over: at institutions, over all.
    std::array<QuotaAmounts, 2> past_reserved_{};
};

}  // namespace lowu::core
