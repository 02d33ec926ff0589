// The command line of bank_sim. See options.hpp.
#include "bank_sim/app/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

#include "bank_sim/client/exit_code.hpp"
#include "bank_sim/model/limits.hpp"

namespace lowu::bank {
namespace {

constexpr const char* kFooter =
    "Example:\n  bank_sim --config bank_sim/scenarios/launch-hk.txtpb --switch 127.0.0.1:7410 "
    "--listen 127.0.0.1:18201\n\n"
    "Without --dir the banks' books, promises and messages are in memory only: a restarted "
    "bank_sim "
    "begins anew.\n\n"
    "Exit codes: 0 stopped in order; 1 environment (port, directory, disk); 2 command line or "
    "configuration, also one\nthat is not the log's; 65 the log is damaged or of another form; 70 "
    "a "
    "write to the log has an unknown outcome;\n71 another process owns the log.";

}  // namespace

std::variant<Options, int> parse_options(int argument_count, char** arguments) {
    Options options;
    CLI::App app{
        "Plays many banks of either rail: one session with the switch each, customers over "
        "lowu.v1.BankService."};
    app.footer(kFooter);
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
    app.add_option(
        "--dir", options.directory,
        "directory of the banks' log; made when missing. Accounts, rates and behaviour of "
        "--config are those of the first start; without it: memory only");
    std::string sync = "on";
    app.add_option("--sync", sync,
                   "with --dir: off writes without waiting for the disk: safe against a kill, not "
                   "against loss of power")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    app.add_option("--log-level", options.log_level, "what goes to stderr")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitOk : kExitUsage;
    }
    options.sync = sync == "on";
    return options;
}

}  // namespace lowu::bank
