// The engine's own reader of old bodies, counting how often it is asked: a test can tell a warm
// cache from a cold one. Used by tests on one thread.
#pragma once

#include <utility>

#include "switch/engine/log_bodies.hpp"

namespace lowu::support {

class CountingBodies final : public engine::BodySource {
public:
    explicit CountingBodies(log::BatchLog& log, engine::LogBodies::Older older = {})
        : bodies_(log, std::move(older)) {}

    Result<journal::Body> load(core::Sequence sequence) override {
        ++loads_;
        if (broken_) return Error{Error::Kind::kCorrupt, "block 7 of 000012.sst is damaged"};
        return bodies_.load(sequence);
    }

    /// From now on nothing can be read back, or everything again.
    void set_broken(bool broken) { broken_ = broken; }
    [[nodiscard]] std::uint64_t loads() const { return loads_; }

private:
    engine::LogBodies bodies_;
    std::uint64_t loads_ = 0;
    bool broken_ = false;
};

}  // namespace lowu::support
