// All that one rail of the reference ledger knows: books, banks, payments, rules, quotas. Plain
// structs in ordered maps, so that a reader can look at everything and a comparison can walk it.
// Changed by the rules only (rules.hpp); read by whoever compares. One thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "simulator/reference/command.hpp"
#include "simulator/reference/limits.hpp"
#include "simulator/reference/said.hpp"

namespace lowu::reference {

// Money.

struct Account {
    Currency currency = Currency::kCny;
    Amount balance = 0;      ///< Negative: a debit position.
    Amount reserved = 0;     ///< Held for pending payments: gone for everybody else.
    Amount debit_limit = 0;  ///< How far the balance may fall below zero.
    bool outside = false;    ///< Stands for money outside the rail: may fall without limit.
};

// Payments.

/// What a payment took of a person's quotas, and from where: frozen with the payment.
struct QuotaHold {
    std::size_t person = 0;
    BankCode bank;
    std::int64_t day = 0;
    std::int32_t year = 0;
    Amount day_amount = 0;
    Amount year_amount = 0;
};

/// What a return is of.
struct ReturnOf {
    std::uint32_t arrival = 0;  ///< The original's.
    Uetr original;
    scheme::ReturnReason reason{};
};

/// One leg of one payment. Of a return, the payer's bank is the one that sends back.
struct Payment {
    std::uint32_t arrival = 0;  ///< 0, 1, 2, … in order of arrival at this rail.
    Uetr uetr;
    Leg leg{};
    State state{};
    ResultCode result = ResultCode::kAccepted;  ///< Why, when rejected.
    BankCode payer_agent;
    BankCode payee_agent;
    Amount amount = 0;
    Currency currency = Currency::kCny;
    Service service{};
    SchemeTime acceptance_time;                 ///< The origin's.
    SchemeTime arrived;                         ///< When this rail recorded it.
    std::optional<CreditTransfer> instruction;  ///< Where it was sent: origin, domestic.
    std::optional<QuotaHold> hold;
    std::optional<ReturnOf> return_of;
    Amount returned = 0;    ///< Has come back of it, or is on its way back.
    bool asked = false;     ///< The payee's bank has been asked, on this rail.
    bool credited = false;  ///< It has reported the credit.
};

[[nodiscard]] inline bool is_final(const Payment& payment) {
    return payment.state == State::kSettled || payment.state == State::kRejected;
}
/// It was sent here: its bank waits for the outcome here.
[[nodiscard]] inline bool begins_here(const Payment& payment) {
    return payment.leg == Leg::kOrigin || payment.leg == Leg::kDomestic ||
           payment.leg == Leg::kReturnSent;
}

/// A deadline of a payment; by deadline, then by order of arrival.
using Timer = std::pair<ElapsedTime, std::uint32_t>;

// Banks.

struct RateSheet {
    RateNumber bid = 0;
    RateNumber ask = 0;
    SchemeTime valid_until;
    SchemeTime booked;
};

struct Bank {
    std::size_t admitted = 0;  ///< 0, 1, 2, … in order of admission.
    std::set<Corridor> takes_part;
    bool online = false;
    std::uint64_t incarnation = 0;  ///< 0: has never been here.
    bool logged_off = false;
    bool forced_off = false;
    bool degraded = false;
    bool in_default = false;
    SchemeTime expected_back;
    std::optional<ElapsedTime> availability_since;  ///< When it last logged itself off or on.
    std::optional<RateSheet> rates;
    std::uint64_t last_number = 0;  ///< Of its messages.
    std::uint64_t last_said = 0;    ///< Of what was said to it.
    /// Of what was said to it: number and kind, in order.
    std::deque<std::pair<std::uint64_t, SaidKind>> unacknowledged;
    std::uint64_t waiting_replies = 0;  ///< Of those, by what they take a slot of.
    std::uint64_t waiting_requests = 0;
    std::uint64_t waiting_events = 0;
    std::uint64_t pending = 0;        ///< Its own payments that wait for their outcome.
    std::uint64_t open_requests = 0;  ///< Requests to it without an outcome.
    bool events_missed = false;
    std::optional<ElapsedTime> full_since;  ///< No room for another request, since then.

    [[nodiscard]] bool off() const { return logged_off || forced_off || in_default; }
    /// Taken by requests and outcomes that wait, and by outcomes still to come.
    [[nodiscard]] std::uint64_t request_slots() const { return waiting_requests + open_requests; }
    /// A request needs two: for itself and for its one outcome.
    [[nodiscard]] bool has_room_for_request() const { return request_slots() + 2 <= kRequestSlots; }
};

// Rules.

struct ScheduledSetting {
    SchemeTime effective;
    ParameterSetting setting;
};

struct Parameters {
    std::map<ParameterKey, std::int64_t> values;  ///< What was said; the rest are defaults.
    std::vector<ScheduledSetting> to_come;        ///< By effective time, then as they were said.
    SchemeTime token_version_since;
};

// Quotas.

struct QuotaUse {
    Amount reserved = 0;  ///< By pending payments.
    Amount used = 0;      ///< By settled ones, less what came back.
};

struct Quotas {
    std::vector<PersonTokens> persons;
    std::map<PersonToken, std::size_t> person_of_token;
    /// Persons at banks, and over all banks (no bank), that were ever counted: one record each.
    std::set<std::pair<std::size_t, BankCode>> records;
    std::map<std::tuple<std::size_t, BankCode, std::int64_t>, QuotaUse> by_day;
    std::map<std::tuple<std::size_t, BankCode, std::int32_t>, QuotaUse> by_year;
    std::map<std::pair<std::size_t, std::int32_t>, Amount> prior;  ///< By person and year.
};

// Proxies.

struct ProxyRegistration {
    BankCode bank;
    std::uint64_t reference = 0;  ///< Sequence of the command that last changed it.
    scheme::PartyKind holder{};
    bool default_receiver = false;
    bool cross_boundary = false;
};

struct ProxyDirectory {
    /// The banks that have registered a proxy, oldest first.
    std::map<Hash128, std::vector<ProxyRegistration>> registrations;
    std::size_t count = 0;
    std::set<Hash128> suspicious;
};

// Enquiries.

struct AnsweredEnquiry {
    ElapsedTime at;
    BankCode bank;
    Uetr uetr;
    Side side{};
};

/// One rail.
struct RailState {
    Rail rail{};
    bool open = false;
    OpenRail sizes;  ///< As it was opened.
    Stamp last;

    std::map<std::string, Account> accounts;  ///< By name; see accounts.hpp.
    std::map<BankCode, Bank> banks;

    BankCode link_agent;  ///< Empty: there is no link.
    bool link_up = false;
    std::uint64_t link_said = 0;
    std::map<std::uint64_t, LinkMessage> link_unacknowledged;
    std::uint64_t link_received = 0;
    std::uint64_t link_in_flight = 0;  ///< Own payments that wait for the other side's word.

    std::deque<Payment> payments;  ///< In order of arrival.
    /// Arrivals by UETR, oldest first: it may be used again when its payment is forgotten.
    std::map<Uetr, std::vector<std::uint32_t>> arrivals;
    std::set<Timer> timers;
    std::uint64_t pending = 0;  ///< Payments that began here and wait for their outcome.
    /// What arrived before is forgotten by cells, all but what stays or came back.
    std::uint32_t forgotten_through = 0;

    Parameters parameters;
    std::map<std::int64_t, ReferenceRate> reference_rates;  ///< By day.
    Quotas quotas;
    ProxyDirectory directory;
    std::deque<AnsweredEnquiry> enquiries;  ///< That still count, in order.
    std::map<BankCode, std::size_t> enquiries_of_bank;
    std::map<std::pair<Uetr, Side>, std::int64_t> enquiries_of_payment;
    std::uint64_t announcements = 0;
};

}  // namespace lowu::reference
