// Load, quiet, judgement. See trial.hpp.
#include "tests/kill/trial.hpp"

#include <vector>

#include "tests/kill/replay.hpp"

namespace lowu::killing {

namespace {

using std::chrono::milliseconds;

// Everybody's deadline for what must come; only what hangs reaches it.
constexpr milliseconds kQuietPatience{180'000};

// GetStatusResponse.halted_by
constexpr const char* kByClock = "clock";

// In this many legs of payments there is a whole segment on each rail that can be forgotten: with
// the payments_max of config_under_fire it has 8,192.
constexpr std::int64_t kLegsToForget = 4 * 8'192;

// The parameter's least, its most, and how far scheme time goes on so that all there is, is old.
constexpr std::int64_t kShortMemoryMs = 1'200'000;
constexpr std::int64_t kLongMemoryMs = 31 * std::int64_t{86'400'000};
constexpr std::int64_t kAgeMs = kShortMemoryMs + 300'000;

// How long the payees' banks take over an answer.
constexpr std::int64_t kAnswerMinUs = 1'000;
constexpr std::int64_t kAnswerHalfUs = 200'000;
constexpr std::int64_t kAnswerLateUs = 800'000;

}  // namespace

Trial::Trial(SchemeUnderFire& scheme, TrialSettings settings, Tally& tally)
    : scheme_(scheme), settings_(settings), tally_(tally), reader_(scheme, judge_) {}

Result<void> Trial::slow_down() {
    v1::SetBehaviorRequest request;
    v1::LatencyDistribution& latency = *request.mutable_behavior()->mutable_latency();
    latency.set_min_us(kAnswerMinUs);
    latency.set_p50_us(kAnswerHalfUs);
    latency.set_p99_us(kAnswerLateUs);
    request.set_seed(settings_.seed);
    for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
        const auto set = scheme_.banks(rail).call(&v1::BankService::Stub::SetBehavior, request);
        if (!set) return set.error();
    }
    return {};
}

Result<void> Trial::top_up() {
    if (auto done = top_up(scheme::Rail::kFps); !done) return done;
    return top_up(scheme::Rail::kIbps);
}

Result<void> Trial::top_up(scheme::Rail rail) {
    const BankLine& banks = scheme_.banks(rail);
    const auto traffic =
        banks.call(&v1::BankService::Stub::GetTraffic, v1::GetTrafficRequest{}, kShortCall);
    if (!traffic || traffic->running()) return {};
    v1::StartTrafficRequest request;
    // The sides do not end together: there is load while one begins anew.
    const std::int64_t payments = settings_.payments * pressure_;
    request.set_payments(rail == scheme::Rail::kFps ? payments : payments * 3 / 2);
    request.set_in_flight(settings_.in_flight * pressure_);
    request.set_seed(settings_.seed + ++traffic_runs_);
    for (const std::string& code : scheme_.codes(other(rail))) {
        request.add_payee_agents(code);
    }
    if (request.payee_agents().empty()) return {};
    const auto started = banks.call(&v1::BankService::Stub::StartTraffic, request, kShortCall);
    if (!started && started.error().kind == Error::Kind::kInvalid) {
        return Error{Error::Kind::kInvalid, "no traffic: " + started.error().what};
    }
    return {};
}

Result<std::int64_t> Trial::wait_under_load() {
    std::int64_t now = 0;
    std::optional<Error> failed;
    const bool enough = scheme_.process(Victim::kSwitch).wait_until(kQuietPatience, [&] {
        if (auto done = top_up(); !done) failed = done.error();
        now = in_flight().value_or(0);
        return failed.has_value() || now >= settings_.in_flight_min;
    });
    if (failed) return *failed;
    if (!enough) {
        return Error{Error::Kind::kUnavailable, "never " + std::to_string(settings_.in_flight_min) +
                                                    " payments in flight, but " +
                                                    std::to_string(now)};
    }
    return now;
}

Result<void> Trial::wait_quiet() {
    std::optional<Standing> last;
    std::optional<Error> failed;
    const bool quiet = scheme_.process(Victim::kSwitch).wait_until(kQuietPatience, [&] {
        if (const auto dead = died()) failed = Error{Error::Kind::kUnknown, *dead};
        if (failed) return true;
        const auto now = standing_of(scheme_, kShortCall);
        if (!now) return false;
        last = now;
        if (now->halted_by == kByClock) answer_clock();
        return now->quiet();
    });
    if (failed) return *failed;
    if (quiet) return {};
    Evidence stuck;
    if (last) {
        stuck.pending = last->pending;
        stuck.not_credited = last->not_credited;
        stuck.outgoing_pending = last->outgoing_pending;
        stuck.incoming_promised = last->incoming_promised;
    }
    tally_.found(Judge().judge(stuck));
    return Error{Error::Kind::kUnavailable,
                 "it does not become quiet: " + (last ? last->text() : "no answer")};
}

Result<v1::GetStatusResponse> Trial::status() const {
    return scheme_.operations().call(&v1::OperationsService::Stub::GetStatus,
                                     v1::GetStatusRequest{});
}

Result<void> Trial::set_memory(std::int64_t memory_ms) const {
    v1::SetParametersRequest request;
    for (const v1::Rail rail : {v1::RAIL_FPS, v1::RAIL_IBPS}) {
        v1::Parameter& parameter = *request.add_parameters();
        parameter.set_name("payment_memory_ms");
        parameter.set_rail(rail);
        parameter.set_value(memory_ms);
    }
    const auto set =
        scheme_.operations().call(&v1::OperationsService::Stub::SetParameters, request, kShortCall);
    return set ? Result<void>() : Result<void>(set.error());
}

Result<void> Trial::make_old() {
    if (auto set = set_memory(kLongMemoryMs); !set) return set;
    auto now = status();
    while (now && now->remembered_legs() < kLegsToForget) {
        if (auto load = wait_under_load(); !load) return load.error();
        if (auto quiet = wait_quiet(); !quiet) return quiet;
        reader_.collect();
        now = status();
    }
    if (!now) return now.error();
    v1::AdvanceSchemeTimeRequest request;
    request.set_scheme_time_ms(now->scheme_time_ms() + kAgeMs);
    const auto advanced =
        scheme_.operations().call(&v1::OperationsService::Stub::AdvanceSchemeTime, request);
    return advanced ? Result<void>() : Result<void>(advanced.error());
}

// A switch that is gone meanwhile has forgotten.
void Trial::let_forget() {
    (void)set_memory(kShortMemoryMs);
}

std::optional<std::int64_t> Trial::in_flight() {
    const auto status = scheme_.operations().call(&v1::OperationsService::Stub::GetStatus,
                                                  v1::GetStatusRequest{}, kShortCall);
    if (!status) return std::nullopt;
    if (status->halted_by() == kByClock) answer_clock();
    return status->pending();
}

// A switch that was stopped for long believes that its clock jumped. Either answer is right: the
// time has passed, and it stood still. It may have been told before, or be gone.
void Trial::answer_clock() {
    v1::ConfirmClockRequest request;
    request.set_verdict(clock_passed_ ? v1::CLOCK_VERDICT_PASSED : v1::CLOCK_VERDICT_IGNORED);
    const auto confirmed =
        scheme_.operations().call(&v1::OperationsService::Stub::ConfirmClock, request, kShortCall);
    if (!confirmed) return;
    clock_passed_ = !clock_passed_;
    tally_.clock_confirmed();
}

Result<void> Trial::judge() {
    const auto evidence = reader_.read(settings_.remittances_max);
    if (!evidence) return evidence.error();
    tally_.found(judge_.judge(*evidence));
    tally_.judged(judge_);
    const test::Finished books = scheme_.lowu({"reconcile", "--brief", "--wait-ms", "60000"});
    if (books.exit_code == 0) return {};
    return Error{Error::Kind::kUnknown, "books differ:\n" + books.output + books.errors};
}

Result<void> Trial::compare_replay() {
    v1::GetStatusRequest request;
    request.set_with_digests(true);
    const auto status = scheme_.operations().call(&v1::OperationsService::Stub::GetStatus, request);
    if (!status) return status.error();
    const auto replayed =
        replayed_digests(scheme_.data_folder(Victim::kSwitch), status->follower_sequence());
    if (!replayed) return replayed.error();
    const std::vector<std::string> told(status->digests().begin(), status->digests().end());
    if (told != *replayed) {
        return Error{Error::Kind::kCorrupt, "a replay up to sequence " +
                                                std::to_string(status->follower_sequence()) +
                                                " gives another state than the follower has"};
    }
    tally_.digest_compared();
    return {};
}

Result<void> Trial::judge_all() {
    const auto evidence = reader_.read_all_payments();
    if (!evidence) return evidence.error();
    tally_.found(judge_.judge(*evidence));
    const std::uint64_t told = evidence->payments.size();
    if (told != judge_.payments()) {
        tally_.found({{Finding::Kind::kLost, "the switch tells " + std::to_string(told) + " of " +
                                                 std::to_string(judge_.payments()) + " payments"}});
    }
    return {};
}

std::optional<std::string> Trial::died() const {
    for (const Victim victim : kVictims) {
        const auto code = scheme_.process(victim).wait(milliseconds(0));
        if (!code) continue;
        return std::string(name_of(victim)) + " ended by itself, exit code " +
               std::to_string(*code);
    }
    return std::nullopt;
}

}  // namespace lowu::killing
