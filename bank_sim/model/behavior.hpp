// Behavior: what a bank does wrong on purpose, as shares of what it could do it to, drawn from a
// seed. Exists so that every fault of a bank can be had on purpose and again; the payer and payee
// side ask it and do what it says. Pure; on the bank's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bank_sim/model/call_error.hpp"
#include "common/base/hash.hpp"
#include "common/base/prng.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/result.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::bank {

/// A late answer goes so long after the rail's deadline.
inline constexpr Duration kLateMargin = 250_ms;

/// How a creditor agent answers a request.
struct AnswerPlan {
    enum class Content : std::uint8_t {
        kRight,     // as judged
        kOpposite,  // refuses what it should accept, and the other way round
        kRefuse,    // refuses with `refusal`
    };
    enum class Second : std::uint8_t { kNone, kSame, kOpposite };

    Content content = Content::kRight;
    scheme::ResultCode refusal = scheme::ResultCode::kPayeeAgentUnspecified;
    bool silent = false;
    Duration delay;
    Second second = Second::kNone;  // what is said after the first answer
};

class Behavior {
public:
    explicit Behavior(std::uint64_t seed);

    /// Why a bank cannot behave so: the field, in the spelling of lowu.v1.Behavior, and the rule.
    [[nodiscard]] static std::optional<CallError> check(const v1::Behavior& behavior);

    /// From now on, as checked. `seed` 0 goes on with the choices of the one before.
    void set(const v1::Behavior& behavior, std::uint64_t seed);
    void describe(v1::GetBehaviorResponse& view) const;

    /// The bank shall have no session.
    [[nodiscard]] bool offline() const { return set_.offline(); }

    /// For a request that the bank would accept or not. `deadline`: how long the rail gives the
    /// bank; without one no answer can be late.
    [[nodiscard]] AnswerPlan plan_answer(bool accepts, money::AmountMinor amount,
                                         std::optional<Duration> deadline);

    // As debtor agent, for one payment each.
    [[nodiscard]] bool instructs_wrong_amount();
    /// Whether it ever does.
    [[nodiscard]] bool may_instruct_wrong_amount() const {
        return !behaves_ && set_.wrong_amount_permille() > 0;
    }
    [[nodiscard]] bool sends_bad_message();
    /// What its clock is off by.
    [[nodiscard]] Duration clock_skew();

    /// True once after it was set.
    [[nodiscard]] bool take_bad_frame();

    void add_to(Digest& digest) const;

private:
    enum class Deed : std::uint8_t {
        kSilent,
        kLate,
        kDuplicate,
        kContradict,
        kWrong,
        kRefuse,
        kRefuseAbove,
        kWrongAmount,
        kBadMessage,
        kClockSkew,
        kOffline,
        kBadFrame,
        kLatency,
    };
    static constexpr std::size_t kDeeds = 13;

    [[nodiscard]] static std::string_view field_of(Deed deed);
    [[nodiscard]] bool draw(std::int32_t permille, Deed deed);
    void count(Deed deed) { ++done_[static_cast<std::size_t>(deed)]; }
    void plan_content(bool accepts, money::AmountMinor amount, AnswerPlan& plan);
    [[nodiscard]] Duration draw_latency();

    v1::Behavior set_;
    bool behaves_ = true;  // nothing is set that payments would notice
    Prng prng_;
    std::array<std::int64_t, kDeeds> done_{};
};

}  // namespace lowu::bank
