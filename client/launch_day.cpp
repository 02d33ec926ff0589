// The driver of a scenario's day. See launch_day.hpp.
#include "client/launch_day.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <optional>
#include <thread>
#include <vector>

#include "client/console.hpp"
#include "client/launch_day_figures.hpp"
#include "client/launch_day_report.hpp"
#include "client/reconcile_read.hpp"

namespace lowu::client {

namespace {

using scheme::Direction;
using scheme::Rail;
using Clock = std::chrono::steady_clock;

constexpr std::array kRails{Rail::kFps, Rail::kIbps};
constexpr std::int64_t kHourMs = 3'600'000;

// A slice, its payments' last answers included, takes far less.
constexpr std::chrono::milliseconds kSlicePatience{60'000};
// For a quiet moment, and for the banks to hear that time has moved.
constexpr std::chrono::milliseconds kAdvancePatience{10'000};
constexpr std::chrono::milliseconds kLookAgain{2};
constexpr std::chrono::milliseconds kBooksPatience{10'000};

// Tries until it is done: a call that is refused for now is tried again, a process that is gone is
// not.
Result<void> insist(std::chrono::milliseconds patience, const std::function<Result<void>()>& act) {
    const Clock::time_point deadline = Clock::now() + patience;
    while (true) {
        const auto done = act();
        const bool may_pass = !done && done.error().kind == Error::Kind::kInvalid;
        if (!may_pass || Clock::now() > deadline) return done;
        std::this_thread::sleep_for(kLookAgain);
    }
}

class DayRun {
public:
    DayRun(const Addresses& addresses, const DayFile& day, bool quiet)
        : addresses_(addresses), network_(addresses), day_(day), quiet_(quiet) {}

    Result<ShowResult> run() {
        for (const auto act : {&DayRun::introduce, &DayRun::play, &DayRun::sum_up,
                               &DayRun::reconcile_books, &DayRun::say_where}) {
            if (auto done = (this->*act)(); !done) return done.error();
        }
        return std::move(result_);
    }

private:
    void say(const std::string& text) const {
        if (!quiet_) std::cout << text << std::flush;
    }

    void title(const std::string& text) const { say("\n" + paint(text, Colour::kBold) + "\n"); }

    void note_unexpected(const std::string& what, ExitCode exit_code) {
        if (!result_.unexpected.empty()) result_.unexpected += "; ";
        result_.unexpected += what;
        result_.exit_code = exit_code;
    }

    Result<void> introduce() {
        const auto positions = network_.central().positions();
        if (!positions) return positions.error();
        say(day_heading(day_, agent_figures(*positions)));
        result_.document["scenario"] = day_.name;
        result_.document["title"] = day_.scenario.title();
        result_.document["seed"] = std::to_string(day_.seed);
        result_.document["checkpoints"] = Json::array();
        return {};
    }

    Result<void> play() {
        const auto status = network_.central().status();
        if (!status) return status.error();
        if (status->scheme_time_ms() >= day_.start_ms + day_.slice_ms()) {
            return Error{Error::Kind::kInvalid,
                         "the switch is at " + time_text(status->scheme_time_ms()) +
                             ", past the start of the day: its configuration's scheme_start must "
                             "not be later than " +
                             day_.scenario.start()};
        }
        title("Settled so far");
        begun_ = Clock::now();
        if (status->scheme_time_ms() < day_.start_ms) {
            if (auto advanced = advance(day_.start_ms); !advanced) return advanced;
        }
        // A checkpoint is at a full hour, so it is the end of a slice.
        for (std::int64_t from_ms = day_.start_ms; from_ms < day_.checkpoints_ms.back();
             from_ms += day_.slice_ms()) {
            const std::int64_t to_ms = from_ms + day_.slice_ms();
            if (auto played = play_slice(from_ms, to_ms); !played) return played;
            if (auto advanced = advance(to_ms); !advanced) return advanced;
            say_progress(to_ms);
        }
        return {};
    }

    Result<void> advance(std::int64_t to_ms) const {
        return insist(kAdvancePatience, [this, to_ms]() -> Result<void> {
            const auto advanced = network_.central().advance_scheme_time(to_ms);
            if (!advanced) return advanced.error();
            return {};
        });
    }

    Result<void> play_slice(std::int64_t from_ms, std::int64_t to_ms) {
        v1::StartTrafficRequest request;
        request.mutable_day()->set_from_ms(from_ms);
        request.mutable_day()->set_to_ms(to_ms);
        request.mutable_day()->set_rate_per_second(day_.scenario.orders_per_second());
        for (const Rail rail : kRails) {
            const auto started = insist(kAdvancePatience, [this, rail, &request] {
                return network_.banks_of(rail).start_traffic(request);
            });
            if (!started) return started;
        }
        for (const Rail rail : kRails) {
            auto slice = wait_for_end(rail);
            if (!slice) return slice.error();
            figures_[static_cast<std::size_t>(scheme::direction_from(rail))].add(*slice);
        }
        return {};
    }

    Result<v1::GetTrafficResponse> wait_for_end(Rail rail) const {
        const Clock::time_point deadline = Clock::now() + kSlicePatience;
        while (true) {
            auto traffic = network_.banks_of(rail).traffic();
            if (!traffic || !traffic->running()) return traffic;
            if (Clock::now() > deadline) {
                return Error{Error::Kind::kUnavailable,
                             "waited in vain for the last payments of a slice: " +
                                 std::to_string(traffic->sent()) + " sent, " +
                                 std::to_string(traffic->settled()) + " settled, " +
                                 std::to_string(traffic->refused()) + " refused"};
            }
            std::this_thread::sleep_for(kLookAgain);
        }
    }

    // One line an hour, and the table of a checkpoint when it has come.
    void say_progress(std::int64_t time_ms) {
        if (time_ms % kHourMs == 0) {
            say("  " + time_text(time_ms).substr(11, 5) + "   northbound " +
                padded(grouped(flow(Direction::kNorthbound).settled)) + "   southbound " +
                padded(grouped(flow(Direction::kSouthbound).settled)) + "\n");
        }
        for (std::size_t index = 0; index < day_.checkpoints_ms.size(); ++index) {
            if (day_.checkpoints_ms[index] != time_ms) continue;
            checkpoints_.push_back(at_checkpoint(day_, static_cast<int>(index), figures_));
            const AtCheckpoint& checkpoint = checkpoints_.back();
            title("At " + checkpoint.at + " UTC+8");
            const bool last = index + 1 == day_.checkpoints_ms.size();
            say(checkpoint_text(checkpoint) + (last ? "" : "\n"));
            result_.document["checkpoints"].push_back(checkpoint_json(checkpoint));
        }
    }

    static std::string padded(const std::string& figure) {
        constexpr std::size_t kWidth = 7;
        return std::string(kWidth - std::min(kWidth, figure.size()), ' ') + figure;
    }

    [[nodiscard]] const FlowFigures& flow(Direction direction) const {
        return figures_[static_cast<std::size_t>(direction)];
    }

    Result<void> sum_up() {
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
        const std::int64_t span_ms = day_.checkpoints_ms.back() - day_.start_ms;
        title("Refused: the customers' own slips, on top of the published counts");
        say(refusals_text(day_, figures_));
        title("Latency: from when an order was due until the payer's bank knew its end");
        say(latency_text(figures_));
        const std::string seconds =
            std::to_string(took.count() / 1'000) + "." + std::to_string(took.count() % 1'000 / 100);
        say("  Look-ups of proxies and quotes included. " + std::to_string(span_ms / kHourMs) +
            " hours were played in " + seconds + " seconds.\n");
        result_.document["directions"] = flows_json(day_, figures_);
        result_.document["played_ms"] = std::to_string(took.count());
        return {};
    }

    Result<void> reconcile_books() {
        const auto read = read_books(network_, kBooksPatience);
        if (!read) return read.error();
        const auto& positions = read->books.positions;
        const auto agents = agent_figures(positions);
        title("Link agents");
        say(agents_text(agents, positions));
        for (const std::string& deviation : deviations(day_, checkpoints_, figures_, agents)) {
            note_unexpected(deviation, ExitCode::kEnvironment);
        }
        const Reconciliation result = reconcile(read->books);
        title("Reconciliation: every book, from its owner's process, to the cent");
        say(reconciliation_text(result, read->quiet, true) + "  They stand at record " +
            grouped(static_cast<std::int64_t>(positions.sequence())) + " of the switch's log.\n");
        if (!result.agrees()) note_unexpected("the books differ", ExitCode::kDiffers);
        result_.document["link_agents"] = agents_json(agents);
        result_.document["positions"] = to_json(positions)["positions"];
        result_.document["reconciliation"] = reconciliation_json(result, read->quiet, false);
        result_.document["as_expected"] = result_.unexpected.empty();
        result_.document["unexpected"] = result_.unexpected;
        return {};
    }

    Result<void> say_where() {
        title("Look closer, in another terminal");
        const Addresses usual;
        if (addresses_.switch_address != usual.switch_address || addresses_.hk != usual.hk ||
            addresses_.mainland != usual.mainland) {
            say("  export LOWU_SWITCH=" + addresses_.switch_address + " LOWU_HK=" + addresses_.hk +
                " LOWU_MAINLAND=" + addresses_.mainland + "\n");
        }
        say("  lowu list          then: lowu get UETR\n"
            "  lowu positions\n"
            "  lowu proxy list\n");
        return {};
    }

    const Addresses addresses_;
    const Network network_;
    const DayFile& day_;
    const bool quiet_;
    DayFigures figures_;
    std::vector<AtCheckpoint> checkpoints_;
    Clock::time_point begun_;
    ShowResult result_;
};

}  // namespace

Result<ShowResult> run_day(const Addresses& addresses, const DayFile& day, bool quiet) {
    return DayRun(addresses, day, quiet).run();
}

}  // namespace lowu::client
