// The scheme that a benchmark runs on; see bench_scheme.hpp.
#include "benchmarks/load/bench_scheme.hpp"

#include <google/protobuf/text_format.h>

#include <filesystem>
#include <fstream>

#include "common/scheme/agent_code.hpp"
#include "lowu/config/v1/config.pb.h"

namespace lowu::bench {
namespace {

constexpr std::int64_t kPlentyMinor = 1'000'000'000'000'000;

std::string two_digits(int number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

std::string mainland_code(int number) {
    const std::string eleven = "999" + two_digits(number) + "000000";
    return eleven + scheme::ibps_check_digit(eleven);
}

Result<void> write(const std::filesystem::path& file, const google::protobuf::Message& message) {
    std::string text;
    google::protobuf::TextFormat::PrintToString(message, &text);
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    std::ofstream stream(file);
    stream << text;
    stream.close();
    if (!stream) return Error{Error::Kind::kIo, "cannot write " + file.string()};
    return {};
}

config::v1::SwitchConfig switch_config(const BenchScheme& scheme) {
    config::v1::SwitchConfig config;
    config.set_scheme_start("2025-06-22 09:00");
    for (const std::string& code : scheme.hk_codes) {
        auto& participant = *config.add_participants();
        participant.set_rail(v1::RAIL_FPS);
        participant.set_code(code);
        participant.set_opening_cny_minor(kPlentyMinor);
    }
    for (const std::string& code : scheme.mainland_codes) {
        auto& participant = *config.add_participants();
        participant.set_rail(v1::RAIL_IBPS);
        participant.set_code(code);
        participant.set_net_debit_cap_minor(kPlentyMinor);
    }
    config.mutable_link()->set_fps_agent(scheme.hk_codes.front());
    config.mutable_link()->set_fps_opening_cny_minor(kPlentyMinor);
    config.mutable_link()->set_ibps_agent(scheme.mainland_codes.front());
    config.mutable_link()->set_ibps_net_debit_cap_minor(kPlentyMinor);
    return config;
}

config::v1::BankSimConfig banks_config(v1::Rail rail, const std::vector<std::string>& codes) {
    config::v1::BankSimConfig config;
    for (const std::string& code : codes) {
        auto& bank = *config.add_banks();
        bank.set_rail(rail);
        bank.set_code(code);
        bank.set_name_en("Invented bank " + code);
        bank.set_name_zh("虛構銀行" + code);
    }
    return config;
}

}  // namespace

BenchScheme make_scheme(int hk_banks, int mainland_banks) {
    BenchScheme scheme;
    for (int i = 1; i <= hk_banks; ++i)
        scheme.hk_codes.push_back("B" + two_digits(i));
    for (int i = 1; i <= mainland_banks; ++i)
        scheme.mainland_codes.push_back(mainland_code(i));
    return scheme;
}

Result<void> write_files(const BenchScheme& scheme, const std::string& share) {
    const std::filesystem::path root = share;
    if (auto done = write(root / "switch/app/launch.txtpb", switch_config(scheme)); !done.ok()) {
        return done;
    }
    const std::filesystem::path banks = root / "bank_sim/scenarios";
    if (auto done = write(banks / "launch-hk.txtpb", banks_config(v1::RAIL_FPS, scheme.hk_codes));
        !done.ok()) {
        return done;
    }
    return write(banks / "launch-mainland.txtpb",
                 banks_config(v1::RAIL_IBPS, scheme.mainland_codes));
}

}  // namespace lowu::bench
