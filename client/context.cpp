// What every command shares. See context.hpp.
#include "client/context.hpp"

#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <iostream>

#include "common/base/assert.hpp"

namespace lowu::client {

Addresses addresses_from_environment() {
    Addresses addresses;
    const auto take = [](const char* variable, std::string* address) {
        const char* value = std::getenv(variable);
        if (value != nullptr && *value != '\0') *address = value;
    };
    take("LOWU_SWITCH", &addresses.switch_address);
    take("LOWU_HK", &addresses.hk);
    take("LOWU_MAINLAND", &addresses.mainland);
    return addresses;
}

void add_json_option(Command& command, Context& context) {
    command.add_flag("--json", context.json,
                     "One JSON document instead of text (64-bit integers are strings)");
}

void add_switch_option(Command& command, Context& context) {
    command
        .add_option("--switch", context.addresses.switch_address,
                    "Where the switch listens, host:port (or LOWU_SWITCH)")
        ->capture_default_str();
}

void add_bank_options(Command& command, Context& context) {
    command
        .add_option("--hk", context.addresses.hk,
                    "Where the Hong Kong banks' process listens, host:port (or LOWU_HK)")
        ->capture_default_str();
    command
        .add_option("--mainland", context.addresses.mainland,
                    "Where the Mainland banks' process listens, host:port (or LOWU_MAINLAND)")
        ->capture_default_str();
}

Json to_json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    options.preserve_proto_field_names = true;
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
    LOWU_ASSERT(status.ok(), "the contract's messages have a JSON form");
    return Json::parse(text);
}

void print_json(const Json& document) {
    std::cout << document.dump(2) << std::endl;
}

ExitCode fail(const Context& context, const Error& error) {
    std::cout.flush();
    if (context.json) {
        const Json document = {
            {"error", {{"kind", std::string(to_string(error.kind))}, {"message", error.what}}}};
        std::cerr << document.dump(2) << std::endl;
    } else {
        std::cerr << "lowu: " << error.what << std::endl;
    }
    if (is_refusal(error)) return ExitCode::kRefused;
    return error.kind == Error::Kind::kInvalid ? ExitCode::kUsage : ExitCode::kEnvironment;
}

Error usage_error(std::string_view field, std::string_view rule) {
    return {Error::Kind::kInvalid, std::string(field) + " " + std::string(rule)};
}

void set_footer(Command& command, const std::string& text) {
    command.footer("\n" + text + "\n");
}

}  // namespace lowu::client
