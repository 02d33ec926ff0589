// What the reference ledger is told: commands as plain structs of its own, with banks by their code
// as text. One struct for each kind of command that a log holds. Made by whoever compares (an
// adapter that reads the log, a fuzzer, a test). Values, any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/field_fault.hpp"
#include "common/scheme/party.hpp"
#include "common/scheme/person_token.hpp"
#include "common/scheme/purpose.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/result.hpp"
#include "common/scheme/return_reason.hpp"
#include "common/scheme/service.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::reference {

using money::Currency;
using scheme::Direction;
using scheme::Field;
using scheme::PersonToken;
using scheme::Purpose;
using scheme::Rail;
using scheme::ResultCode;
using scheme::Service;
using scheme::Uetr;

/// A bank's code as text: "012", "102100099996"; empty: no bank.
using BankCode = std::string;
/// Minor units (fen, cents). A plain number, since this ledger adds and compares and nothing else.
using Amount = std::int64_t;
/// Units of the target currency for one of the source, times 100,000,000.
using RateNumber = std::int64_t;

/// What the sequencer puts on every command.
struct Stamp {
    std::uint64_t sequence = 0;
    SchemeTime scheme;
    ElapsedTime elapsed;
};

/// Direction and service, the key of most rules. A domestic payment has no direction; the default
/// is no corridor at all: the whole rail.
struct Corridor {
    Service service{};
    std::optional<Direction> direction;

    friend auto operator<=>(const Corridor&, const Corridor&) = default;
};
inline const Corridor kWholeRail{};
inline const Corridor kDomesticCorridor{Service::kDomestic, std::nullopt};

// Genesis.

/// The first command of a rail. Times are whole milliseconds.
struct OpenRail {
    std::int64_t payee_deadline_ms = 10'000;
    std::int64_t origin_deadline_ms = 20'000;
    std::int64_t link_allowance_ms = 2'000;
    std::int64_t queue_allowance_ms = 1'000;
    std::int64_t creation_window_ms = 600'000;
    std::int64_t creation_skew_ms = 60'000;
    std::uint32_t payments_max = 1U << 22U;
    std::uint32_t quota_records_max = 1U << 20U;
    std::uint32_t proxies_max = 1U << 20U;
};

/// A bank, live in these corridors, with money from outside.
struct AdmitBank {
    BankCode bank;
    std::set<Corridor> takes_part;
    Amount opening_cny = 0;
    Amount opening_hkd = 0;    ///< FPS only.
    Amount net_debit_cap = 0;  ///< IBPS only.
};

/// The link agent's account on this rail.
struct OpenLink {
    BankCode agent;
    Amount opening_cny = 0;
    Amount net_debit_cap = 0;
};

// Sessions and the link.

struct SessionUp {
    BankCode bank;
    std::uint64_t incarnation = 0;
};
struct SessionDown {
    BankCode bank;
};
struct LinkState {
    bool up = false;
};

/// The bank holds all that was said to it up to this number.
struct OutboxAcknowledged {
    BankCode bank;
    std::uint64_t number = 0;
};
/// The other rail holds all that was said to it up to this number.
struct LinkAcknowledged {
    std::uint64_t number = 0;
};
/// Nothing but time.
struct Tick {};
/// Scheme time has been set forward: the stamp says to when.
struct AdvanceSchemeTime {};

// What banks say. `number` counts a bank's messages: 1, 2, 3, …

/// One person: the token under the key in force, and perhaps the one under the key before.
struct PersonTokens {
    PersonToken current;
    PersonToken previous;
};

struct Payer {
    scheme::PartyKind kind = scheme::PartyKind::kPerson;
    scheme::DocumentType document = scheme::DocumentType::kNone;
    std::uint32_t token_version = 0;
    PersonTokens tokens;
};

/// None when `hkd` is zero.
struct Exchange {
    Amount hkd = 0;
    RateNumber rate = 0;           ///< CNY for one HKD.
    std::uint64_t quote_hash = 0;  ///< Stands for the quote's name.

    friend bool operator==(const Exchange&, const Exchange&) = default;
};

/// None when `reference` is zero.
struct PayeeProxy {
    Hash128 proxy;
    std::uint64_t reference = 0;  ///< Of the registration that the payer was shown.

    friend bool operator==(const PayeeProxy&, const PayeeProxy&) = default;
};

/// Texts are compared by what stands for them: equal texts have equal hashes.
struct CreditTransfer {
    BankCode bank;
    std::uint64_t number = 0;
    Uetr uetr;
    Service service{};
    BankCode payee_agent;
    Amount amount = 0;
    Currency currency = Currency::kCny;
    Purpose purpose = Purpose::kPersonal;
    SchemeTime creation_time;
    Payer payer;
    PayeeProxy payee_proxy;
    Exchange exchange;
    std::uint64_t payer_account_hash = 0;
    std::uint64_t payee_account_hash = 0;
    std::uint64_t carried_hash = 0;
};

/// The payee's bank accepts, or gives a reason of its own.
struct CreditTransferAnswer {
    BankCode bank;
    std::uint64_t number = 0;
    Uetr uetr;
    ResultCode result = ResultCode::kAccepted;
};

/// The payee has been credited.
struct CreditReport {
    BankCode bank;
    std::uint64_t number = 0;
    Uetr uetr;
};

/// A message that was malformed.
struct RejectMessage {
    BankCode bank;
    std::uint64_t number = 0;
    Field field = Field::kNone;
    Uetr uetr;
};

struct FxRateSheet {
    BankCode bank;
    std::uint64_t number = 0;
    RateNumber bid = 0;
    RateNumber ask = 0;
    SchemeTime valid_until;
};

/// A bank logs itself off, or on again.
struct AvailabilityRequest {
    BankCode bank;
    std::uint64_t number = 0;
    bool available = false;
    SchemeTime expected_back;
};

struct PaymentReturn {
    BankCode bank;
    std::uint64_t number = 0;
    Uetr uetr;
    Uetr original;
    Amount amount = 0;
    scheme::ReturnReason reason{};
};

/// Which end of a payment a bank asks about.
enum class Side : std::uint8_t { kPayer = 1, kPayee = 2 };

/// Where one leg of a payment stands.
enum class State : std::uint8_t {
    kForwarded = 1,   ///< Origin: money reserved, the other rail is asked.
    kCancelling = 2,  ///< Origin: asked the other rail to give up.
    kAsked = 3,       ///< Destination or domestic: money reserved, the payee's bank is asked.
    kSettled = 4,     ///< Final.
    kRejected = 5,    ///< Final.
};

/// What whoever recorded the command found in the archive.
struct ArchivedAnswer {
    BankCode bank;
    State state{};
    ResultCode result = ResultCode::kAccepted;
};

struct StatusRequest {
    BankCode bank;
    std::uint64_t number = 0;
    Uetr uetr;
    Side side{};
    std::optional<ArchivedAnswer> archived;
};

// What operators and banks change.

/// One place of one parameter: the rail, a corridor, or a bank's own value in a corridor.
struct ParameterKey {
    std::uint32_t parameter = 0;  ///< Number of a Parameter, or of none.
    Corridor corridor;
    BankCode bank;  ///< Empty: the scheme's value.

    friend auto operator<=>(const ParameterKey&, const ParameterKey&) = default;
};
struct ParameterSetting {
    ParameterKey key;
    std::int64_t value = 0;

    friend bool operator==(const ParameterSetting&, const ParameterSetting&) = default;
};
struct SetParameters {
    std::vector<ParameterSetting> settings;
    SchemeTime effective;
};

struct ReferenceRate {
    std::int64_t day = 0;  ///< scheme::day_number.
    RateNumber cny_per_hkd = 0;
    RateNumber cny_per_usd = 0;

    friend bool operator==(const ReferenceRate&, const ReferenceRate&) = default;
};
struct SetReferenceRate {
    ReferenceRate rate;
};

struct ForceAvailability {
    BankCode bank;
    bool available = false;
    SchemeTime expected_back;
};
struct DeclareDefault {
    BankCode bank;
};
struct SetPriorUse {
    PersonTokens person;
    std::int32_t year = 0;
    Amount amount = 0;
};

struct RegisterProxy {
    Hash128 proxy;
    BankCode bank;
    scheme::PartyKind holder{};
    bool default_receiver = false;
    bool cross_boundary = false;
};
struct RemoveProxy {
    Hash128 proxy;
    BankCode bank;
};
struct SetProxyWarning {
    Hash128 proxy;
    bool suspicious = false;
};

// The link.

/// Numbers are those of the log.
enum class LinkKind : std::uint8_t {
    kTransfer = 1,
    kSettled = 2,
    kRefused = 3,
    kCancel = 4,
    kCancelled = 5,
    kAlreadySettled = 6,
    kLoggedOff = 7,
    kLoggedOn = 8,
    kReturn = 9,
    kDegraded = 10,
    kRestored = 11,
    kDefault = 12,
};

/// What the rails say to each other. Which fields are set depends on the kind.
struct LinkMessage {
    LinkKind kind{};
    Uetr uetr;
    Service service{};
    BankCode payer_agent;  ///< Or the bank that something is told of.
    BankCode payee_agent;
    Amount amount = 0;
    SchemeTime acceptance_time;  ///< Or when the bank that is off is expected back.
    ResultCode result = ResultCode::kAccepted;
    PayeeProxy payee_proxy;
    Uetr original;
    scheme::ReturnReason return_reason{};

    friend bool operator==(const LinkMessage&, const LinkMessage&) = default;
};
struct LinkDelivery {
    std::uint64_t number = 0;
    LinkMessage message;
};

// Memory. This ledger forgets nothing: it only checks what is said.

/// Which end of a payment a rail has.
enum class Leg : std::uint8_t {
    kOrigin = 0,
    kDestination = 1,
    kDomestic = 2,
    kReturnSent = 3,
    kReturnReceived = 4,
};

/// Payments that arrived before this one are forgotten, all but what is still needed; the same as
/// before, when only what was kept beside is looked through.
struct Forget {
    std::uint32_t through = 0;
};

/// A payment is told as the archive has it.
struct Recollect {
    std::uint32_t arrival = 0;
    Uetr uetr;
    Leg leg{};
    State state{};
    ResultCode result = ResultCode::kAccepted;
    BankCode payer_agent;  ///< Empty: not told, for the other rail's bank of some legs.
    BankCode payee_agent;
    Amount amount = 0;
    Amount returned = 0;
    bool asked = false;
    bool credited = false;
    Amount quota_day = 0;  ///< What its hold counts; 0: it has none.
    Amount quota_year = 0;
    Uetr original;  ///< Of a return.
};

using Command =
    std::variant<OpenRail, AdmitBank, OpenLink, SessionUp, SessionDown, LinkState, CreditTransfer,
                 CreditTransferAnswer, CreditReport, RejectMessage, OutboxAcknowledged,
                 LinkDelivery, LinkAcknowledged, Tick, FxRateSheet, AvailabilityRequest,
                 SetParameters, SetReferenceRate, ForceAvailability, SetPriorUse, RegisterProxy,
                 RemoveProxy, SetProxyWarning, AdvanceSchemeTime, PaymentReturn, StatusRequest,
                 DeclareDefault, Forget, Recollect>;

}  // namespace lowu::reference
