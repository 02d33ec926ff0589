// The scheme's rules as numbers: one table of parameters with unit, range, default and source, and
// the rule book of one cell that holds their values, the banks' own narrower ones, and changes to
// come. What the operators never published has a default marked as our assumption. Used by the
// cell; the follower shows it. One thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "switch/core/limits.hpp"
#include "switch/core/result.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

/// Numbers stand in the log: append, never renumber within a rules version.
enum class ParameterId : std::uint8_t {
    // Of the rail.
    kPayeeDeadline = 1,
    kOriginDeadline = 2,
    kLinkAllowance = 3,
    kQueueAllowance = 4,
    kCreationWindow = 5,
    kCreationSkew = 6,
    kReferenceRateDays = 7,
    kTokenVersion = 8,
    kLookupDeadline = 9,
    kLookupsPerBank = 10,
    kLookupsPerPerson = 11,
    kPaymentMemory = 12,
    kEnquiryAfter = 13,
    kEnquiryWindow = 14,
    kEnquiriesPerWindow = 15,
    kCreditDeadline = 16,
    kOutboxFull = 17,

    // Of a corridor, in either role of the rail.
    kOffered = 20,
    kOpensAt = 21,
    kClosesAt = 22,

    // Of a corridor, at its origin.
    kPurposes = 30,
    kAmountMaximum = 31,
    kBankPaymentLimit = 32,
    kPersonDayLimit = 33,
    kPersonYearLimit = 34,
    kDayAcrossInstitutions = 35,
    kYearAcrossInstitutions = 36,
};

/// Which places a parameter has.
enum class ParameterScope : std::uint8_t {
    kRail,
    kCorridor,        ///< In either role of the rail.
    kOriginCorridor,  ///< Where the corridor begins.
    kOriginP2p,       ///< Of persons' remittances, where they begin.
};

struct ParameterRow {
    ParameterId id;
    std::string_view name;
    ParameterScope scope;
    bool banks_own;  ///< A bank may have its own value.
    std::int64_t lowest;
    std::int64_t highest;
    std::string_view meaning;  ///< One sentence for people.
};

[[nodiscard]] std::span<const ParameterRow> parameter_table();
[[nodiscard]] const ParameterRow* find_parameter(std::string_view name);
/// Null when no parameter has this number.
[[nodiscard]] const ParameterRow* find_parameter(std::uint32_t number);

/// One place of one parameter in one cell.
struct ParameterKey {
    ParameterId id{};
    Corridor corridor;                              ///< Ignored with kRail.
    ParticipantIndex participant = kNoParticipant;  ///< A bank's own value, or the scheme's.

    friend constexpr auto operator<=>(const ParameterKey&, const ParameterKey&) = default;
};

struct ParameterSetting {
    ParameterKey key;
    std::int64_t value = 0;

    friend constexpr auto operator<=>(const ParameterSetting&, const ParameterSetting&) = default;
};

/// A bank that has no own value, or gives it up.
inline constexpr std::int64_t kNoOwnValue = -1;

/// What a parameter is unless somebody says otherwise.
[[nodiscard]] std::int64_t default_value(Rail rail, ParameterId id, Corridor corridor);
/// What its value counts there: "ms", "HKD cents", …
[[nodiscard]] std::string_view unit_of(ParameterId id, Corridor corridor);
/// Where its default comes from: a published source, or our assumption.
[[nodiscard]] std::string_view source_of(Rail rail, ParameterId id, Corridor corridor);
/// Whether this rail's cell has the parameter there.
[[nodiscard]] bool has_place(Rail rail, ParameterId id, Corridor corridor);

/// The times within which everything must happen, and the sizes of the tables. Rule:
/// origin_deadline > payee_deadline + queue_allowance + 2 x link_allowance.
struct Parameters {
    Duration payee_deadline = Duration::from_seconds(10);  ///< The payee's bank must answer within.
    Duration origin_deadline = Duration::from_seconds(20);  ///< The origin asks to cancel after.
    Duration link_allowance = Duration::from_seconds(2);    ///< One crossing of the link.
    Duration queue_allowance = Duration::from_seconds(1);   ///< Waiting in queues, in all.
    Duration creation_window = Duration::from_minutes(10);  ///< How old an instruction may be.
    Duration creation_skew = Duration::from_minutes(1);     ///< How far in the future.
    // Sizes decide outcomes, so they are recorded; they never change.
    std::uint32_t payments_max = 1U << 22U;       ///< Payments remembered.
    std::uint32_t quota_records_max = 1U << 20U;  ///< Persons, and pairs of person and bank.
    std::uint32_t proxies_max = 1U << 20U;        ///< Registrations in the directory.

    /// The broken rule, or null.
    [[nodiscard]] const char* broken_rule() const;
    /// A payment that is younger may be spoken of still: its instruction may be repeated, or its
    /// origin ask to cancel. Memory is longer than this.
    [[nodiscard]] Duration spoken_of() const {
        return creation_window + creation_skew + origin_deadline;
    }
};

/// A change to come.
struct ScheduledSetting {
    SchemeTime effective;
    ParameterSetting setting;
};

class StateReader;

class RuleBook {
public:
    void open(Rail rail, const Parameters& parameters);
    /// A new participant has no own values.
    void admit() { own_.emplace_back().fill(kUnset); }
    /// How many may have own values: all participants.
    [[nodiscard]] std::size_t banks() const { return own_.size(); }

    [[nodiscard]] const Parameters& parameters() const { return parameters_; }
    [[nodiscard]] std::int64_t rail_value(ParameterId id) const;
    [[nodiscard]] std::int64_t value(ParameterId id, Corridor corridor) const;
    /// A bank's own value, or kNoOwnValue.
    [[nodiscard]] std::int64_t own_value(ParameterId id, Corridor corridor,
                                         ParticipantIndex participant) const;
    [[nodiscard]] std::int64_t value(const ParameterKey& key) const;

    /// Whether `time` lies within the hours of the corridor and the bank's narrower ones.
    [[nodiscard]] bool within_hours(Corridor corridor, ParticipantIndex bank,
                                    SchemeTime time) const;
    /// The limit for one payment, or a day, of this bank's customers; 0: none. A bank's own value
    /// replaces a default that is the bank's to set, and can only narrow the scheme's.
    [[nodiscard]] AmountMinor limit(ParameterId id, Corridor corridor, ParticipantIndex bank) const;
    /// Whether tokens of this version are in force at `time` (or were when `created`).
    [[nodiscard]] bool token_version_fits(std::uint32_t version, SchemeTime created) const;
    [[nodiscard]] std::uint32_t token_version() const {
        return static_cast<std::uint32_t>(rail_value(ParameterId::kTokenVersion));
    }
    [[nodiscard]] SchemeTime token_version_since() const { return token_version_since_; }

    /// Whether these settings can be made from `effective` on. On refusal `*broken` is the index of
    /// the first one at fault.
    [[nodiscard]] ResultCode check(std::span<const ParameterSetting> settings, SchemeTime effective,
                                   std::uint16_t participants, std::size_t* broken) const;
    /// Makes a checked setting at once, or puts it into the schedule when `effective` is after
    /// `now`.
    void set(const ParameterSetting& setting, SchemeTime effective, SchemeTime now);
    /// Puts into force what is due.
    void advance(SchemeTime now);
    /// When the next scheduled setting is due; far away when none is.
    [[nodiscard]] SchemeTime next_change() const {
        return schedule_.empty() ? SchemeTime{0x7fff'ffff'ffff'ffff} : schedule_.front().effective;
    }

    [[nodiscard]] const std::vector<ScheduledSetting>& schedule() const { return schedule_; }
    /// How long payments are remembered.
    [[nodiscard]] Duration payment_memory() const {
        return Duration::from_ms(rail_value(ParameterId::kPaymentMemory));
    }

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.rail_);
        sink(self.parameters_);
        sink(self.token_version_since_);
        sink(self.by_rail_);
        sink(self.by_corridor_);
        sink.list(self.own_, kMaxParticipants, "banks with own values");
        sink.list(self.schedule_, kMaxScheduledSettings, "changes to come");
    }
    void rebuild(StateReader& reader) const;

private:
    static constexpr std::size_t kRailParameters = 17;
    static constexpr std::size_t kCorridorParameters = 10;
    static constexpr std::size_t kOwnParameters = 4;
    static constexpr std::int64_t kUnset = kNoOwnValue;
    using Own = std::array<std::int64_t, kCorridors * kOwnParameters>;

    [[nodiscard]] static std::size_t rail_slot(ParameterId id);
    [[nodiscard]] static std::size_t corridor_slot(ParameterId id, Corridor corridor);
    [[nodiscard]] static std::size_t own_slot(ParameterId id, Corridor corridor);
    [[nodiscard]] ResultCode check_one(const ParameterSetting& setting,
                                       std::uint16_t participants) const;
    [[nodiscard]] bool fits_together() const;
    void put(const ParameterSetting& setting, SchemeTime since);
    void put_rail(ParameterId id, std::int64_t value, SchemeTime since);

    Rail rail_{};
    Parameters parameters_;
    SchemeTime token_version_since_;
    std::array<std::int64_t, kRailParameters> by_rail_{};
    std::array<std::int64_t, kCorridors * kCorridorParameters> by_corridor_{};
    std::vector<Own> own_;
    std::vector<ScheduledSetting> schedule_;  ///< By effective time, then by order of recording.
};

}  // namespace lowu::core
