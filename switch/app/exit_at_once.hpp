// Ends the process on the spot, from any thread: nobody else is asked, no destructor runs. What was
// logged goes out first. Not spdlog::shutdown(): it would take the logger away from the threads
// that still run.
#pragma once

#include <spdlog/spdlog.h>

#include <cstdlib>

#include "switch/app/exit_code.hpp"

namespace lowu::app {

[[noreturn]] inline void exit_at_once(int exit_code) {
    spdlog::default_logger_raw()->flush();
    std::_Exit(exit_code);
}

}  // namespace lowu::app
