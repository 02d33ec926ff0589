// lowu_log: looks at the log of a switch or of a bank. Started by people and by `lowu log`; reads
// only, so it may run beside the process that writes. One thread.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "switch/app/exit_code.hpp"
#include "switch/app/log_tool.hpp"

namespace {

constexpr const char* kFooter =
    "\n"
    "DIR is what lowu_switch got as --dir, or the directory of a bank process's log. Both "
    "commands\n"
    "only read: they take no lock and repair nothing, so the process that owns the log may run. "
    "It\n"
    "is read up to its last whole record.\n"
    "\n"
    "Examples:\n"
    "  lowu log verify lowu-data/switch\n"
    "  lowu log inspect lowu-data/switch --from 100 --limit 20\n"
    "  lowu log inspect lowu-data/switch --uetr 8a562c67-ca16-48ba-b074-65581be6f011 --json\n"
    "\n"
    "Exit codes: 0 nothing is wrong; 1 there is no such log, or it may not be read; 2 command "
    "line;\n"
    "65 damaged, of another format version, or such that a switch would refuse to start: the log\n"
    "ends before a snapshot or the archive, is not theirs, or has gone from beside them.\n";

constexpr const char* kInspectFooter =
    "\n"
    "A line has sequence number, scheme time (UTC+8), elapsed time since the log began, rail,\n"
    "command. Of a log that this program cannot read (a bank's, or of another rules version) it\n"
    "prints batches: sequence numbers, epoch, bytes, hash.\n";

void add_verify(CLI::App& app, lowu::app::LogToolOptions& options, int& code) {
    CLI::App* command = app.add_subcommand(
        "verify",
        "Check every header, hash, chain link, record and snapshot, and where the archive ends; "
        "say what there is");
    command->add_option("dir", options.directory, "directory of the log")->required();
    command->add_flag("--json", options.json, "one JSON document (64-bit integers are strings)");
    command->callback([&] { code = lowu::app::verify_directory(options); });
}

void add_inspect(CLI::App& app, lowu::app::LogToolOptions& options, int& code) {
    CLI::App* command = app.add_subcommand("inspect", "Print records in words, one a line");
    command->add_option("dir", options.directory, "directory of the log")->required();
    command->add_option("--from", options.from, "first sequence number")
        ->check(CLI::PositiveNumber);
    command->add_option("--to", options.to, "last sequence number")->check(CLI::PositiveNumber);
    command->add_option_function<std::string>(
        "--uetr",
        [&options](const std::string& text) {
            options.uetr = lowu::scheme::parse_uetr(text);
            if (!options.uetr) throw CLI::ValidationError("--uetr", "must be a version 4 UUID");
        },
        "only records that name this payment, as itself or as the original of a return");
    command->add_option("--limit", options.limit, "at most so many lines")
        ->check(CLI::PositiveNumber);
    command->add_flag("--json", options.json,
                      "one JSON object a line (64-bit integers are strings)");
    command->footer(kInspectFooter);
    command->callback([&] { code = lowu::app::inspect_directory(options); });
}

}  // namespace

int main(int argc, char** argv) {
    lowu::app::LogToolOptions options;
    int code = lowu::app::kExitOk;
    CLI::App app("Looks at the log of a lowu switch or bank, and changes nothing.", "lowu_log");
    app.footer(kFooter);
    app.require_subcommand(1);
    add_verify(app, options, code);
    add_inspect(app, options, code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? lowu::app::kExitOk : lowu::app::kExitUsage;
    } catch (const std::exception& error) {
        std::cerr << "lowu_log: " << error.what() << std::endl;
        return lowu::app::kExitEnvironment;
    }
    return code;
}
