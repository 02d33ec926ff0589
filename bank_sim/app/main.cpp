// bank_sim: many simulated banks in one process. main() reads options and configuration, runs the
// loop on a thread of its own, waits for a signal, and ends everything in order.
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
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "bank_sim/app/open_day.hpp"
#include "bank_sim/app/options.hpp"
#include "bank_sim/app/start_banks.hpp"
#include "bank_sim/client/bank_service.hpp"
#include "bank_sim/client/host.hpp"
#include "common/rpc/server.hpp"

namespace lowu::bank {
namespace {

constexpr int kExitCannotListen = 1;
constexpr int kExitWrongConfig = 2;

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

// Runs until a signal comes, then ends everything; returns the exit code.
int serve(const Options& options, Host& host, const sigset_t& signals) {
    BankServiceServer service(host);
    std::array<grpc::Service*, 1> services = {&service};
    Result<rpc::RunningServer> started =
        rpc::start_server({options.listen, options.port_file}, services);
    if (!started) {
        spdlog::error("{}", started.error().what);
        return started.error().kind == Error::Kind::kInvalid ? kExitWrongConfig : kExitCannotListen;
    }
    grpc::Server& server = *started->server;
    const auto work = boost::asio::make_work_guard(host.loop());
    std::jthread loop([&host] { host.loop().run(); });
    boost::asio::post(host.loop(), [&] {
        host.on_ready([&] {
            rpc::set_serving(server, true);
            print_ready(host, started->address);
        });
        host.start();
    });

    int signal_number = 0;
    sigwait(&signals, &signal_number);
    spdlog::info("signal {}: ending", signal_number);
    rpc::set_serving(server, false);
    std::promise<void> stopped;
    boost::asio::post(host.loop(), [&] { host.stop([&stopped] { stopped.set_value(); }); });
    server.Shutdown(std::chrono::system_clock::now() + kServerPatience);
    stopped.get_future().wait();
    boost::asio::post(host.loop(), [&host] { host.loop().stop(); });
    loop.join();
    return 0;
}

int run(const Options& options) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("bank_sim"));
    spdlog::set_level(spdlog::level::from_str(options.log_level));
    const sigset_t signals = block_end_signals();
    auto started = start_banks(
        {options.config, milliseconds_since_1970(), random_seed(), options.traffic_accounts});
    if (!started) {
        spdlog::error("{}", started.error().what);
        return kExitWrongConfig;
    }
    std::shared_ptr<const DayPlan> day;
    if (!options.day.empty()) {
        auto opened = open_day(options.day, options.day_seed, *started);
        if (!opened) {
            spdlog::error("{}", opened.error().what);
            return kExitWrongConfig;
        }
        day = std::move(opened).value();
    }
    Host host(std::move(started->banks), std::move(started->proxies), options.switch_at);
    host.set_day(std::move(day));
    return serve(options, host, signals);
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
