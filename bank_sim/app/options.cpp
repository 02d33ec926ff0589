// The command line of bank_sim. See options.hpp.
#include "bank_sim/app/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

#include "bank_sim/model/limits.hpp"

namespace lowu::bank {
namespace {

constexpr int kExitWrongOptions = 2;

}  // namespace

std::variant<Options, int> parse_options(int argument_count, char** arguments) {
    Options options;
    CLI::App app{
        "Plays many banks of either rail: one session with the switch each, customers over "
        "lowu.v1.BankService."};
    app.footer(
        "Example:\n  bank_sim --config bank_sim/scenarios/launch-hk.txtpb --switch "
        "127.0.0.1:7410 --listen 127.0.0.1:18201");
    app.add_option("--config", options.config, "banks and first customers (text protobuf)")
        ->required();
    app.add_option("--switch", options.switch_at, "where the switch listens")->required();
    app.add_option("--listen", options.listen, "where customers' apps connect")
        ->default_val("127.0.0.1:18201");
    app.add_option("--port-file", options.port_file, "write the bound port to this file");
    app.add_option("--traffic-accounts", options.traffic_accounts,
                   "accounts that each bank opens for generated traffic")
        ->check(CLI::Range(0U, kMaxTrafficAccounts))
        ->capture_default_str();
    app.add_option("--day", options.day,
                   "a scenario's day (text protobuf): opens its customers, and StartTraffic can "
                   "order slices of it");
    app.add_option("--day-seed", options.day_seed, "instead of the scenario's own seed")
        ->check(CLI::Range(std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()));
    app.add_option("--log-level", options.log_level, "what goes to stderr")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kExitWrongOptions;
    }
    return options;
}

}  // namespace lowu::bank
