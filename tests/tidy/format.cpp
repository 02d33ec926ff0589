// Asks clang-format which files it would change. Called by tidy_test.cpp and self_test.cpp.
#include <algorithm>
#include <string>
#include <utility>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

constexpr std::string_view kComplaint = ": error: code should be clang-formatted";

// Path and line of "<root>/<path>:<line>:<column>: error: ...".
Violation parse_complaint(std::string_view complaint, const std::string& root) {
    Violation violation{"", 0, "format", "run clang-format -i on it (version 14, .clang-format)"};
    complaint.remove_prefix(root.size() + 1);
    const size_t colon = complaint.find(':');
    violation.path = std::string(complaint.substr(0, colon));
    violation.line = std::stoul(std::string(complaint.substr(colon + 1)));
    return violation;
}

}  // namespace

Violations check_format(const std::string& tool, const std::string& root,
                        const std::vector<std::string>& paths) {
    std::vector<std::string> arguments = {tool, "--dry-run", "-Werror", "--style=file"};
    for (const std::string& path : paths)
        arguments.push_back(root + "/" + path);
    const ProgramOutput output = run_program(arguments);
    if (output.exit_code == 0) return {};

    Violations violations;
    std::string_view rest = output.text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        // clang-format also quotes the text it complains about: only lines that name a file count.
        const bool names_a_file = line.starts_with(root + "/");
        if (!names_a_file || line.find(kComplaint) == std::string_view::npos) continue;
        Violation violation = parse_complaint(line, root);
        const bool same_file = !violations.empty() && violations.back().path == violation.path;
        if (!same_file) violations.push_back(std::move(violation));
    }
    if (violations.empty()) violations.push_back({root, 0, "clang-format failed", output.text});
    return violations;
}

}  // namespace lowu::tidy
