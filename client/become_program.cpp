// Becoming another program. See become_program.hpp.
#include "client/become_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

namespace lowu::client {

ExitCode become_program(const Context& context, const std::string& name,
                        std::vector<std::string> arguments) {
    std::error_code error;
    const std::filesystem::path folder =
        std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    const std::string program = (folder / name).string();
    arguments.insert(arguments.begin(), program);
    std::vector<char*> plain;
    for (std::string& argument : arguments)
        plain.push_back(argument.data());
    plain.push_back(nullptr);
    std::cout.flush();
    ::execv(program.c_str(), plain.data());
    if (errno == ENOENT) {
        return fail(context,
                    {Error::Kind::kNotFound, "there is no " + name + " next to " + folder.string() +
                                                 "/lowu: build or install it, too"});
    }
    return fail(context,
                {Error::Kind::kIo, "cannot start " + program + ": " + std::strerror(errno)});
}

}  // namespace lowu::client
