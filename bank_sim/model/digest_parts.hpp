// What several parts of a bank's digest have in common. The digest covers everything that a replay
// of the bank's log must give again, and is compared between a live bank and a replayed one. On the
// bank's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bank_sim/model/books.hpp"
#include "bank_sim/model/returns.hpp"
#include "common/base/hash.hpp"
#include "common/base/prng.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::bank {

inline void add_part(Digest& digest, const scheme::Uetr& uetr) {
    digest.add(uetr.high);
    digest.add(uetr.low);
}

inline void add_part(Digest& digest, const Money& money) {
    digest.add(money.amount);
    digest.add(money.currency);
}

inline void add_part(Digest& digest, const Returned& returned) {
    digest.add(returned.amount);
    digest.add(returned.account);
}

inline void add_part(Digest& digest, const std::unique_ptr<ReturnOf>& return_of) {
    digest.add(return_of != nullptr);
    if (return_of) {
        add_part(digest, return_of->original);
        digest.add(return_of->reason);
    }
}

/// Messages are told by their bytes: they are compared within one build, and hold no map.
template <class Message>
void add_part(Digest& digest, const std::unique_ptr<Message>& message) {
    digest.add_text(message ? message->SerializeAsString() : std::string());
}

/// A generator is told by what it will give.
inline void add_part(Digest& digest, Prng prng) {
    for (int word = 0; word < 4; ++word) {
        digest.add(prng.next_u64());
    }
}

}  // namespace lowu::bank
