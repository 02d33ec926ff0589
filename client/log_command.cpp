// lowu log: looks at a log on the disk. What it does stands in lowu_log, which knows the switch's
// records; this only becomes that program. Called through commands.hpp; main thread.
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "client/become_program.hpp"
#include "client/commands.hpp"

namespace lowu::client {

namespace {

constexpr const char* kProgram = "lowu_log";

// A word that lowu_log would not know is refused here, as other commands refuse theirs.
ExitCode refuse(const std::string& what) {
    std::cerr << "lowu log: " << what << "\n'lowu log --help' shows how it is used" << std::endl;
    return ExitCode::kUsage;
}

ExitCode become_log_tool(const Context& context, std::vector<std::string> arguments) {
    if (arguments.empty()) return refuse("say which of: verify, inspect");
    const std::string& word = arguments.front();
    if (word.starts_with('-')) return refuse("there is no option " + word);
    if (word != "verify" && word != "inspect") return refuse("there is no command " + word);
    return become_program(context, kProgram, std::move(arguments));
}

}  // namespace

void add_log(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("log", "Verify or print a log on the disk; needs no process");
    // Everything behind "log" is lowu_log's, options too.
    command->leave_the_rest();
    set_footer(
        *command,
        "Reads the log of a switch (or of a bank process) in a directory and changes\n"
        "nothing; the process that writes it may run.\n"
        "\n"
        "  lowu log verify DIR [--json]\n"
        "  lowu log inspect DIR [--from N] [--to N] [--uetr U] [--limit N] [--json]\n"
        "\n"
        "More: lowu log verify --help, lowu log inspect --help.\n"
        "\n"
        "Exit codes: 0 nothing is wrong, 1 there is no such log, 2 wrong usage, 65 damaged,\n"
        "or nothing that a switch could start from.\n"
        "\n"
        "Examples:\n"
        "  lowu log verify lowu-data/switch\n"
        "  lowu log inspect lowu-data/switch --from 100 --limit 20");
    command->callback([&context, command] {
        context.run = [&context, command] {
            return become_log_tool(context, command->remaining());
        };
    });
}

}  // namespace lowu::client
