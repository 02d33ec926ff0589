// Invariants: what must hold after every step, whatever happened. Exists as small named classes so
// that a failing run says which law was broken, by whom and how. Run by scenarios and simulation
// over a SchemeView. Stateless, any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/scheme_view.hpp"

namespace lowu::support {

struct Violation {
    std::string_view invariant;  ///< Its name.
    scheme::Rail rail{};         ///< Where it was seen.
    scheme::Uetr uetr;           ///< Zero when it is not about one payment.
    std::string what;            ///< Found and expected, for people.
};
using Violations = std::vector<Violation>;

class Invariant {
public:
    Invariant() = default;
    Invariant(const Invariant&) = delete;
    Invariant& operator=(const Invariant&) = delete;
    virtual ~Invariant() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;
    /// Appends what is wrong.
    virtual void check(const SchemeView& scheme, Violations& violations) const = 0;
};

/// An invariant that each rail keeps by itself.
class RailInvariant : public Invariant {
public:
    void check(const SchemeView& scheme, Violations& violations) const final {
        check_rail(scheme.fps, violations);
        check_rail(scheme.ibps, violations);
    }

private:
    virtual void check_rail(const RailView& rail, Violations& violations) const = 0;
};

/// Every currency sums to zero over all accounts of a rail, outside money included.
class MoneyIsConserved final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "money is conserved"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// What an account holds back is the sum of its payments in flight: the payer's bank's account at
/// the origin (or within one rail), the link agent's at the destination.
class ReservationsMatchPayments final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "reservations match payments"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// No bank and no link agent is beyond its money or its cap, reservations counted.
class NobodyIsBeyondLimit final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "nobody is beyond its limit"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// Every balance is its opening plus and minus its settled payments.
class PositionsFollowPayments final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "positions follow payments"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// A UETR names one payment of a rail.
class UetrIsUnique final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "a UETR is unique"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// What a rail keeps room for: a reply for each pending payment, an outcome for each open request;
/// and what it counts as pending: its own payments that are not final, domestic ones too.
class RoomMatchesPending final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "room matches pending"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// Every request to a payee's bank has at most one outcome; exactly one, and the right one, when
/// the destination leg is final. Nobody hears an outcome without a request.
class EveryRequestHasOneOutcome final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "one outcome a request"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// The payer's bank is told the final state when there is one, and never another one.
class PayerIsToldTheTruth final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "the payer is told the truth"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// Who asks where a payment stands has a part in it on that side, and hears a final state only when
/// there is one, and nothing else any more once it has been told.
class EnquiriesAreAnsweredTruly final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "enquiries are answered truly"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// The quota register holds what the pending payments hold, and counts as used what the settled
/// ones of its current days and years held; what is refused leaves nothing behind.
class QuotaFollowsPayments final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "quotas follow payments"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// A return, unless it is refused, is of a settled payment; no more comes back than there was; and
/// the payer's bank is told of each that is booked, once.
class ReturnsFollowPayments final : public RailInvariant {
public:
    [[nodiscard]] std::string_view name() const override { return "returns follow payments"; }

private:
    void check_rail(const RailView& rail, Violations& violations) const override;
};

/// No payment is settled on one rail and rejected on the other; settled at the destination while
/// the origin is pending is in transit, the reverse is impossible. Reasons and amounts agree.
class LegsAgree final : public Invariant {
public:
    [[nodiscard]] std::string_view name() const override { return "legs agree"; }
    void check(const SchemeView& scheme, Violations& violations) const override;
};

/// The claims of the two link agents cancel but for what is in transit.
class ClaimsCancel final : public Invariant {
public:
    [[nodiscard]] std::string_view name() const override { return "claims cancel"; }
    void check(const SchemeView& scheme, Violations& violations) const override;
};

/// All of the above.
[[nodiscard]] std::span<const Invariant* const> all_invariants();

[[nodiscard]] Violations check_all(const SchemeView& scheme);

}  // namespace lowu::support
