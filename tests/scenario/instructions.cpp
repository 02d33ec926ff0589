// Names of payments; see instructions.hpp.
#include "tests/scenario/instructions.hpp"

#include <algorithm>

#include "common/base/hash.hpp"

namespace lowu::scenario {

const Instruction& Instructions::add(const Instruction& instruction) {
    all_.push_back(instruction);
    return all_.back();
}

const Instruction* Instructions::find(const std::string& name) const {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&](const Instruction& one) { return one.name == name; });
    return found == all_.end() ? nullptr : &*found;
}

std::string Instructions::name_of(scheme::Rail origin, const scheme::Uetr& uetr) const {
    const auto is_it = [&](const Instruction& one) {
        return one.origin == origin && one.transfer.uetr == uetr;
    };
    if (sending_ && is_it(*sending_)) return sending_->name;
    const auto found = std::find_if(all_.begin(), all_.end(), is_it);
    return found == all_.end() ? scheme::format_uetr(uetr) : found->name;
}

std::string usual_payer(scheme::Rail origin) {
    return origin == scheme::Rail::kFps ? "Chan" : "Li";
}

core::PersonTokens tokens_of(const std::string& person, std::uint32_t token_version,
                             bool with_previous) {
    const auto token = [&](std::uint32_t version) {
        const Hash128 hash = hash128(person, version);
        return scheme::PersonToken{hash.high, hash.low};
    };
    core::PersonTokens tokens;
    tokens.current = token(token_version);
    if (with_previous) tokens.previous = token(token_version - 1);
    return tokens;
}

scheme::Uetr uetr_of_name(const std::string& name) {
    const Hash128 hash = hash128(name);
    return scheme::uetr_from_random(hash.high, hash.low);
}

}  // namespace lowu::scenario
