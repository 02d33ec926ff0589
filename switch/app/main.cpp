// lowu_switch: reads the command line, opens the log, recovers, serves, stops in order. The only
// file that puts the parts together.
#include <google/protobuf/stubs/logging.h>
#include <grpcpp/grpcpp.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "common/base/clock.hpp"
#include "common/rpc/server.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/institutions.hpp"
#include "switch/app/config.hpp"
#include "switch/app/disk.hpp"
#include "switch/app/engine_runner.hpp"
#include "switch/app/exit_at_once.hpp"
#include "switch/app/recovery.hpp"
#include "switch/app/rules_version.hpp"
#include "switch/app/signals.hpp"
#include "switch/engine/log_bodies.hpp"
#include "switch/service/directory_service.hpp"
#include "switch/service/exchange_service.hpp"
#include "switch/service/operations_service.hpp"
#include "switch/service/participant_service.hpp"
#include "switch/service/payment_service.hpp"
#include "switch/service/settlement_service.hpp"

namespace lowu::app {
namespace {

constexpr const char* kFooter =
    "Example: lowu_switch --config switch/app/launch.txtpb --dir /tmp/lowu/switch\n\n"
    "Exit codes: 0 stopped in order; 1 environment: a port, rights, room on a disk, another "
    "process on the\n"
    "directory; 2 command line or configuration; 65 what lies in the directory is damaged, of "
    "another form, or not\n"
    "whole; 70 a write to the log has an unknown outcome; 71 another process has taken the log "
    "over; 72 live cells\n"
    "and follower disagree; 130 a second signal while stopping.";

int fail(int code, const std::string& what) {
    spdlog::error("{}", what);
    return code;
}

/// Of what the command line and the configuration ask for.
int exit_code_of(const Error& error) {
    return error.kind == Error::Kind::kInvalid ? kExitUsage : exit_code_of_disk(error);
}

engine::OnDifference on_difference(const Settings& settings) {
    if (settings.parameters == "file") return engine::OnDifference::kApplyFile;
    if (settings.parameters == "log") return engine::OnDifference::kKeepLog;
    return engine::OnDifference::kRefuse;
}

/// Says how far recovery has come, to whoever calls and, every two seconds, in the log.
class ProgressSayer {
public:
    explicit ProgressSayer(service::Readiness& readiness) : readiness_(readiness) {}

    void say(std::uint64_t done, std::uint64_t total) {
        const std::string words = std::to_string(done) + " of " + std::to_string(total) +
                                  " records, " + std::to_string(done * 100 / total) + " %";
        readiness_.waits("is replaying its log: " + words);
        if (clock_.monotonic_us() < say_again_at_us_) return;
        say_again_at_us_ = clock_.monotonic_us() + 2'000'000;
        spdlog::info("replaying the log: {}", words);
    }

private:
    service::Readiness& readiness_;
    SteadyClock clock_;
    std::int64_t say_again_at_us_ = clock_.monotonic_us() + 1'000'000;
};

/// Everything that serves, in the order in which it must end.
class Switch {
public:
    Switch(const Settings& settings, const Config& config, Disk& disk)
        : settings_(settings), config_(config), disk_(disk) {}

    /// Serves until SIGINT or SIGTERM.
    int run();

private:
    [[nodiscard]] Result<void> listen();
    [[nodiscard]] Result<log::BatchView> older(core::Sequence sequence);
    [[nodiscard]] Result<Recovered> recover_engine();
    [[nodiscard]] Result<void> start(Recovered recovered);
    [[nodiscard]] Result<void> sync_start();
    int serve();
    int give_up(int exit_code, const Error& error);
    [[nodiscard]] journal::SnapshotIdentity identity() const {
        return {std::string(service::kForm), kRulesVersion, disk_.log->id()};
    }

    const Settings& settings_;
    const Config& config_;
    Disk& disk_;
    SteadyClock clock_;
    service::Readiness readiness_;
    service::Halt halt_;
    service::Inbox inbox_;
    service::Requests requests_{inbox_, readiness_};
    service::ConnectionTable connections_{inbox_, requests_};
    follower::ArchivedBatch older_batch_;
    engine::LogBodies bodies_{*disk_.log,
                              [this](core::Sequence sequence) { return older(sequence); }};
    engine::Engine engine_{clock_, connections_, bodies_};
    engine::LogWriter writer_{*disk_.log};
    FollowerRunner follower_{
        {settings_.timelines_max, settings_.snapshot_every},
        {*disk_.log, *disk_.archive, *disk_.snapshots, readiness_, halt_, clock_}};
    LogThread log_thread_{*disk_.log, writer_, inbox_};
    service::ParticipantService participants_{connections_, readiness_};
    service::PaymentService payments_{follower_};
    service::SettlementService settlement_{follower_};
    service::OperationsService operations_{follower_, requests_, halt_};
    service::DirectoryService directory_{follower_, requests_, clock_};
    service::ExchangeService exchange_{follower_, requests_};
    rpc::RunningServer server_;
    std::atomic<bool> serving_{false};
};

Result<void> Switch::listen() {
    std::array<grpc::Service*, 6> services{&participants_, &payments_,  &settlement_,
                                           &operations_,   &directory_, &exchange_};
    auto server = rpc::start_server({settings_.listen, settings_.port_file}, services);
    if (!server.ok()) return server.error();
    server_ = std::move(server).value();
    return {};
}

/// What starting put into a batch (genesis, sessions that are down now) is durable before anybody
/// is served.
Result<void> Switch::sync_start() {
    if (auto owner = writer_.acquire(); !owner.ok()) return owner;
    if (!engine_.has_batch()) return {};
    engine::SealedBatch batch;
    engine_.seal(batch);
    if (writer_.append(batch) != log::AppendOutcome::kOk) {
        return Error{Error::Kind::kUnknown, "the first batch could not be made durable"};
    }
    engine_.on_durable(batch.last());
    return {};
}

Result<log::BatchView> Switch::older(core::Sequence sequence) {
    auto batch = disk_.archive->read_batch(sequence);
    if (!batch.ok()) return batch.error();
    older_batch_ = std::move(batch).value();
    return older_batch_.view;
}

Result<Recovered> Switch::recover_engine() {
    const auto warn = [](const Error& error) { spdlog::warn("{}", error.what); };
    if (auto ours = check_archive(*disk_.log, *disk_.archive); !ours.ok()) return ours.error();
    ProgressSayer progress(readiness_);
    auto recovered =
        recover(engine_, *disk_.log, *disk_.snapshots, identity(), warn,
                [&](std::uint64_t done, std::uint64_t total) { progress.say(done, total); });
    if (!recovered.ok() || !recovered->loaded) return recovered;
    auto reached = check_archive_reaches(*disk_.archive, *recovered->loaded);
    if (!reached.ok()) return reached.error();
    return recovered;
}

Result<void> Switch::start(Recovered recovered) {
    if (recovered.loaded) {
        spdlog::info("loaded the snapshot at sequence {}", recovered.loaded->sequence.value);
    }
    if (auto done = engine_.start(config_.genesis, on_difference(settings_)); !done.ok()) {
        return done;
    }
    if (auto done = sync_start(); !done.ok()) return done;
    follower_.start({identity(), engine_.genesis(), std::move(recovered.loaded), engine_.durable(),
                     engine_.recovered()});
    return {};
}

int Switch::run() {
    // Before there is anything to lose a signal just ends the process.
    SignalWaiter signals(
        [this] {
            if (!serving_) exit_at_once(kExitOk);
            service::InboxEvent stop;
            stop.what = service::InboxEvent::What::kStop;
            inbox_.post(std::move(stop));
        },
        [] {
            spdlog::warn("a second signal: stopped at once; what was acknowledged is safe");
            exit_at_once(kExitForced);
        });
    if (auto done = listen(); !done.ok())
        return fail(exit_code_of(done.error()), done.error().what);
    auto recovered = recover_engine();
    if (!recovered.ok()) return give_up(exit_code_of_disk(recovered.error()), recovered.error());
    if (auto done = start(std::move(recovered).value()); !done.ok()) {
        return give_up(exit_code_of(done.error()), done.error());
    }
    return serve();
}

int Switch::give_up(int exit_code, const Error& error) {
    readiness_.stops();
    server_.server->Shutdown(std::chrono::system_clock::now());
    return fail(exit_code, error.what);
}

int Switch::serve() {
    log_thread_.start();
    serving_ = true;
    readiness_.serves();
    rpc::set_serving(*server_.server, true);
    spdlog::info("serving on {}; log at sequence {}, recovered up to {}", server_.address,
                 disk_.log->head().next_sequence - 1, engine_.recovered().value);
    std::printf("lowu_switch ready on %s\n", server_.address.c_str());
    std::fflush(stdout);

    EngineRunner runner(
        {engine_, inbox_, connections_, log_thread_, follower_, clock_, halt_},
        {Duration::from_us(settings_.linger_us), Duration::from_ms(settings_.clock_jump_ms)});
    const int code = runner.run();
    rpc::set_serving(*server_.server, false);
    readiness_.stops();
    requests_.stop();
    runner.refuse_rest();
    server_.server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    follower_.stop();
    log_thread_.stop();
    spdlog::info("stopped at sequence {}", engine_.durable().value);
    return code;
}

int run(const Settings& settings) {
    if (auto verified = scheme::verify_institutions(); !verified.ok()) {
        return fail(kExitUsage, verified.error().what);
    }
    auto config = load_config(settings.config_file);
    if (!config.ok()) return fail(kExitUsage, config.error().what);
    auto disk = open_disk(settings);
    if (!disk.ok()) return fail(exit_code_of_disk(disk.error()), disk.error().what);
    Switch the_switch(settings, *config, *disk);
    return the_switch.run();
}

}  // namespace
}  // namespace lowu::app

int main(int argc, char** argv) {
    lowu::app::Settings settings;
    CLI::App cli("The lowu switch: both rails and the link between them.");
    cli.footer(lowu::app::kFooter);
    cli.add_option("--config", settings.config_file, "genesis and settings, text protobuf")
        ->required();
    cli.add_option("--dir", settings.directory,
                   "directory of log, snapshots and archive; made when missing")
        ->required();
    cli.add_option("--listen", settings.listen, "address; loopback only")->capture_default_str();
    cli.add_option("--port-file", settings.port_file, "write the bound port here");
    cli.add_option("--parameters", settings.parameters,
                   "when the configuration's parameters are not the log's: refuse to start, record "
                   "the file's, or go on with the log's")
        ->check(CLI::IsMember({"refuse", "file", "log"}))
        ->capture_default_str();
    cli.add_option("--timelines-max", settings.timelines_max, "payments whose timelines are kept")
        ->check(CLI::Range(1U, 10'000'000U))
        ->capture_default_str();
    cli.add_option("--linger-us", settings.linger_us, "the longest a busy batch waits for more")
        ->check(CLI::Range(0U, 100'000U))
        ->capture_default_str();
    cli.add_option("--segment-mib", settings.segment_mib,
                   "size of the log's new segments; what snapshots cover goes by the segment")
        ->check(CLI::Range(17U, 1'024U))
        ->capture_default_str();
    cli.add_option("--snapshot-every", settings.snapshot_every,
                   "records between two snapshots; 0: only when asked for")
        ->capture_default_str();
    cli.add_option("--clock-jump-ms", settings.clock_jump_ms,
                   "after a longer step of the clock nothing new is taken until an operator has "
                   "said what it was; 0: every step is believed")
        ->check(CLI::IsMember({0U}) | CLI::Range(1'000U, 86'400'000U))
        ->capture_default_str();
    cli.add_option("--log-level", settings.log_level, "what goes to standard output")
        ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "critical", "off"}))
        ->capture_default_str();
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = cli.exit(error);
        return code == 0 ? 0 : lowu::app::kExitUsage;
    }
    spdlog::set_level(spdlog::level::from_str(settings.log_level));
    // What a bank sends wrongly is answered to the bank; it must not be able to fill our log.
    google::protobuf::SetLogHandler(nullptr);
    lowu::app::block_stop_signals();
    return lowu::app::run(settings);
}
