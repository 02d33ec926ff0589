// lowu_bench: starts a switch and the banks of both sides as real processes, lets their customers
// pay each other, and prints rate, latency, CPU a payment and whether all books agree. A run whose
// books do not agree is INVALID. Main thread; the processes it starts end with it.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "benchmarks/load/bench_scheme.hpp"
#include "benchmarks/load/patience.hpp"
#include "client/network.hpp"
#include "client/reconcile_read.hpp"
#include "client/sandbox.hpp"

namespace lowu::bench {
namespace {

/// So many fit the memory of a rail that is not configured.
constexpr std::int64_t kUsualPayments = 3'500'000;

/// A snapshot of the largest run takes about a minute.
constexpr std::chrono::minutes kFollowerPatience{10};

struct Options {
    int hk_banks = 19;
    int mainland_banks = 19;
    std::int64_t payments = 500'000;
    std::int64_t rate_per_second = 0;
    int in_flight = 8'000;
    std::uint64_t seed = 1;
    bool no_quotas = false;
    std::string directory;
};

/// The traffic of one bank_sim process.
struct Side {
    const client::Peer* peer = nullptr;
    std::unique_ptr<v1::BankService::Stub> stub;
    v1::GetTrafficResponse before;
    v1::GetTrafficResponse now;
    std::string log_mode;  ///< Of the banks.
};

Result<v1::GetTrafficResponse> read_traffic(Side& side) {
    return side.peer->call(*side.stub, &v1::BankService::Stub::GetTraffic, v1::GetTrafficRequest{});
}

Result<void> start_traffic(Side& side, const Options& options,
                           const std::vector<std::string>& payees) {
    auto before = read_traffic(side);
    if (!before.ok()) return before.error();
    side.before = *before;
    v1::StartTrafficRequest request;
    request.set_payments(options.payments / 2);
    request.set_rate_per_second(options.rate_per_second / 2);
    if (options.rate_per_second == 0) request.set_in_flight(std::max(1, options.in_flight / 2));
    request.set_seed(options.seed);
    request.mutable_payee_agents()->Add(payees.begin(), payees.end());
    auto started = side.peer->call(*side.stub, &v1::BankService::Stub::StartTraffic, request);
    if (!started.ok()) return started.error();
    return {};
}

/// A while, unless something has ended meanwhile.
std::optional<Error> wait_a_moment(client::Sandbox& sandbox) {
    switch (sandbox.wait(std::chrono::milliseconds(500))) {
        case client::Wake::kReady:
        case client::Wake::kTimeout:
            break;
        case client::Wake::kStopAsked:
            return Error{Error::Kind::kUnavailable, "stopped before the end"};
        case client::Wake::kChildDied:
            return sandbox.dead_child().value_or(
                Error{Error::Kind::kUnknown, "a process has ended"});
    }
    return std::nullopt;
}

/// What the follower knows: it may be behind by a snapshot, and then says nothing for a while.
template <class Ask>
auto ask_follower(client::Sandbox& sandbox, Ask ask) {
    return ask_patiently(kFollowerPatience, ask, [&sandbox](std::chrono::milliseconds passed) {
        std::fprintf(stderr, "\r%-40s\rthe follower is behind: waiting for %lld s", "",
                     static_cast<long long>(passed.count() / 1'000));
        return wait_a_moment(sandbox);
    });
}

/// Until every payment is final, with a line now and then.
Result<void> wait_for_end(client::Sandbox& sandbox, std::array<Side, 2>& sides) {
    while (true) {
        bool running = false;
        std::int64_t final_payments = 0;
        for (Side& side : sides) {
            auto now = read_traffic(side);
            if (!now.ok()) return now.error();
            side.now = *now;
            running = running || now->running();
            final_payments += now->settled() + now->refused();
        }
        if (!running) return {};
        std::fprintf(stderr, "\r%lld payments final", static_cast<long long>(final_payments));
        if (auto ended = wait_a_moment(sandbox)) return *std::move(ended);
    }
}

std::string ms(std::int64_t us) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%lld.%03lld ms", static_cast<long long>(us / 1'000),
                  static_cast<long long>(us % 1'000));
    return text.data();
}

std::string per_payment(std::int64_t cpu_us, std::int64_t payments) {
    const std::int64_t hundredths = payments == 0 ? 0 : cpu_us * 100 / payments;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%lld.%02lld", static_cast<long long>(hundredths / 100),
                  static_cast<long long>(hundredths % 100));
    return text.data();
}

void print_side(const char* name, const Side& side) {
    const auto& now = side.now;
    std::cout << "  " << name << ": " << now.sent() << " sent, " << now.settled() << " settled, "
              << now.refused() << " refused, " << now.not_sent() << " not sent\n"
              << "    latency p50 " << ms(now.latency_p50_us()) << ", p90 "
              << ms(now.latency_p90_us()) << ", p99 " << ms(now.latency_p99_us()) << ", p99.9 "
              << ms(now.latency_p999_us()) << ", max " << ms(now.latency_max_us()) << "\n";
    for (const auto& [reason, count] : now.refused_by_reason()) {
        std::cout << "    refused " << reason << ": " << count << "\n";
    }
}

void print_report(const Options& options, const std::array<Side, 2>& sides,
                  std::int64_t switch_cpu_us) {
    std::int64_t settled = 0;
    std::int64_t final_payments = 0;
    std::int64_t duration_us = 1;
    for (const Side& side : sides) {
        settled += side.now.settled();
        final_payments += side.now.settled() + side.now.refused();
        duration_us = std::max(duration_us, side.now.duration_us());
    }
    const auto cpu = [&](const Side& side) {
        return side.now.process_cpu_us() - side.before.process_cpu_us();
    };
    std::cout << options.hk_banks << " + " << options.mainland_banks
              << " banks, switch synced, banks' books: " << sides[0].log_mode
              << "; payee credit included\n"
              << (options.rate_per_second > 0
                      ? "open loop at " + std::to_string(options.rate_per_second) + " payments/s"
                      : "closed loop, " + std::to_string(options.in_flight) + " in flight")
              << ", seed " << options.seed << ", persons' quotas "
              << (options.no_quotas ? "off" : "counted") << "\n";
    print_side("northbound", sides[0]);
    print_side("southbound", sides[1]);
    std::cout << "  rate: " << final_payments * 1'000'000 / duration_us << " payments/s ("
              << final_payments << " final in " << ms(duration_us) << ", " << settled
              << " settled)\n"
              << "  CPU microseconds a payment: switch with follower "
              << per_payment(switch_cpu_us, final_payments) << ", Hong Kong banks "
              << per_payment(cpu(sides[0]), final_payments) << ", Mainland banks "
              << per_payment(cpu(sides[1]), final_payments) << "\n";
}

Result<bool> measure(const Options& options, client::Sandbox& sandbox, const BenchScheme& scheme) {
    const client::Network network(sandbox.addresses());
    std::array<Side, 2> sides;
    sides[0].peer = &network.banks_of(scheme::Rail::kFps).peer();
    sides[1].peer = &network.banks_of(scheme::Rail::kIbps).peer();
    for (Side& side : sides)
        side.stub = v1::BankService::NewStub(side.peer->channel);
    for (Side& side : sides) {
        auto banks =
            side.peer->call(*side.stub, &v1::BankService::Stub::ListBanks, v1::ListBanksRequest{});
        if (!banks.ok()) return banks.error();
        side.log_mode = banks->log_mode();
    }
    const auto before = network.central().status();
    if (!before.ok()) return before.error();
    if (auto done = start_traffic(sides[0], options, scheme.mainland_codes); !done.ok()) {
        return done.error();
    }
    if (auto done = start_traffic(sides[1], options, scheme.hk_codes); !done.ok()) {
        return done.error();
    }
    if (auto done = wait_for_end(sandbox, sides); !done.ok()) return done.error();
    // Waits for the follower: its CPU counts.
    const auto after = ask_follower(sandbox, [&network] { return network.central().status(); });
    std::fprintf(stderr, "\r%-60s\r", "");
    if (!after.ok()) return after.error();
    print_report(options, sides, after->process_cpu_us() - before->process_cpu_us());
    const auto books = ask_follower(
        sandbox, [&network] { return client::read_books(network, std::chrono::seconds(60)); });
    if (!books.ok()) return books.error();
    const auto result = client::reconcile(books->books);
    const bool valid = books->quiet && result.agrees();
    std::cout << "  books: " << result.checks.size() << " checks, "
              << (valid ? "all agree\n" : "INVALID\n");
    if (!valid) std::cout << client::reconciliation_text(result, books->quiet, true);
    return valid;
}

int fail(const Error& error) {
    std::cerr << "lowu_bench: " << error.what << "\n";
    return 1;
}

int run(const Options& options) {
    client::Sandbox sandbox;
    BenchScheme scheme = make_scheme(options.hk_banks, options.mainland_banks);
    // All of them are remembered at the end, on both rails, and the table is nearly full at 7/8.
    if (options.payments > kUsualPayments) {
        scheme.payments_max = static_cast<std::uint32_t>(options.payments / 4 * 5);
    }
    const bool kept = !options.directory.empty();
    const std::string share = kept ? options.directory + "/share"
                                   : (std::filesystem::temp_directory_path() /
                                      ("lowu-bench-" + std::to_string(::getpid())))
                                         .string();
    const Limits limits = options.no_quotas ? Limits::kNone : Limits::kHigh;
    if (auto done = write_files(scheme, limits, share); !done.ok()) return fail(done.error());
    client::SandboxSettings settings;
    settings.directory = options.directory;
    settings.share = share;
    settings.switch_port = settings.hk_port = settings.mainland_port = 0;
    auto started = sandbox.prepare(settings);
    if (started.ok()) started = sandbox.start();
    const auto valid =
        started.ok() ? measure(options, sandbox, scheme) : Result<bool>(started.error());
    const auto stopped = sandbox.stop();
    if (!kept) std::filesystem::remove_all(share);
    if (!valid.ok()) return fail(valid.error());
    if (!stopped.ok()) return fail(stopped.error());
    sandbox.remove_directory();
    return *valid ? 0 : 5;
}

}  // namespace
}  // namespace lowu::bench

int main(int argc, char** argv) {
    lowu::bench::Options options;
    CLI::App cli(
        "Measures the whole scheme: a switch and the banks of both sides as real processes.");
    cli.footer(
        "Example: lowu_bench --payments 1000000\n"
        "Exit codes: 0 valid, 5 the books do not agree, 1 environment, 2 usage.");
    cli.add_option("--hk-banks", options.hk_banks, "banks on FPS")
        ->check(CLI::Range(1, 99))
        ->capture_default_str();
    cli.add_option("--mainland-banks", options.mainland_banks, "banks on IBPS")
        ->check(CLI::Range(1, 99))
        ->capture_default_str();
    cli.add_option("--payments", options.payments, "in all, half each way")
        ->check(CLI::Range(std::int64_t{2}, std::int64_t{20'000'000}))
        ->capture_default_str();
    cli.add_option("--rate", options.rate_per_second,
                   "open loop: payments a second; 0: closed loop")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{2'000'000}))
        ->capture_default_str();
    cli.add_option("--in-flight", options.in_flight, "closed loop: payments in flight in all")
        ->check(CLI::Range(2, 200'000))
        ->capture_default_str();
    cli.add_option("--seed", options.seed, "makes the run")->capture_default_str();
    cli.add_flag("--no-quotas", options.no_quotas, "no limits of persons: their register is idle");
    cli.add_option("--dir", options.directory, "where the log goes; default: a temporary folder");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = cli.exit(error);
        return code == 0 ? 0 : 2;
    }
    return lowu::bench::run(options);
}
