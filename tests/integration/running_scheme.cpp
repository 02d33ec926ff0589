// A whole scheme of real processes. See running_scheme.hpp.
#include "tests/integration/running_scheme.hpp"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lowu::test {

namespace {

std::string any_free_address() {
    return "127.0.0.1:" + std::to_string(free_port());
}

constexpr milliseconds kMoment{20};

Error not_serving(Process& process) {
    const auto code = process.wait(milliseconds(0));
    const std::string how =
        code ? "ended with exit code " + std::to_string(*code) + " before it served"
             : "does not serve";
    return {Error::Kind::kUnavailable, how + ":\n" + process.tail()};
}

}  // namespace

std::string program(const std::string& name) {
    return std::string(LOWU_BIN_DIR) + "/" + name;
}

std::string source(const std::string& path) {
    return std::string(LOWU_SOURCE_DIR) + "/" + path;
}

// grpc.health.v1.Health/Watch sends the state now and each change, so nothing is asked twice. Its
// messages have one field each and Debian ships no generated code for them.
Result<void> wait_serving(const std::string& address, Process& process) {
    const std::string kServing("\x08\x01", 2);
    // A connection of its own: a channel that has seen a refused connection waits a second.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
    grpc::GenericStub stub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    grpc::CompletionQueue queue;
    // Whether the step under way has succeeded; it does not when the process ends meanwhile.
    const auto completed = [&] {
        void* tag = nullptr;
        bool ok = false;
        while (queue.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + kMoment) ==
               grpc::CompletionQueue::TIMEOUT) {
            if (process.wait(milliseconds(0))) context.TryCancel();
        }
        return ok;
    };
    const auto call = stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
    call->StartCall(nullptr);
    bool serving = false;
    if (completed()) {
        const grpc::Slice empty;
        call->WriteLast(grpc::ByteBuffer(&empty, 1), grpc::WriteOptions(), nullptr);
        grpc::ByteBuffer message;
        for (bool sent = completed(); sent && !serving;) {
            call->Read(&message, nullptr);
            sent = completed();
            grpc::Slice bytes;
            if (!sent || !message.DumpToSingleSlice(&bytes).ok()) break;
            serving = std::string(bytes.begin(), bytes.end()) == kServing;
        }
    }
    context.TryCancel();
    grpc::Status status;
    call->Finish(&status, nullptr);
    (void)completed();
    if (serving) return {};
    return not_serving(process);
}

RunningScheme::RunningScheme(SchemeFiles files) : files_(std::move(files)) {
    addresses_ = {any_free_address(), any_free_address(), any_free_address()};
    network_ = std::make_unique<client::Network>(addresses_);
}

bool RunningScheme::start() {
    return start_switch() && (files_.hk.empty() || start_banks(scheme::Rail::kFps)) &&
           (files_.mainland.empty() || start_banks(scheme::Rail::kIbps)) && wait_for_sessions();
}

std::vector<std::string> RunningScheme::switch_command(const std::vector<std::string>& more) const {
    std::vector<std::string> command = {
        program("lowu_switch"), "--config", files_.switch_config,     "--dir",
        switch_directory(),     "--listen", addresses_.switch_address};
    command.insert(command.end(), more.begin(), more.end());
    return command;
}

void RunningScheme::launch_switch(const std::vector<std::string>& more) {
    switch_.emplace(
        ProcessSettings{switch_command(more), directory_.file("switch.log"), "", "", {}});
}

bool RunningScheme::start_switch(const std::vector<std::string>& more) {
    launch_switch(more);
    const auto serves = wait_serving(addresses_.switch_address, *switch_);
    if (!serves) ADD_FAILURE() << "The switch " << serves.error().what;
    return serves.ok();
}

Finished RunningScheme::start_switch_in_vain(const std::vector<std::string>& more) {
    return run(switch_command(more));
}

std::string RunningScheme::bank_directory(scheme::Rail rail) const {
    return directory_.file(rail == scheme::Rail::kFps ? "hk" : "mainland");
}

std::vector<std::string> RunningScheme::banks_command(scheme::Rail rail,
                                                      const std::vector<std::string>& more) const {
    const bool hk = rail == scheme::Rail::kFps;
    std::vector<std::string> command = {program("bank_sim"), "--switch", addresses_.switch_address,
                                        "--listen", hk ? addresses_.hk : addresses_.mainland};
    if (files_.bank_logs) {
        command.insert(command.end(), {"--dir", bank_directory(rail)});
    }
    command.insert(command.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--config") == more.end()) {
        command.insert(command.end(), {"--config", hk ? files_.hk : files_.mainland});
    }
    return command;
}

bool RunningScheme::start_banks(scheme::Rail rail, const std::vector<std::string>& more) {
    process_of(rail).emplace(
        ProcessSettings{banks_command(rail, more), bank_directory(rail) + ".log", "", "", {}});
    const auto serves = wait_serving(
        rail == scheme::Rail::kFps ? addresses_.hk : addresses_.mainland, *process_of(rail));
    if (!serves) {
        ADD_FAILURE() << "The process of banks in " << bank_directory(rail) << " "
                      << serves.error().what;
    }
    return serves.ok();
}

Finished RunningScheme::start_banks_in_vain(scheme::Rail rail,
                                            const std::vector<std::string>& more) {
    return run(banks_command(rail, more));
}

bool RunningScheme::sessions_are_up(scheme::Rail rail) const {
    const auto banks = network_->banks_of(rail).banks();
    if (!banks) return false;
    const auto& all = banks->banks();
    return std::all_of(all.begin(), all.end(), [](const auto& bank) { return bank.online(); });
}

bool RunningScheme::wait_for_sessions() {
    const bool up = switch_->wait_until(kPatience, [this] {
        return (files_.hk.empty() || sessions_are_up(scheme::Rail::kFps)) &&
               (files_.mainland.empty() || sessions_are_up(scheme::Rail::kIbps));
    });
    if (!up) ADD_FAILURE() << "The banks' sessions do not come up:\n" << tails();
    return up;
}

Finished RunningScheme::lowu(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), program("lowu"));
    return run(std::move(arguments), kPatience,
               {{"LOWU_SWITCH", addresses_.switch_address},
                {"LOWU_HK", addresses_.hk},
                {"LOWU_MAINLAND", addresses_.mainland}});
}

std::string RunningScheme::tails() const {
    std::string text;
    for (const auto* process : {&switch_, &hk_, &mainland_}) {
        if (*process) text += (*process)->tail() + "\n----\n";
    }
    return text;
}

}  // namespace lowu::test
