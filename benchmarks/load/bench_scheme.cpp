// The scheme that a benchmark runs on; see bench_scheme.hpp.
#include "benchmarks/load/bench_scheme.hpp"

#include <google/protobuf/text_format.h>

#include <filesystem>
#include <fstream>

#include "common/money/amount.hpp"
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

/// Remittances at any hour and of any amount; persons' limits as told.
void write_rules(Limits limits, config::v1::SwitchConfig& config) {
    const auto set = [&](const char* name, v1::Rail rail, std::int64_t value) {
        v1::Parameter& parameter = *config.add_parameters();
        parameter.set_name(name);
        parameter.set_rail(rail);
        parameter.set_direction(rail == v1::RAIL_FPS ? v1::DIRECTION_NORTHBOUND
                                                     : v1::DIRECTION_SOUTHBOUND);
        parameter.set_service(v1::SERVICE_P2P_REMITTANCE);
        parameter.set_value(value);
    };
    const std::int64_t limit = limits == Limits::kHigh ? money::kMaxAmountMinor.value : 0;
    for (const v1::Rail rail : {v1::RAIL_FPS, v1::RAIL_IBPS}) {
        set("person_day_limit", rail, limit);
        set("person_year_limit", rail, limit);
    }
    set("bank_payment_limit", v1::RAIL_IBPS, 0);
    set("opens_at_minute", v1::RAIL_IBPS, 0);
    set("closes_at_minute", v1::RAIL_IBPS, 24 * 60);
    v1::ReferenceRate& rate = *config.mutable_reference_rate();
    rate.set_date("2025-06-22");
    rate.set_cny_per_hkd_e8(91'330'000);
    rate.set_cny_per_usd_e8(716'950'000);
}

config::v1::SwitchConfig switch_config(const BenchScheme& scheme, Limits limits) {
    config::v1::SwitchConfig config;
    config.set_scheme_start("2025-06-22 09:00");
    config.set_payments_max(scheme.payments_max);
    write_rules(limits, config);
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
    config::v1::TokenKey& key = *config.add_token_keys();
    key.set_rail(rail);
    key.set_version(1);
    key.set_key_hex(std::string(64, rail == v1::RAIL_FPS ? 'a' : 'b'));
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

Result<void> write_files(const BenchScheme& scheme, Limits limits, const std::string& share) {
    const std::filesystem::path root = share;
    if (auto done = write(root / "switch/app/launch.txtpb", switch_config(scheme, limits));
        !done.ok()) {
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
