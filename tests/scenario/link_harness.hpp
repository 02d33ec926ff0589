// The link between the two cells as a scenario sees it: at once, or delayed, repeated and cut.
// Exists so that one script can show that the link's moods change no outcome. It decides when a
// message number or an acknowledgement arrives; World does the delivery. One thread, virtual time.
//
// What it promises the cells, as the real link does: first deliveries of one direction come in
// order and without a gap; a number may come again, but only until it is acknowledged.
#pragma once

#include <array>
#include <optional>
#include <set>

#include "common/base/prng.hpp"
#include "switch/core/types.hpp"

namespace lowu::scenario {

enum class LinkMode : std::uint8_t {
    kAtOnce,     ///< Every message arrives, and is acknowledged, at the moment it is sent.
    kDelayed,    ///< Delays, repetitions, cuts, late and missing acknowledgements, from a seed.
    kRestarted,  ///< At once; and the switch dies and is replayed from its log after every step.
};

class LinkHarness {
public:
    struct Event {
        ElapsedTime due;
        std::uint64_t order = 0;  ///< Events of one moment happen in the order they were made.
        scheme::Rail from{};      ///< Whose message it is, or whose message is acknowledged.
        bool acknowledgement = false;
        core::MessageNumber number = 0;

        friend constexpr auto operator<=>(const Event&, const Event&) = default;
    };

    LinkHarness(LinkMode mode, std::uint64_t seed) : mode_(mode), random_(seed) {}

    /// A cell has put out a message (again).
    void send(scheme::Rail from, core::MessageNumber number, ElapsedTime now);
    /// The receiver has recorded everything up to `number`; its acknowledgement sets out.
    void received(scheme::Rail from, core::MessageNumber number, ElapsedTime now);
    /// Whether the line breaks now; the caller then sends again whatever is not acknowledged.
    [[nodiscard]] bool breaks(ElapsedTime now);
    /// What was under way is lost.
    void lose_all(ElapsedTime silent_until);

    /// While held, nothing arrives; what is sent waits.
    void hold(bool held) { held_ = held; }
    [[nodiscard]] bool held() const { return held_; }

    /// When the next thing happens.
    [[nodiscard]] std::optional<ElapsedTime> next_due() const;
    /// When the next message arrives that has not arrived before.
    [[nodiscard]] std::optional<ElapsedTime> next_news_due() const;
    /// Takes the next event.
    [[nodiscard]] Event take();

private:
    struct Way {
        ElapsedTime last_arrival{0};
        core::MessageNumber received = 0;
    };
    Way& way(scheme::Rail from) { return ways_[static_cast<std::size_t>(from)]; }
    [[nodiscard]] const Way& way(scheme::Rail from) const {
        return ways_[static_cast<std::size_t>(from)];
    }
    void add(ElapsedTime due, scheme::Rail from, bool acknowledgement, core::MessageNumber number);
    [[nodiscard]] Duration up_to_ms(std::int64_t most_ms);

    LinkMode mode_;
    Prng random_;
    bool held_ = false;
    std::set<Event> events_;
    std::uint64_t next_order_ = 0;
    std::array<Way, 2> ways_;
};

}  // namespace lowu::scenario
