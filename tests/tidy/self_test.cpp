// Shows on planted text that each rule of the tidy test catches what it is for and lets the good
// form pass: a rule that cannot fail protects nothing. Run by ctest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The lines on which a rule fires.
std::vector<size_t> lines_of(const Violations& violations) {
    std::vector<size_t> lines;
    for (const Violation& violation : violations)
        lines.push_back(violation.line);
    return lines;
}

std::vector<size_t> caught(Violations (*rule)(const File&), const std::string& path,
                           const std::string& text) {
    return lines_of(rule(make_file(path, text)));
}

std::string repeated(const std::string& text, size_t times) {
    std::string all;
    for (size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

TEST(TidySelf, CommentsAndLiteralsAreNotCode) {
    const File file = make_file("a.cpp",
                                "int a = 1'000;  // double\n"
                                "const char* b = \"a \\\" double\"; /* double\n"
                                "double */ char c = '\"'; int d;\n"
                                "auto e = R\"x(double \" )\" double)x\"; int f;\n");
    ASSERT_EQ(file.code.size(), 4u);
    for (const std::string& line : file.code)
        EXPECT_EQ(line.find("double"), std::string::npos) << line;
    EXPECT_EQ(file.code[0].substr(0, 14), "int a = 1'000;");
    EXPECT_NE(file.code[2].find("int d;"), std::string::npos);
    EXPECT_NE(file.code[3].find("int f;"), std::string::npos);
}

TEST(TidySelf, LevelsCatchAnIncludeOfAHigherFolder) {
    EXPECT_THAT(caught(check_levels, "switch/core/a.cpp",
                       "#include \"switch/core/b.hpp\"\n#include \"common/money/a.hpp\"\n"
                       "#include \"switch/engine/a.hpp\"\n#include \"lowu/v1/a.pb.h\"\n"),
                ElementsAre(3, 4));
    EXPECT_THAT(caught(check_levels, "bank_sim/app/a.cpp", "#include \"switch/core/a.hpp\"\n"),
                ElementsAre(1));
    EXPECT_THAT(caught(check_levels, "switch/app/a.cpp", "#include \"bank_sim/model/a.hpp\"\n"),
                ElementsAre(1));
    EXPECT_THAT(caught(check_levels, "client/a.cpp", "#include <switch/app/a.hpp>\n"),
                ElementsAre(1));
    EXPECT_THAT(caught(check_levels, "benchmarks/a.cpp", "#include \"tests/support/a.hpp\"\n"),
                ElementsAre(1));
    EXPECT_THAT(caught(check_levels, "tests/unit/a.cpp",
                       "#include \"switch/app/a.hpp\"\n#include \"bank_sim/app/a.hpp\"\n"),
                IsEmpty());
}

TEST(TidySelf, LevelsTellTheGrpcFreePartOfRpcApart) {
    EXPECT_THAT(
        caught(check_levels, "switch/engine/a.cpp",
               "#include \"common/rpc/session_numbers.hpp\"\n"
               "#include \"common/rpc/sessions.hpp\"\n#include \"common/rpc/credentials.hpp\"\n"),
        ElementsAre(2, 3));
}

TEST(TidySelf, LevelsCatchRelativeIncludesAndUnknownFolders) {
    EXPECT_THAT(
        caught(check_levels, "common/base/a.cpp", "#include \"b.hpp\"\n#include <vector>\n"),
        ElementsAre(1));
    EXPECT_THAT(caught(check_levels, "switch/nowhere/a.cpp", "int a;\n"), ElementsAre(0));
}

TEST(TidySelf, LibrariesCatchGrpcProtobufAndThreadsBelowTheirPlace) {
    EXPECT_THAT(caught(check_libraries, "switch/session/a.cpp",
                       "#include <vector>\n#include <grpcpp/grpcpp.h>\n"
                       "#include \"lowu/v1/a.grpc.pb.h\"\n"),
                ElementsAre(2, 3));
    EXPECT_THAT(
        caught(check_libraries, "switch/core/a.cpp",
               "#include <google/protobuf/message.h>\n#include <chrono>\n#  include <mutex>\n"),
        ElementsAre(1, 2, 3));
    EXPECT_THAT(caught(check_libraries, "bank_sim/model/a.hpp", "#include <spdlog/spdlog.h>\n"),
                ElementsAre(1));
    EXPECT_THAT(caught(check_libraries, "switch/app/a.cpp",
                       "#include <grpcpp/grpcpp.h>\n#include <thread>\n"),
                IsEmpty());
}

TEST(TidySelf, TokensAreCaughtWhereTheyAreBanned) {
    static const struct {
        std::string path;
        std::string bad;
    } kCases[] = {
        {"tests/unit/a.cpp", "std::this_thread::sleep_for(d);"},
        {"tests/unit/a.cpp", "std::this_thread::sleep_until(t);"},
        {"tests/unit/a.cpp", "usleep(1);"},
        {"tests/integration/a.py", "time.sleep(1)"},
        {"client/a.cpp", "using namespace std;"},
        {"switch/app/a.cpp", "    assert(a);"},
        {"switch/service/a.cpp", "throw 1;"},
        {"switch/core/a.hpp", "std::shared_ptr<int> a;"},
        {"switch/engine/a.hpp", "auto a = std::make_shared<int>();"},
        {"common/money/a.hpp", "double a;"},
        {"bank_sim/model/a.hpp", "float a;"},
        {"switch/core/a.hpp", "std::unordered_map<int, int> a;"},
        {"tests/unit/a.cpp", "std::system(command);"},
        {"benchmarks/load/a.cpp", "int a = std::rand();"},
        {"switch/core/a.cpp", "    default:"},
        {"README.md",
         "TO"
         "DO: write"},
        {"client/a.cpp",
         "// FIX"
         "ME"},
        {"sandbox",
         "cd /ho"
         "me/someone"},
    };
    for (const auto& planted : kCases) {
        EXPECT_THAT(caught(check_tokens, planted.path, "\n" + planted.bad + "\n"), ElementsAre(2))
            << planted.path << ": " << planted.bad;
    }
}

TEST(TidySelf, TokensLetTheGoodFormPass) {
    EXPECT_THAT(caught(check_tokens, "switch/core/a.cpp",
                       "static_assert(a);  // double entry, default: none, throw\n"
                       "LOWU_ASSERT(doubled); operand(a); file_system(b); A() = default;\n"
                       "const char* a = \"throw double\";\n"),
                IsEmpty());
    EXPECT_THAT(caught(check_tokens, "client/a.cpp", "throw a; double b; sleep_for(c);\n"),
                IsEmpty());
    EXPECT_THAT(caught(check_tokens, "README.md",
                       "docs/wo"
                       "rk/here and $x/ho"
                       "me/a\n"),
                IsEmpty());
}

TEST(TidySelf, LengthsCountColumnsAsCodePoints) {
    EXPECT_THAT(
        caught(check_line_lengths, "a.cpp", repeated("羅", 100) + "\n" + repeated("羅", 101)),
        ElementsAre(2));
    EXPECT_THAT(caught(check_line_lengths, "a.proto", repeated("a", 101)), ElementsAre(1));
}

TEST(TidySelf, LengthsCatchLongFunctions) {
    const std::string body = repeated("    a();\n", 69);
    EXPECT_THAT(caught(check_function_lengths, "a.cpp", "void f() {\n" + body + "}\n"),
                ElementsAre(1));
    EXPECT_THAT(caught(check_function_lengths, "a.cpp",
                       "int b;\nvoid F::f(int a,\n          int b) const {\n" + body + "}\n"),
                ElementsAre(2));
    EXPECT_THAT(caught(check_function_lengths, "a.cpp",
                       "F::F()\n    : a_(1),\n      b_(2) {\n" + body + "}\n"),
                ElementsAre(1));
    EXPECT_THAT(caught(check_function_lengths, "a.hpp",
                       "class A {\npublic:\n    void f() {\n" + repeated("        a();\n", 69) +
                           "    }\n};\n"),
                ElementsAre(3));
    EXPECT_THAT(caught(check_function_lengths, "a.cpp", "TEST(A, B) {\n" + body + "}\n"),
                ElementsAre(1));
}

TEST(TidySelf, LengthsLetShortFunctionsAndLongTablesPass) {
    const std::string body = repeated("    a();\n", 68);
    EXPECT_THAT(caught(check_function_lengths, "a.cpp",
                       "namespace a {\nvoid f() {\n" + body + "}\nvoid g() {\n" + body + "}\n}\n"),
                IsEmpty());
    EXPECT_THAT(caught(check_function_lengths, "a.cpp",
                       "constexpr auto kRows = std::to_array<Row>({\n" +
                           repeated("    {1, 2},\n", 90) + "});\n"),
                IsEmpty());
}

TEST(TidySelf, LengthsCatchLongFiles) {
    EXPECT_THAT(caught(check_file_length, "a.cpp", repeated("\n", 600)), IsEmpty());
    EXPECT_THAT(caught(check_file_length, "a.cpp", repeated("\n", 601)), ElementsAre(0));
}

TEST(TidySelf, FilesWithoutACommentOrAGuardAreCaught) {
    EXPECT_THAT(caught(check_first_lines, "a.cpp", "int a;\n"), ElementsAre(1));
    EXPECT_THAT(caught(check_first_lines, "a.hpp", "// A.\nint a;\n"), ElementsAre(1));
    EXPECT_THAT(caught(check_first_lines, "a.proto", ""), ElementsAre(1));
    EXPECT_THAT(caught(check_first_lines, "a.hpp", "// A.\n#pragma once\n"), IsEmpty());
}

TEST(TidySelf, LibrariesWithoutAUsefulReadmeAreCaught) {
    const File library = make_file("common/a/CMakeLists.txt", "lowu_library(a\n    a.cpp)\n");
    EXPECT_EQ(check_library_readmes({{library}}).size(), 1u);
    EXPECT_EQ(
        check_library_readmes({{library, make_file("common/a/README.md", "A folder.\n")}}).size(),
        2u);
    EXPECT_THAT(
        check_library_readmes({{library, make_file("common/a/README.md",
                                                   "Start reading at a.hpp.\nThreads: any.\n")}}),
        IsEmpty());
}

TEST(TidySelf, DocumentsThatNameWhatIsGoneAreCaught) {
    Tree tree;
    tree.files.push_back(make_file("switch/core/cell.hpp", "// A.\n"));
    tree.files.push_back(make_file("proto/lowu/v1/payment.proto", "// A.\n"));
    tree.files.push_back(make_file("sandbox", "# A.\n"));
    tree.files.push_back(
        make_file("switch/README.md",
                  "`switch/core/cell.hpp` `core/cell.hpp` `core/` `./sandbox` `fps/0`\n"
                  "`lowu/v1/payment.proto` `std::vector` `a b/c.hpp` `10.0.0.1/8`\n"
                  "`switch/core/gone.hpp`\n"
                  "`switch/gone/` and `gone.hpp`\n"
                  "`core/gone` but `./gone`\n"
                  "```\n`switch/gone/`\n```\n"));
    EXPECT_THAT(lines_of(check_named_paths(tree, tree.files.back())), ElementsAre(3, 4, 4, 5, 5));
    EXPECT_THAT(check_named_paths(tree, make_file("notes.md", "`switch/gone/`\n")), IsEmpty());
}

TEST(TidySelf, ProtosWithoutCommentsAreCaught) {
    EXPECT_THAT(caught(check_proto_comments, "proto/lowu/v1/a.proto",
                       "syntax = \"proto3\";\n"
                       "// A message.\n"
                       "message A {\n"
                       "    reserved 3;\n"
                       "    string a = 1;\n"
                       "    string b = 2;  // The other.\n"
                       "    // A map.\n"
                       "    map<string, int32> c = 4 [deprecated = true];\n"
                       "    int32 d = 5;  //\n"
                       "}\n"
                       "enum E {\n"
                       "    E_UNSPECIFIED = 0;\n"
                       "}\n"
                       "// A service.\n"
                       "service S {\n"
                       "    rpc Get(A)\n"
                       "        returns (A);\n"
                       "}\n"),
                ElementsAre(5, 9, 11, 12, 16));
    EXPECT_THAT(caught(check_proto_comments, "proto/lowu/journal/v1/a.proto", "message A {}\n"),
                IsEmpty());
}

TEST(TidySelf, ProtoZeroValuesPackagesAndImportsAreCaught) {
    EXPECT_THAT(
        caught(check_proto_zero_values, "proto/lowu/v1/a.proto",
               "enum E {\n    E_NONE = 0;\n    E_A = 1;\n}\nenum F {\n    F_UNSPECIFIED = 0;\n}\n"),
        ElementsAre(2));
    EXPECT_THAT(caught(check_proto_package, "proto/lowu/v1/a.proto", "package lowu.v2;\n"),
                ElementsAre(0));
    EXPECT_THAT(
        caught(check_proto_package, "proto/lowu/journal/v1/a.proto", "package lowu.journal.v1;\n"),
        IsEmpty());
    EXPECT_THAT(caught(check_proto_imports, "proto/lowu/v1/a.proto",
                       "import \"lowu/v1/b.proto\";\nimport public \"lowu/wire/b.proto\";\n"),
                ElementsAre(2));
    EXPECT_THAT(caught(check_proto_imports, "proto/lowu/journal/v1/a.proto",
                       "import \"google/protobuf/any.proto\";\nimport \"lowu/v1/b.proto\";\n"),
                ElementsAre(2));
}

TEST(TidySelf, UnformattedCodeIsCaught) {
    if (run_program({"clang-format", "--version"}).exit_code != 0) {
        GTEST_SKIP() << "clang-format is not installed";
    }
    std::string folder = (std::filesystem::temp_directory_path() / "lowu_tidy_XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    std::ofstream(folder + "/bad.cpp")
        << "int a;\nint   b;  // error: code should be clang-formatted\n";
    std::ofstream(folder + "/good.cpp") << "int a;\n";
    EXPECT_THAT(lines_of(check_format("clang-format", folder, {"good.cpp"})), IsEmpty());
    EXPECT_THAT(lines_of(check_format("clang-format", folder, {"bad.cpp", "good.cpp"})),
                ElementsAre(2));
    std::filesystem::remove_all(folder);
}

TEST(TidySelf, AProgramThatIsNotThereIsReported) {
    EXPECT_NE(run_program({"lowu-no-such-program"}).exit_code, 0);
}

}  // namespace

}  // namespace lowu::tidy
