// Python scripts against the real programs. See python_tools.hpp.
#include "tests/integration/python_tools.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <utility>

#include "tests/integration/running_scheme.hpp"

namespace lowu::test {

namespace {

void generate_classes(const std::string& directory) {
    std::filesystem::create_directories(directory);
    std::vector<std::string> command = {"protoc", "-I" + source("proto"),
                                        "--python_out=" + directory};
    for (const char* file : {"types", "error", "bank", "exchange", "operations", "participant"}) {
        command.push_back(std::string("lowu/v1/") + file + ".proto");
    }
    const Finished generated = run(std::move(command));
    EXPECT_EQ(generated.exit_code, 0) << generated.errors;
}

}  // namespace

std::string python_with_grpc() {
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        const Finished imported = run({python, "-c", "import grpc, google.protobuf"});
        if (imported.exit_code == 0) return python;
    }
    return "";
}

std::string python_missing() {
    if (run({"protoc", "--version"}).exit_code != 0) return "there is no protoc";
    return python_with_grpc().empty() ? "python3 cannot import grpc and google.protobuf" : "";
}

Process start_script(const TempDirectory& folder, const std::string& name,
                     std::vector<std::string> arguments) {
    const std::string classes = folder.file("classes");
    generate_classes(classes);
    std::vector<std::string> command = {python_with_grpc(),
                                        source("tests/integration/python/" + name)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Process({std::move(command),
                    folder.file(name + ".out"),
                    "",
                    "",
                    {{"PYTHONPATH", classes}, {"PYTHONDONTWRITEBYTECODE", "1"}}});
}

}  // namespace lowu::test
