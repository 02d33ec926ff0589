// bank_sim: many simulated banks in one process. main() reads options and configuration, opens the
// log and lets the banks take up what it holds, runs the loop on a thread of its own, waits for a
// signal, and ends everything in order.
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "bank_sim/app/log_home.hpp"
#include "bank_sim/app/open_day.hpp"
#include "bank_sim/app/options.hpp"
#include "bank_sim/app/start_banks.hpp"
#include "bank_sim/client/bank_service.hpp"
#include "bank_sim/client/exit_code.hpp"
#include "bank_sim/client/host.hpp"
#include "common/rpc/server.hpp"

namespace lowu::bank {
namespace {

// Calls that are still open when the program ends get this long.
constexpr auto kServerPatience = std::chrono::seconds(2);

// Signals are taken by sigwait in main, so every thread must block them: before any is started.
sigset_t block_end_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

bool signal_waits() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

std::uint64_t milliseconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

void print_ready(const Host& host, const std::string& address) {
    std::printf("bank_sim ready: %zu banks, BankService on %s\n", host.banks().size(),
                address.c_str());
    std::fflush(stdout);
}

int exit_code_of(const Error& error) {
    switch (error.kind) {
        case Error::Kind::kCorrupt:
            return kExitLogUnreadable;
        case Error::Kind::kInvalid:
            return kExitUsage;
        case Error::Kind::kUnknown:
            return kExitLogUnknown;
        case Error::Kind::kFenced:
            return kExitLogFenced;
        case Error::Kind::kIo:
        case Error::Kind::kNotFound:
        case Error::Kind::kBusy:
        case Error::Kind::kUnavailable:
        case Error::Kind::kExhausted:
            break;
    }
    return kExitEnvironment;
}

/// A file of settings that cannot be read is as wrong as one that breaks a rule.
Error of_settings(Error error) {
    error.kind = Error::Kind::kInvalid;
    return error;
}

int fail(const Error& error) {
    spdlog::error("{}", error.what);
    return exit_code_of(error);
}

/// Of the log, the banks and their customers; the day, if there is one.
Result<std::shared_ptr<const DayPlan>> bring_up(const Options& options, LogHome& home,
                                                BankSet& banks) {
    if (auto replayed = home.replay(banks, signal_waits); !replayed.ok()) {
        return std::move(replayed).error();
    }
    if (banks.started_before()) {
        spdlog::info("accounts, rates and behaviour are the log's; {} adds accounts only",
                     options.config);
    }
    if (auto started = banks.start(milliseconds_since_1970(), random_seed(), home.sink());
        !started.ok()) {
        return std::move(started).error();
    }
    if (auto done = set_up({options.config, options.traffic_accounts}, banks); !done.ok()) {
        return std::move(done).error();
    }
    std::shared_ptr<const DayPlan> day;
    if (!options.day.empty()) {
        auto opened = open_day(options.day, options.day_seed, banks);
        if (!opened.ok()) {
            return of_settings(std::move(opened).error());
        }
        day = std::move(opened).value();
    }
    if (auto begun = home.begin(banks); !begun.ok()) {
        return std::move(begun).error();
    }
    return day;
}

// Runs until a signal comes, then ends everything.
void serve(Host& host, BankServiceServer& service, rpc::RunningServer& running,
           const sigset_t& signals) {
    grpc::Server& server = *running.server;
    const auto work = boost::asio::make_work_guard(host.loop());
    std::jthread loop([&host] { host.loop().run(); });
    boost::asio::post(host.loop(), [&] {
        host.on_ready([&] {
            rpc::set_serving(server, true);
            print_ready(host, running.address);
        });
        host.start();
    });
    service.open(host);

    int signal_number = 0;
    sigwait(&signals, &signal_number);
    spdlog::info("signal {}: ending", signal_number);
    // A second one ends the process on the spot: what was said is in the log.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    rpc::set_serving(server, false);
    std::promise<void> stopped;
    boost::asio::post(host.loop(), [&] { host.stop([&stopped] { stopped.set_value(); }); });
    server.Shutdown(std::chrono::system_clock::now() + kServerPatience);
    stopped.get_future().wait();
    boost::asio::post(host.loop(), [&host] { host.loop().stop(); });
    loop.join();
}

// The banks' address is theirs from the beginning, so that whoever waits for them sees that they
// are starting.
int run(const Options& options, BankSet& banks, LogHome& home, const sigset_t& signals) {
    BankServiceServer service;
    std::array<grpc::Service*, 1> services = {&service};
    Result<rpc::RunningServer> started =
        rpc::start_server({options.listen, options.port_file}, services);
    if (!started.ok()) {
        return fail(started.error());
    }
    auto day = bring_up(options, home, banks);
    if (!day.ok()) {
        started->server->Shutdown(std::chrono::system_clock::now());
        return fail(day.error());
    }
    std::optional<Host::Log> log;
    if (home.there()) {
        log.emplace(Host::Log{home.journal(), home.writer(), home.log()});
    }
    Host host(banks.banks(), {options.switch_at, banks.last(), home.mode()}, log);
    host.set_day(std::move(day).value());
    serve(host, service, *started, signals);
    return kExitOk;
}

int run(const Options& options) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("bank_sim"));
    spdlog::set_level(spdlog::level::from_str(options.log_level));
    const sigset_t signals = block_end_signals();
    auto cast = read_cast(options.config);
    if (!cast.ok()) {
        return fail(of_settings(cast.error()));
    }
    BankSet banks(std::move(cast).value());
    auto home = LogHome::open(options);
    if (!home.ok()) {
        return fail(home.error());
    }
    return run(options, banks, *home, signals);
}

}  // namespace
}  // namespace lowu::bank

int main(int argument_count, char** arguments) {
    const auto options = lowu::bank::parse_options(argument_count, arguments);
    if (const int* exit_code = std::get_if<int>(&options)) {
        return *exit_code;
    }
    return lowu::bank::run(std::get<lowu::bank::Options>(options));
}
