// The table of targets, and the seeds of files and of histories; see seeds.hpp.
#include "tests/fuzz/seeds.hpp"

#include <array>

#include "common/base/assert.hpp"
#include "common/base/prng.hpp"
#include "common/log/posix_file.hpp"
#include "common/log/verify.hpp"
#include "switch/app/rules_version.hpp"
#include "switch/journal/batch.hpp"
#include "tests/unit/journal_fixture.hpp"

namespace lowu::fuzz {
namespace {

constexpr std::array kTargets{
    Target{"record", fuzz_record, record_seeds, 60},
    Target{"log", fuzz_log, log_seeds, 100},
    Target{"snapshot", fuzz_snapshot, snapshot_seeds, 2},
    Target{"session", fuzz_session, session_seeds, 8},
    Target{"command", fuzz_command, command_seeds, 8},
    Target{"text", fuzz_text, text_seeds, 6},
    Target{"bank_log", fuzz_bank_log, bank_log_seeds, 20},
};

void add(Bytes& to, std::initializer_list<int> bytes) {
    for (const int byte : bytes)
        to.push_back(std::byte{static_cast<std::uint8_t>(byte)});
}

Bytes random(Prng& prng, std::size_t bytes) {
    Bytes some(bytes);
    for (std::byte& byte : some)
        byte = static_cast<std::byte>(prng.below(256));
    return some;
}

/// Every kind of command in a batch of its own.
void add_kinds(std::vector<Bytes>& seeds) {
    for (const journal::Case& one : journal::all_cases()) {
        journal::BatchBuilder builder;
        builder.add({core::Sequence{1}, SchemeTime{1}, ElapsedTime{1}}, core::Rail::kFps,
                    one.command, one.body);
        log::BatchBuffer batch;
        builder.take(batch);
        seeds.emplace_back(batch.payload().begin(), batch.payload().end());
    }
}

}  // namespace

std::span<const Target> targets() {
    return kTargets;
}

std::vector<Bytes> record_seeds() {
    const std::string folder =
        std::string(LOWU_SOURCE_DIR) + "/tests/golden/rules-" + std::to_string(app::kRulesVersion);
    auto directory = log::PosixDirectory::open(folder, log::MissingDirectory::kRefuse);
    LOWU_ASSERT(directory.ok(), "the golden log of these rules is there");
    std::vector<Bytes> seeds;
    log::VerifyOptions all;
    all.take = [&](const log::BatchView& batch) -> Result<bool> {
        seeds.emplace_back(batch.payload.begin(), batch.payload.end());
        return true;
    };
    LOWU_ASSERT(log::verify_log(**directory, all).ok(), "and whole");
    add_kinds(seeds);
    return seeds;
}

/// The first byte says the way: damaged, sealed, made up.
std::vector<Bytes> log_seeds() {
    std::vector<Bytes> seeds{{std::byte{0}}, {std::byte{1}}, {std::byte{2}}};
    Prng prng(1);
    for (int way = 0; way < 2; ++way) {
        for (int seed = 0; seed < 8; ++seed) {
            Bytes one;
            add(one, {way});
            const Bytes edits = random(prng, 4 + 6 * static_cast<std::size_t>(seed));
            one.insert(one.end(), edits.begin(), edits.end());
            seeds.push_back(one);
        }
    }
    return seeds;
}

std::vector<Bytes> snapshot_seeds() {
    return log_seeds();
}

/// One payment northbound and one southbound, asked for, returned in part; and whatever comes.
std::vector<Bytes> command_seeds() {
    Bytes both;
    add(both, {0, 0, 0, 1, 0, 0, 0, 0});  // fps bank 0 pays 1.00 to ibps bank 0
    add(both,
        {152, 64, 0, 255, 0, 152, 104, 0, 255});  // it arrives, is accepted, settled, reported
    add(both, {0, 1, 0, 3, 0, 0, 1, 0});          // ibps bank 0 pays 50.00 to fps bank 0
    add(both, {152, 64, 0, 255, 0, 152, 104, 0, 255});
    add(both, {120, 0, 255, 1, 1, 1, 152});  // 1.00 comes back, and 1.00 of the first
    add(both, {120, 2, 255, 1, 1, 0, 152});
    add(both, {185, 136, 1, 1, 255, 136, 0, 1, 255});  // seconds later both ends ask
    // So many that the first are forgotten a day later; then somebody speaks of one of them.
    Bytes many;
    for (int payment = 0; payment < 68; ++payment)
        add(many, {0, 0, 0, 0, 0, 0, 0, 0});
    add(many, {152, 64, 67, 255, 0, 64, 60, 255, 200, 152, 181, 224, 0, 224, 1});
    add(many, {104, 67, 3, 136, 1, 67, 0, 120, 67, 3, 1, 1, 0, 152, 224, 0, 253, 1, 0, 67});
    std::vector<Bytes> seeds{both, many};
    Prng prng(2);
    for (int seed = 0; seed < 12; ++seed)
        seeds.push_back(random(prng, 200 + 150 * static_cast<std::size_t>(seed)));
    return seeds;
}

}  // namespace lowu::fuzz
