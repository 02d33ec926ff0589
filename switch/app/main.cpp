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
#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"
#include "common/rpc/server.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/institutions.hpp"
#include "switch/app/config.hpp"
#include "switch/app/engine_runner.hpp"
#include "switch/app/exit_code.hpp"
#include "switch/app/signals.hpp"
#include "switch/engine/log_bodies.hpp"
#include "switch/journal/replay.hpp"
#include "switch/service/directory_service.hpp"
#include "switch/service/exchange_service.hpp"
#include "switch/service/operations_service.hpp"
#include "switch/service/participant_service.hpp"
#include "switch/service/payment_service.hpp"

namespace lowu::app {
namespace {

/// What the rules are worth to a log: replay never crosses a change of this number.
constexpr std::uint32_t kRulesVersion = 2;

constexpr const char* kFooter =
    "Example: lowu_switch --config switch/app/launch.txtpb --dir /tmp/lowu/switch\n\n"
    "Exit codes: 0 stopped in order; 1 environment (port, directory); 2 command line or "
    "configuration; 65 the log is\n"
    "damaged or of another form; 70 a write to the log has an unknown outcome; 71 another process "
    "owns the log.";

int fail(int code, const std::string& what) {
    spdlog::error("{}", what);
    return code;
}

int exit_code_of(const Error& error) {
    switch (error.kind) {
        case Error::Kind::kCorrupt:
            return kExitLogUnreadable;
        case Error::Kind::kInvalid:
            return kExitUsage;
        case Error::Kind::kIo:
        case Error::Kind::kNotFound:
        case Error::Kind::kBusy:
        case Error::Kind::kUnavailable:
        case Error::Kind::kExhausted:
        case Error::Kind::kFenced:
        case Error::Kind::kUnknown:
            break;
    }
    return kExitEnvironment;
}

engine::OnDifference on_difference(const Settings& settings) {
    if (settings.parameters == "file") return engine::OnDifference::kApplyFile;
    if (settings.parameters == "log") return engine::OnDifference::kKeepLog;
    return engine::OnDifference::kRefuse;
}

/// What starting put into a batch (genesis, sessions that are down now) is durable before anybody
/// is served.
Result<void> sync_start(engine::Engine& engine, engine::LogWriter& writer) {
    if (auto owner = writer.acquire(); !owner.ok()) return owner;
    if (!engine.has_batch()) return {};
    engine::SealedBatch batch;
    engine.seal(batch);
    if (writer.append(batch) != log::AppendOutcome::kOk) {
        return Error{Error::Kind::kUnknown, "the first batch could not be made durable"};
    }
    engine.on_durable(batch.last());
    return {};
}

/// Serves until SIGINT or SIGTERM.
int serve(const Settings& settings, const Config& config, log::SegmentLog& log) {
    SteadyClock clock;
    service::Inbox inbox;
    service::Requests requests(inbox);
    service::ConnectionTable connections(inbox, requests);
    engine::LogBodies bodies(log);
    engine::Engine engine(clock, connections, bodies);
    if (auto done =
            journal::for_each_record(log, [&](journal::Entry& entry) { engine.replay(entry); });
        !done.ok()) {
        return fail(kExitLogUnreadable, done.error().what);
    }
    if (auto done = engine.start(config.genesis, on_difference(settings)); !done.ok()) {
        return fail(kExitUsage, done.error().what);
    }
    engine::LogWriter writer(log);
    if (auto done = sync_start(engine, writer); !done.ok()) {
        return fail(exit_code_of(done.error()), done.error().what);
    }
    auto reader = log.read(1);
    if (!reader.ok()) return fail(kExitLogUnreadable, reader.error().what);
    FollowerRunner follower(settings.timelines_max, std::move(reader).value(), engine.durable(),
                            engine.recovered());
    LogThread log_thread(log, writer, inbox);
    service::ParticipantService participants(connections);
    service::PaymentService payments(follower);
    service::OperationsService operations(follower, requests);
    service::DirectoryService directory(follower, requests, clock);
    service::ExchangeService exchange(follower, requests);
    std::array<grpc::Service*, 5> services{&participants, &payments, &operations, &directory,
                                           &exchange};
    auto server = rpc::start_server({settings.listen, settings.port_file}, services);
    if (!server.ok()) return fail(exit_code_of(server.error()), server.error().what);

    SignalWaiter signals([&] {
        inbox.post(
            {service::InboxEvent::What::kStop, engine::SessionId{0}, nullptr, nullptr, {}, {}});
    });
    follower.start();
    log_thread.start();
    rpc::set_serving(*server->server, true);
    spdlog::info("serving on {}; log at sequence {}, recovered up to {}", server->address,
                 log.head().next_sequence - 1, engine.recovered().value);
    std::printf("lowu_switch ready on %s\n", server->address.c_str());
    std::fflush(stdout);

    EngineRunner runner({engine, inbox, connections, log_thread, follower, clock},
                        Duration::from_us(settings.linger_us));
    const int code = runner.run();
    requests.stop();
    runner.refuse_rest();
    rpc::set_serving(*server->server, false);
    server->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    follower.stop();
    log_thread.stop();
    spdlog::info("stopped at sequence {}", engine.durable().value);
    return code;
}

int run(const Settings& settings) {
    if (auto verified = scheme::verify_institutions(); !verified.ok()) {
        return fail(kExitUsage, verified.error().what);
    }
    auto config = load_config(settings.config_file);
    if (!config.ok()) return fail(kExitUsage, config.error().what);
    auto directory = log::PosixDirectory::open(settings.directory, log::MissingDirectory::kCreate);
    if (!directory.ok()) return fail(kExitEnvironment, directory.error().what);
    log::LogOptions options;
    options.form = std::string(service::kForm);
    options.rules_version = kRulesVersion;
    options.max_payload_bytes = static_cast<std::uint32_t>(core::kMaxBatchBytes);
    options.missing = log::MissingLog::kCreate;
    auto log = log::SegmentLog::open(**directory, options);
    if (!log.ok()) return fail(exit_code_of(log.error()), log.error().what);
    if (const auto& report = (*log)->report(); report.dropped_bytes > 0) {
        spdlog::warn("cut a torn tail of {} bytes off {}: nothing in it was ever acknowledged",
                     report.dropped_bytes, report.dropped_from);
    }
    return serve(settings, *config, **log);
}

}  // namespace
}  // namespace lowu::app

int main(int argc, char** argv) {
    lowu::app::Settings settings;
    CLI::App cli("The lowu switch: both rails and the link between them.");
    cli.footer(lowu::app::kFooter);
    cli.add_option("--config", settings.config_file, "genesis and settings, text protobuf")
        ->required();
    cli.add_option("--dir", settings.directory, "directory of the log; made when missing")
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
