// What a bank does wrong on purpose. See behavior.hpp.
#include "bank_sim/model/behavior.hpp"

#include <string>

#include "bank_sim/model/digest_parts.hpp"
#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

constexpr std::int32_t kAll = 1'000;  // permille

// A year: as wrong as a clock can be and still be somebody's clock.
constexpr std::int64_t kMaxSkewMs = 366LL * 24 * 3'600'000;

// Slower than this is silent.
constexpr std::int64_t kMaxLatencyUs = 3'600LL * 1'000'000;

std::optional<CallError> check_share(std::string_view field, std::int32_t permille) {
    if (permille >= 0 && permille <= kAll) {
        return std::nullopt;
    }
    return malformed(field, "must be 0 to 1,000");
}

std::optional<CallError> check_shares(const v1::Behavior& behavior) {
    struct Share {
        std::string_view field;
        std::int32_t permille;
    };
    const std::array shares = {
        Share{"silent_permille", behavior.silent_permille()},
        Share{"late_permille", behavior.late_permille()},
        Share{"duplicate_permille", behavior.duplicate_permille()},
        Share{"contradict_permille", behavior.contradict_permille()},
        Share{"wrong_permille", behavior.wrong_permille()},
        Share{"refuse_permille", behavior.refuse_permille()},
        Share{"wrong_amount_permille", behavior.wrong_amount_permille()},
        Share{"bad_message_permille", behavior.bad_message_permille()},
    };
    for (const Share& share : shares) {
        if (auto error = check_share(share.field, share.permille)) {
            return error;
        }
    }
    return std::nullopt;
}

std::optional<CallError> check_latency(const v1::LatencyDistribution& latency) {
    if (latency.min_us() < 0) {
        return malformed("latency.min_us", "must be 0 or more");
    }
    if (latency.p50_us() < latency.min_us()) {
        return malformed("latency.p50_us", "must be at least min_us");
    }
    if (latency.p99_us() < latency.p50_us()) {
        return malformed("latency.p99_us", "must be at least p50_us");
    }
    if (latency.p99_us() > kMaxLatencyUs) {
        return malformed("latency.p99_us", "must be at most an hour");
    }
    return std::nullopt;
}

}  // namespace

Behavior::Behavior(std::uint64_t seed) : prng_(seed) {}

std::optional<CallError> Behavior::check(const v1::Behavior& behavior) {
    if (auto error = check_shares(behavior)) {
        return error;
    }
    if (!behavior.refuse_reason().empty() &&
        !scheme::payee_agent_result(behavior.refuse_reason())) {
        return malformed("refuse_reason", "must be a code that creditor agents may use, like AC03");
    }
    if (behavior.refuse_above_minor() < 0) {
        return malformed("refuse_above_minor", "must be 0 or more");
    }
    if (behavior.clock_skew_ms() < -kMaxSkewMs || behavior.clock_skew_ms() > kMaxSkewMs) {
        return malformed("clock_skew_ms", "must be within a year");
    }
    return check_latency(behavior.latency());
}

void Behavior::set(const v1::Behavior& behavior, std::uint64_t seed) {
    if (behavior.offline() && !set_.offline()) {
        count(Deed::kOffline);
    }
    set_ = behavior;
    if (seed != 0) {
        prng_ = Prng(seed);
    }
    v1::Behavior noticed = behavior;
    noticed.clear_offline();
    noticed.clear_bad_frame();
    behaves_ = noticed.ByteSizeLong() == 0;
}

AnswerPlan Behavior::plan_answer(bool accepts, money::AmountMinor amount,
                                 std::optional<Duration> deadline) {
    AnswerPlan plan;
    if (behaves_) {
        return plan;
    }
    plan_content(accepts, amount, plan);
    if (draw(set_.silent_permille(), Deed::kSilent)) {
        plan.silent = true;
        return plan;
    }
    if (deadline && draw(set_.late_permille(), Deed::kLate)) {
        plan.delay = *deadline + kLateMargin;
    } else if (set_.has_latency()) {
        plan.delay = draw_latency();
    }
    // Only who has accepted can say the opposite afterwards.
    const bool says_yes = (plan.content == AnswerPlan::Content::kRight && accepts) ||
                          (plan.content == AnswerPlan::Content::kOpposite && !accepts);
    if (says_yes && draw(set_.contradict_permille(), Deed::kContradict)) {
        plan.second = AnswerPlan::Second::kOpposite;
    } else if (draw(set_.duplicate_permille(), Deed::kDuplicate)) {
        plan.second = AnswerPlan::Second::kSame;
    }
    return plan;
}

// A rule of refusal is the bank's own judgement, so that what is wrong is the opposite of it.
void Behavior::plan_content(bool accepts, money::AmountMinor amount, AnswerPlan& plan) {
    if (!set_.refuse_reason().empty()) {
        plan.refusal = scheme::payee_agent_result(set_.refuse_reason())
                           .value_or(scheme::ResultCode::kPayeeAgentUnspecified);
    }
    const std::int64_t above = set_.refuse_above_minor();
    if (accepts && above > 0 && amount.value > above) {
        count(Deed::kRefuseAbove);
        plan.content = AnswerPlan::Content::kRefuse;
    } else if (accepts && draw(set_.refuse_permille(), Deed::kRefuse)) {
        plan.content = AnswerPlan::Content::kRefuse;
    } else if (draw(set_.wrong_permille(), Deed::kWrong)) {
        plan.content = AnswerPlan::Content::kOpposite;
    }
}

bool Behavior::instructs_wrong_amount() {
    return !behaves_ && draw(set_.wrong_amount_permille(), Deed::kWrongAmount);
}

bool Behavior::sends_bad_message() {
    return !behaves_ && draw(set_.bad_message_permille(), Deed::kBadMessage);
}

Duration Behavior::clock_skew() {
    if (behaves_ || set_.clock_skew_ms() == 0) {
        return {};
    }
    count(Deed::kClockSkew);
    return Duration::from_ms(set_.clock_skew_ms());
}

bool Behavior::take_bad_frame() {
    if (!set_.bad_frame()) {
        return false;
    }
    set_.set_bad_frame(false);
    count(Deed::kBadFrame);
    return true;
}

bool Behavior::draw(std::int32_t permille, Deed deed) {
    if (permille == 0 || !prng_.chance(static_cast<std::uint64_t>(permille), kAll)) {
        return false;
    }
    count(deed);
    return true;
}

// Even between the least and the median, between the median and the 99th of 100, and beyond it for
// as far again: a shape that keeps the three figures it is given, in integers.
Duration Behavior::draw_latency() {
    const v1::LatencyDistribution& latency = set_.latency();
    count(Deed::kLatency);
    const std::uint64_t share = prng_.below(100);
    if (share < 50) {
        return Duration::from_us(prng_.between(latency.min_us(), latency.p50_us()));
    }
    if (share < 99) {
        return Duration::from_us(prng_.between(latency.p50_us(), latency.p99_us()));
    }
    return Duration::from_us(
        prng_.between(latency.p99_us(), 2 * latency.p99_us() - latency.p50_us()));
}

void Behavior::add_to(Digest& digest) const {
    digest.add_text(set_.SerializeAsString());
    add_part(digest, prng_);
    for (const std::int64_t count : done_) {
        digest.add(count);
    }
}

std::string_view Behavior::field_of(Deed deed) {
    switch (deed) {
        case Deed::kSilent:
            return "silent_permille";
        case Deed::kLate:
            return "late_permille";
        case Deed::kDuplicate:
            return "duplicate_permille";
        case Deed::kContradict:
            return "contradict_permille";
        case Deed::kWrong:
            return "wrong_permille";
        case Deed::kRefuse:
            return "refuse_permille";
        case Deed::kRefuseAbove:
            return "refuse_above_minor";
        case Deed::kWrongAmount:
            return "wrong_amount_permille";
        case Deed::kBadMessage:
            return "bad_message_permille";
        case Deed::kClockSkew:
            return "clock_skew_ms";
        case Deed::kOffline:
            return "offline";
        case Deed::kBadFrame:
            return "bad_frame";
        case Deed::kLatency:
            return "latency";
    }
    LOWU_UNREACHABLE("every deed has a field");
}

void Behavior::describe(v1::GetBehaviorResponse& view) const {
    *view.mutable_behavior() = set_;
    for (std::size_t deed = 0; deed < kDeeds; ++deed) {
        if (done_[deed] > 0) {
            (*view.mutable_done())[std::string(field_of(static_cast<Deed>(deed)))] = done_[deed];
        }
    }
}

}  // namespace lowu::bank
