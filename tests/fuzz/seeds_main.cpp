// Writes the seeds of each target into a folder of its name: what libFuzzer begins with.
//   fuzz_seeds FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fuzz/seeds.hpp"

int main(int argument_count, char** arguments) {
    if (argument_count != 2) {
        std::fprintf(stderr, "fuzz_seeds FOLDER\n");
        return 64;
    }
    for (const lowu::fuzz::Target& target : lowu::fuzz::targets()) {
        const auto folder = std::filesystem::path(arguments[1]) / target.name;
        std::filesystem::create_directories(folder);
        int number = 0;
        for (const lowu::fuzz::Bytes& seed : target.seeds()) {
            std::ofstream(folder / ("seed-" + std::to_string(number++)), std::ios::binary)
                .write(reinterpret_cast<const char*>(seed.data()),
                       static_cast<std::streamsize>(seed.size()));
        }
    }
    return 0;
}
