// Hands a command line's description on to CLI11. See command.hpp.
#include "client/command.hpp"

#include <CLI/CLI.hpp>
#include <limits>
#include <optional>
#include <utility>

namespace lowu::client {

Option* Option::required() {
    option_->required();
    return this;
}

Option* Option::capture_default_str() {
    option_->capture_default_str();
    return this;
}

Option* Option::excludes(Option* other) {
    option_->excludes(other->option_);
    return this;
}

Option* Option::expected(int count, char delimiter) {
    option_->expected(count)->delimiter(delimiter);
    return this;
}

Option* Option::at_least(std::uint64_t least) {
    option_->check(CLI::Range(least, std::numeric_limits<std::uint64_t>::max()));
    return this;
}

Command::Command(CLI::App& app) : app_(app) {}

Command::~Command() = default;

Command* Command::add_subcommand(const std::string& name, const std::string& about) {
    CLI::App* app = app_.add_subcommand(name, about);
    return subcommands_.emplace_back(std::make_unique<Command>(*app)).get();
}

template <class Value>
Option* Command::add_option(const std::string& names, Value& value, const std::string& about) {
    return keep(app_.add_option(names, value, about));
}

Option* Command::add_flag(const std::string& names, bool& value, const std::string& about) {
    return keep(app_.add_flag(names, value, about));
}

void Command::callback(std::function<void()> run) {
    app_.callback(std::move(run));
}

void Command::require_subcommand(int least, int most) {
    app_.require_subcommand(static_cast<std::size_t>(least), static_cast<std::size_t>(most));
}

bool Command::has_parsed_subcommand() const {
    return !app_.get_subcommands().empty();
}

void Command::leave_the_rest() {
    app_.prefix_command();
}

std::vector<std::string> Command::remaining() const {
    return app_.remaining();
}

void Command::set_help_flag() {
    app_.set_help_flag();
}

void Command::footer(const std::string& text) {
    app_.footer(text);
}

Option* Command::keep(CLI::Option* option) {
    return options_.emplace_back(std::make_unique<Option>(option)).get();
}

// What there are options of.
#define LOWU_OPTION(...) \
    template Option* Command::add_option(const std::string&, __VA_ARGS__&, const std::string&)
LOWU_OPTION(std::string);
LOWU_OPTION(int);
LOWU_OPTION(std::uint16_t);
LOWU_OPTION(std::uint32_t);
LOWU_OPTION(std::int64_t);
LOWU_OPTION(std::uint64_t);
LOWU_OPTION(std::optional<std::string>);
LOWU_OPTION(std::optional<int>);
LOWU_OPTION(std::optional<std::int64_t>);
LOWU_OPTION(std::vector<std::string>);
LOWU_OPTION(std::vector<std::int64_t>);
#undef LOWU_OPTION

}  // namespace lowu::client
