// What every command gets: addresses, the form of the answer, and the ways to end. Exists so that
// main.cpp reads as a list of commands. Filled while the command line is read, then constant; main
// thread.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "client/command.hpp"
#include "client/exit_code.hpp"
#include "client/network.hpp"
#include "common/base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace lowu::client {

using Json = nlohmann::ordered_json;

// The usual addresses, replaced by LOWU_SWITCH, LOWU_HK and LOWU_MAINLAND where these are set.
// Read here and not by CLI11, which would let the variable win over the option: several commands
// share one variable of ours.
[[nodiscard]] Addresses addresses_from_environment();

struct Context {
    Addresses addresses = addresses_from_environment();
    bool json = false;
    std::function<ExitCode()> run;  // what the chosen command does
};

// --json, for every command.
void add_json_option(Command& command, Context& context);

// --switch, --hk and --mainland.
void add_switch_option(Command& command, Context& context);
void add_bank_options(Command& command, Context& context);

// A message in proto3 JSON with the contract's field names: 64-bit integers are strings, and what
// is not set shows its zero.
[[nodiscard]] Json to_json(const google::protobuf::Message& message);

// Writes one JSON document and a newline to standard output.
void print_json(const Json& document);

// Says on standard error what went wrong, as text or as {"error": ...}; returns kRefused for a
// refusal (peer.hpp), kUsage for kInvalid and kEnvironment for everything else.
[[nodiscard]] ExitCode fail(const Context& context, const Error& error);

// "<field> <rule>" about something on the command line.
[[nodiscard]] Error usage_error(std::string_view field, std::string_view rule);

// What follows the options in a command's help.
void set_footer(Command& command, const std::string& text);

}  // namespace lowu::client
