// Holds the whole tree to the rules of rules.hpp; a failure names file, line, rule and what to
// write instead. Run by ctest; self_test.cpp shows that the rules catch what they are for.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

const Tree& tree() {
    static const Tree kTree = load_tree(LOWU_SOURCE_DIR);
    return kTree;
}

void expect_none(const Violations& violations) {
    if (violations.empty()) return;
    std::string list;
    for (const Violation& violation : violations) {
        list += violation.path + ":" + std::to_string(violation.line) + ": " + violation.rule +
                "; instead: " + violation.instead + "\n";
    }
    ADD_FAILURE() << violations.size() << " to change:\n" << list;
}

void expect_everywhere(Violations (*rule)(const File&)) {
    Violations all;
    for (const File& file : tree().files) {
        for (Violation& violation : rule(file))
            all.push_back(std::move(violation));
    }
    expect_none(all);
}

TEST(Tidy, TheTreeWasFound) {
    EXPECT_TRUE(tree().has("CMakeLists.txt"));
    EXPECT_TRUE(tree().has("common/base"));
    EXPECT_TRUE(tree().has("tests/tidy/tidy_test.cpp"));
    EXPECT_FALSE(tree().has("build"));
}

TEST(Tidy, FoldersIncludeOnlyWhatIsBelowThem) {
    expect_everywhere(check_levels);
}

TEST(Tidy, LibrariesAreUsedOnlyWhereTheyBelong) {
    expect_everywhere(check_libraries);
}

TEST(Tidy, NoBannedToken) {
    expect_everywhere(check_tokens);
}

TEST(Tidy, LinesFit) {
    expect_everywhere(check_line_lengths);
}

TEST(Tidy, FunctionsFitAScreen) {
    expect_everywhere(check_function_lengths);
}

TEST(Tidy, FilesFitASitting) {
    expect_everywhere(check_file_length);
}

TEST(Tidy, FilesSayWhatTheyAre) {
    expect_everywhere(check_first_lines);
}

TEST(Tidy, LibrariesHaveAReadme) {
    expect_none(check_library_readmes(tree()));
}

TEST(Tidy, DocumentsNameWhatExists) {
    for (const File& file : tree().files)
        expect_none(check_named_paths(tree(), file));
}

TEST(Tidy, TheContractIsCommented) {
    expect_everywhere(check_proto_comments);
}

TEST(Tidy, ZeroEnumValuesAreUnspecified) {
    expect_everywhere(check_proto_zero_values);
}

TEST(Tidy, PackagesFollowFolders) {
    expect_everywhere(check_proto_package);
}

TEST(Tidy, RecordsDoNotEmbedTheContract) {
    expect_everywhere(check_proto_imports);
}

TEST(Tidy, CodeIsFormatted) {
    const std::string version = run_program({"clang-format", "--version"}).text;
    if (version.find("version 14.") == std::string::npos) {
        GTEST_SKIP() << "needs clang-format 14 (other versions format otherwise), found: "
                     << (version.empty() ? "none" : version);
    }
    std::vector<std::string> paths;
    for (const File& file : tree().files) {
        if (is_cpp(file)) paths.push_back(file.path);
    }
    expect_none(check_format("clang-format", LOWU_SOURCE_DIR, paths));
}

}  // namespace

}  // namespace lowu::tidy
