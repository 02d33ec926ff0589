// Asking the person at the terminal. See terminal.hpp.
#include "client/terminal.hpp"

#include <unistd.h>

#include <iostream>

namespace lowu::client {

bool can_ask() {
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

bool ask(const std::string& question) {
    std::cout.flush();
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) &&
           (answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes");
}

}  // namespace lowu::client
