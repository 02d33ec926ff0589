// Observer: what the world tells whoever judges it: each batch, each recovery, each frame, and
// whatever nobody may ever see. Exists so that the world knows no judge. Called on the world's one
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "lowu/v1/participant.pb.h"
#include "switch/engine/engine.hpp"
#include "switch/engine/log_writer.hpp"

namespace lowu::simulator {

/// Of both cells, FPS first.
using Digests = std::array<Hash128, 2>;
[[nodiscard]] inline Digests digests_of(const core::Cell& fps, const core::Cell& ibps) {
    return {fps.digest(), ibps.digest()};
}

/// What a bank puts on a connection.
struct BankFrame {
    std::uint64_t connection;
    const std::string& bank;  ///< Its code.
    const v1::ParticipantFrame& frame;
};

/// What the switch puts on a connection, and what is durable then.
struct SwitchFrame {
    std::uint64_t connection;
    const std::string& bank;
    const engine::OutboundFrame& frame;
    core::Sequence durable;
};

class Observer {
public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;

    /// A new process has loaded what was on the disk. `released_through` is what the former one has
    /// let go of.
    virtual void recovered(engine::Engine& engine, core::Sequence released_through) = 0;
    /// A batch that has just been sealed by the live engine.
    virtual void take(engine::SealedBatch& batch, engine::Engine& engine) = 0;
    virtual void on_bank_frame(const BankFrame& frame) = 0;
    virtual void on_switch_frame(const SwitchFrame& frame) = 0;
    /// Something is wrong, in words for people.
    virtual void complain(std::string what) = 0;
};

}  // namespace lowu::simulator
