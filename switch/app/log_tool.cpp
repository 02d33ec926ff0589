// What verify and inspect share; see log_tool.hpp.
#include "switch/app/log_tool.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "switch/app/exit_code.hpp"
#include "switch/app/rules_version.hpp"

namespace lowu::app {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

bool is_of_a_switch(const log::LogFacts& facts) {
    return facts.form.starts_with("fps/") || facts.form.starts_with("ibps/");
}

bool reads_records(const log::LogFacts& facts) {
    return is_of_a_switch(facts) && facts.rules_version == kRulesVersion;
}

std::string why_not_read(const log::LogFacts& facts) {
    if (!is_of_a_switch(facts)) return "it is a log of \"" + facts.form + "\"";
    return "it follows rules version " + std::to_string(facts.rules_version) + ", this program " +
           std::to_string(kRulesVersion);
}

Result<log::LogFacts> facts_of(log::Directory& directory) {
    log::VerifyOptions options;
    options.take = [](const log::BatchView& /*batch*/) -> Result<bool> { return false; };
    return log::verify_log(directory, options);
}

int say_error(const LogToolOptions& options, const Error& error) {
    std::cout.flush();
    if (options.json) {
        const Json document = {
            {"error", {{"kind", std::string(to_string(error.kind))}, {"message", error.what}}}};
        std::cerr << document.dump() << std::endl;
    } else {
        std::cerr << "lowu_log: " << error.what << std::endl;
    }
    return exit_code_of_disk(error);
}

int say_damage(const LogToolOptions& options, const log::Damage& damage) {
    std::cout.flush();
    const std::string path = options.directory + "/" + damage.file;
    if (options.json) {
        const Json document = {{"error",
                                {{"kind", "corrupt"},
                                 {"message", damage.what},
                                 {"file", path},
                                 {"byte", std::to_string(damage.byte)},
                                 {"sequence", std::to_string(damage.sequence)}}}};
        std::cerr << document.dump() << std::endl;
    } else {
        std::cerr << "lowu_log: damaged: " << path << " at byte " << damage.byte
                  << ", where sequence " << damage.sequence << " was expected: " << damage.what
                  << std::endl;
    }
    return kExitLogUnreadable;
}

}  // namespace lowu::app
