// Which bank takes what is sent to a proxy. On fps several banks may register one proxy, and one of
// them is its default receiver; on ibps the payer names the bank. See rules.hpp.
#include <algorithm>

#include "simulator/reference/limits.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

using Registrations = std::vector<ProxyRegistration>;

Registrations::iterator find_of(Registrations& all, const BankCode& bank) {
    return std::find_if(all.begin(), all.end(),
                        [&](const ProxyRegistration& one) { return one.bank == bank; });
}

bool has_default(const Registrations& all) {
    return std::any_of(all.begin(), all.end(),
                       [](const ProxyRegistration& one) { return one.default_receiver; });
}

}  // namespace

const ProxyRegistration* find_registration(const RailState& rail, const Hash128& proxy,
                                           const BankCode& bank) {
    const auto known = rail.directory.registrations.find(proxy);
    if (known == rail.directory.registrations.end()) return nullptr;
    for (const ProxyRegistration& one : known->second) {
        if (one.bank == bank) return &one;
    }
    return nullptr;
}

void register_proxy(Step& step, const RegisterProxy& command) {
    ProxyDirectory& directory = step.rail.directory;
    if (find_bank(step.rail, command.bank) == nullptr) {
        step.answer.outcome = ResultCode::kUnknownParticipant;
        return;
    }
    const bool known = find_registration(step.rail, command.proxy, command.bank) != nullptr;
    if (!known && directory.count >= step.rail.sizes.proxies_max) {
        step.answer.outcome = ResultCode::kProxyDirectoryFull;
        return;
    }
    Registrations& all = directory.registrations[command.proxy];
    if (!known) {
        all.emplace_back().bank = command.bank;
        directory.count += 1;
    }
    ProxyRegistration& one = *find_of(all, command.bank);
    one.reference = step.now.sequence;
    one.holder = command.holder;
    one.cross_boundary = command.cross_boundary;
    // The first is the default receiver, and stays it until another bank takes over.
    const bool takes_over = command.default_receiver || !has_default(all);
    if (step.rail.rail == Rail::kFps && takes_over) {
        for (ProxyRegistration& other : all)
            other.default_receiver = other.bank == command.bank;
    }
    step.answer.outcome_detail = one.default_receiver ? 1 : 0;
}

void remove_proxy(Step& step, const RemoveProxy& command) {
    ProxyDirectory& directory = step.rail.directory;
    if (find_registration(step.rail, command.proxy, command.bank) == nullptr) {
        step.answer.outcome = ResultCode::kProxyNotRegistered;
        return;
    }
    Registrations& all = directory.registrations[command.proxy];
    all.erase(find_of(all, command.bank));
    directory.count -= 1;
    if (all.empty()) {
        directory.registrations.erase(command.proxy);
    } else if (step.rail.rail == Rail::kFps && !has_default(all)) {
        all.front().default_receiver = true;  // The oldest other one.
    }
}

void set_proxy_warning(Step& step, const SetProxyWarning& command) {
    auto& suspicious = step.rail.directory.suspicious;
    if (!command.suspicious) {
        suspicious.erase(command.proxy);
        return;
    }
    if (!suspicious.contains(command.proxy) && suspicious.size() >= kSuspiciousProxies) {
        step.answer.outcome = ResultCode::kProxyDirectoryFull;
        return;
    }
    suspicious.insert(command.proxy);
}

}  // namespace lowu::reference
