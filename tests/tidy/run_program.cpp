// Runs git and clang-format for the tidy test and collects what they print. Called by tree.cpp and
// format.cpp.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "tests/tidy/tree.hpp"

namespace lowu::tidy {

namespace {

std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (true) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count <= 0) return text;
        text.append(buffer.data(), static_cast<size_t>(count));
    }
}

}  // namespace

ProgramOutput run_program(const std::vector<std::string>& arguments) {
    ProgramOutput output;
    std::array<int, 2> pipe_ends{};
    if (::pipe(pipe_ends.data()) != 0) return output;

    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
    pid_t child = 0;
    const bool started =
        ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe_ends[1]);
    if (started) {
        output.text = read_to_end(pipe_ends[0]);
        int status = 0;
        if (::waitpid(child, &status, 0) == child && WIFEXITED(status)) {
            output.exit_code = WEXITSTATUS(status);
        }
    }
    ::close(pipe_ends[0]);
    return output;
}

}  // namespace lowu::tidy
