// Command and Option: how each command of lowu describes its command line. Exists because every
// source that includes CLI11 compiles all of it: here two handles stand before it, and only main
// and command.cpp know more. Made by main, then by add_subcommand; all live as long as the root.
// Main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace lowu::client {

class Option {
public:
    explicit Option(CLI::Option* option) : option_(option) {}

    Option* required();
    // Shows the value that the variable has now.
    Option* capture_default_str();
    Option* excludes(Option* other);
    // So many values, with `delimiter` between them.
    Option* expected(int count, char delimiter);
    Option* at_least(std::uint64_t least);

private:
    CLI::Option* option_;
};

class Command {
public:
    explicit Command(CLI::App& app);
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    ~Command();

    Command* add_subcommand(const std::string& name, const std::string& about);
    // The variable outlives the parsing. Of text, numbers, and lists of them; see command.cpp.
    template <class Value>
    Option* add_option(const std::string& names, Value& value, const std::string& about);
    Option* add_flag(const std::string& names, bool& value, const std::string& about);

    void callback(std::function<void()> run);
    void require_subcommand(int least, int most);
    void require_subcommand(int count) { require_subcommand(count, count); }
    [[nodiscard]] bool has_parsed_subcommand() const;
    // Everything behind its name is another program's.
    void leave_the_rest();
    [[nodiscard]] std::vector<std::string> remaining() const;
    void set_help_flag();  // --help is no longer its own
    void footer(const std::string& text);

private:
    Option* keep(CLI::Option* option);

    CLI::App& app_;
    std::vector<std::unique_ptr<Command>> subcommands_;
    std::vector<std::unique_ptr<Option>> options_;
};

}  // namespace lowu::client
