// Processes that die and come back. See scheme_under_fire.hpp.
#include "tests/kill/scheme_under_fire.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"
#include "tests/support/high_limits.hpp"

namespace lowu::killing {

namespace {

using test::free_port;
using test::kPatience;

constexpr const char* kTrafficAccounts = "32";

std::string at_port(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

void append(std::vector<std::string>& to, std::vector<std::string> more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::string config_under_fire() {
    std::string text = test::read_file(test::source("switch/app/launch.txtpb"));
    const std::size_t from = text.find("deadlines {");
    const std::size_t to = text.find('}', from);
    LOWU_ASSERT(from != std::string::npos && to != std::string::npos, "the launch has deadlines");
    text.replace(from, to - from,
                 "deadlines {\n  payee_ms: 4000\n  origin_ms: 8000\n  link_allowance_ms: 1000\n"
                 "  queue_allowance_ms: 1000\n  creation_window_ms: 30000\n"
                 "  creation_skew_ms: 30000\n");
    text += "payments_max: 200000\n";
    text += test::high_limits();
    return text;
}

SchemeUnderFire::SchemeUnderFire(FireSettings settings) : settings_(std::move(settings)) {
    const std::uint16_t switch_port = free_port();
    const std::uint16_t hk_proxy = free_port();
    const std::uint16_t mainland_proxy = free_port();
    switch_address_ = at_port(switch_port);
    bank_addresses_ = {at_port(free_port()), at_port(free_port())};
    proxy_addresses_ = {at_port(hk_proxy), at_port(mainland_proxy)};
    hk_proxy_ = std::make_unique<TcpProxy>(hk_proxy, switch_port);
    mainland_proxy_ = std::make_unique<TcpProxy>(mainland_proxy, switch_port);
    hk_ = std::make_unique<BankLine>("banks of hk", bank_addresses_[0]);
    mainland_ = std::make_unique<BankLine>("banks of the mainland", bank_addresses_[1]);
    operations_ = std::make_unique<OperationsLine>("switch", switch_address_);
    payments_ = std::make_unique<PaymentLine>("switch", switch_address_);
    test::write_file(settings_.folder + "/switch.txtpb", config_under_fire());
}

std::string SchemeUnderFire::data_folder(Victim victim) const {
    const std::string& data =
        victim == Victim::kSwitch ? settings_.switch_data : settings_.bank_data;
    return (data.empty() ? settings_.folder : data) + "/" + std::string(name_of(victim));
}

std::string SchemeUnderFire::log_of(Victim victim) const {
    return settings_.folder + "/" + std::string(name_of(victim)) + ".log";
}

std::vector<std::string> SchemeUnderFire::command_of(Victim victim, bool variant) const {
    const std::string suffix = variant ? "_crash" : "";
    if (victim == Victim::kSwitch) {
        std::vector<std::string> command;
        // What a round has changed of the rules stays changed.
        append(command, {settings_.programs + "/lowu_switch" + suffix, "--config",
                         settings_.folder + "/switch.txtpb", "--dir", data_folder(victim),
                         "--listen", switch_address_, "--parameters", "log"});
        append(command, settings_.switch_arguments);
        return command;
    }
    const bool hk = victim == Victim::kHk;
    const std::string config =
        hk ? "bank_sim/scenarios/launch-hk.txtpb" : "bank_sim/scenarios/launch-mainland.txtpb";
    std::vector<std::string> command;
    append(command, {settings_.programs + "/bank_sim" + suffix, "--config", test::source(config),
                     "--switch", proxy_addresses_[hk ? 0 : 1], "--listen",
                     bank_addresses_[hk ? 0 : 1], "--traffic-accounts", kTrafficAccounts});
    if (settings_.bank_logs) append(command, {"--dir", data_folder(victim)});
    return command;
}

Result<void> SchemeUnderFire::start(Victim victim, const Launch& launch) {
    std::vector<std::pair<std::string, std::string>> environment;
    if (victim == Victim::kSwitch) environment = settings_.switch_environment;
    if (launch.step) {
        environment.emplace_back("LOWU_CRASH_AT",
                                 std::string(lowu::name_of(launch.step->step)) + ":" +
                                     std::to_string(launch.step->occurrence) + ":armed");
    }
    launches_[index(victim)] = launch;
    std::optional<test::Process>& process = processes_[index(victim)];
    process.reset();
    process.emplace(test::ProcessSettings{command_of(victim, launch.step.has_value()),
                                          log_of(victim), "", "", std::move(environment)});
    const std::string& address = victim == Victim::kSwitch
                                     ? switch_address_
                                     : bank_addresses_[victim == Victim::kHk ? 0 : 1];
    if (auto serves = test::wait_serving(address, *process); !serves) {
        return Error{serves.error().kind, std::string(name_of(victim)) + " " + serves.error().what};
    }
    return {};
}

Result<void> SchemeUnderFire::start_all() {
    for (const Victim victim : kVictims) {
        if (auto started = start(victim); !started) return started;
    }
    if (auto up = wait_for_sessions(scheme::Rail::kFps); !up) return up;
    return wait_for_sessions(scheme::Rail::kIbps);
}

void SchemeUnderFire::kill_all() {
    for (std::optional<test::Process>& process : processes_) {
        if (process) process->kill();
    }
}

Result<void> SchemeUnderFire::wait_for_sessions(scheme::Rail rail) {
    const Victim victim = rail == scheme::Rail::kFps ? Victim::kHk : Victim::kMainland;
    const bool up = process(victim).wait_until(kPatience, [&] {
        const auto listed =
            banks(rail).call(&v1::BankService::Stub::ListBanks, v1::ListBanksRequest{});
        if (!listed) return false;
        const auto& all = listed->banks();
        return std::all_of(all.begin(), all.end(), [](const auto& bank) { return bank.online(); });
    });
    if (up) return {};
    return Error{Error::Kind::kUnavailable,
                 "sessions of " + std::string(name_of(victim)) + " do not come up:\n" + tails()};
}

const std::vector<std::string>& SchemeUnderFire::codes(scheme::Rail rail) {
    std::vector<std::string>& codes = codes_[rail == scheme::Rail::kFps ? 0 : 1];
    if (!codes.empty()) return codes;
    const auto listed = banks(rail).call(&v1::BankService::Stub::ListBanks, v1::ListBanksRequest{});
    if (!listed) return codes;
    for (const v1::Bank& bank : listed->banks()) {
        codes.push_back(bank.code());
    }
    return codes;
}

test::Finished SchemeUnderFire::lowu(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), settings_.programs + "/lowu");
    return test::run(std::move(arguments), kPatience,
                     {{"LOWU_SWITCH", switch_address_},
                      {"LOWU_HK", bank_addresses_[0]},
                      {"LOWU_MAINLAND", bank_addresses_[1]}});
}

std::string SchemeUnderFire::tails() const {
    std::string text;
    for (const Victim victim : kVictims) {
        const auto& process = processes_[index(victim)];
        if (process) text += std::string(name_of(victim)) + ":\n" + process->tail() + "\n----\n";
    }
    return text;
}

}  // namespace lowu::killing
