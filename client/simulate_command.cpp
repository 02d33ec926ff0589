// lowu simulate: plays a scenario on virtual time. What it does stands in lowu_simulate, which
// holds cells and engine; this only becomes that program. Called through commands.hpp; main thread.
#include "client/become_program.hpp"
#include "client/commands.hpp"

namespace lowu::client {

namespace {

constexpr const char* kProgram = "lowu_simulate";

}  // namespace

void add_simulate(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "simulate", "Plays weeks or years of the whole scheme in minutes; needs no process");
    // Everything behind "simulate" is lowu_simulate's, --help too.
    command->leave_the_rest();
    command->set_help_flag();
    set_footer(*command,
               "Examples:\n"
               "  lowu simulate launch-day --out report\n"
               "  lowu simulate first-year --volume-permille 100\n"
               "  lowu simulate bad-day --seed 7 --json\n"
               "\n"
               "More: lowu simulate --help.");
    command->callback([&context, command] {
        context.run = [&context, command] {
            return become_program(context, kProgram, command->remaining());
        };
    });
}

}  // namespace lowu::client
