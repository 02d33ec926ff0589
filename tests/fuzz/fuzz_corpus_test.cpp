// Every committed input through its target, as libFuzzer would run it: what was found once is found
// again, in every build. A target that finds something aborts the whole test; the name of the input
// at hand is the last that was printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/seeds.hpp"

namespace lowu::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 40;
constexpr std::uintmax_t kMaxFileBytes = 4'096;

std::vector<fs::path> files_in(std::string_view folder, std::string_view target) {
    const fs::path path = fs::path(LOWU_SOURCE_DIR) / "tests/fuzz" / folder / target;
    std::vector<fs::path> files;
    if (!fs::exists(path)) return files;
    for (const auto& entry : fs::directory_iterator(path))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

int run(const Target& target, const fs::path& file) {
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream),
                           std::istreambuf_iterator<char>()};
    return target.one(std::as_bytes(std::span(text)));
}

class FuzzTest : public testing::TestWithParam<Target> {};

TEST_P(FuzzTest, SeedsOfThisProgramAreSound) {
    int far = 0;
    for (const Bytes& seed : GetParam().seeds())
        far += GetParam().one(seed);
    EXPECT_GE(far, GetParam().least) << "the target does not reach what it is for any more";
}

TEST_P(FuzzTest, NothingIsFoundInTheCorpus) {
    const auto files = files_in("corpus", GetParam().name);
    EXPECT_GT(files.size(), 5U);
    EXPECT_LE(files.size(), kMaxFiles) << "minimise it: see tests/fuzz/README.md";
    for (const fs::path& file : files) {
        EXPECT_LE(fs::file_size(file), kMaxFileBytes) << file;
        run(GetParam(), file);
    }
}

TEST_P(FuzzTest, WhatWasFoundIsMended) {
    for (const fs::path& file : files_in("found", GetParam().name))
        run(GetParam(), file);
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzTest, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace lowu::fuzz
