// What a rail announces to all its banks. Events are kept once a cell; each bank's outbox refers to
// them by number, so that an announcement to a thousand banks costs a thousand small entries. A
// bank that is away for too long is told that it missed some. Used by the cell; the session writes
// them out. One thread.
#pragma once

#include <algorithm>
#include <vector>

#include "switch/core/limits.hpp"
#include "switch/core/parameters.hpp"
#include "switch/core/reference_rates.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

/// Numbers are those of lowu.v1.SystemEventKind.
enum class SystemEventKind : std::uint8_t {
    kParameter = 1,
    kReferenceRate = 2,
    kLoggedOff = 3,
    kLoggedOn = 4,
    kTimeAdvanced = 5,
    kMissed = 6,
    kTokenKey = 7,
    kDegraded = 8,
    kRestored = 9,
    kDefault = 10,
};

using EventNumber = std::uint64_t;

struct SystemEvent {
    SystemEventKind kind{};
    bool forced = false;    ///< kLoggedOff.
    AgentCode participant;  ///< Of what is told of a bank; kParameter of a bank's own value.
    SchemeTime booked;
    SchemeTime effective;
    SchemeTime expected_back;  ///< kLoggedOff; 0 when unknown.
    ParameterSetting setting;  ///< kParameter, kTokenKey.
    ReferenceRate rate;        ///< kReferenceRate.
};

/// The newest events, numbered 1, 2, 3, …
class SystemEvents {
public:
    EventNumber add(const SystemEvent& event) {
        if (kept_.size() < kMaxSystemEvents) {
            kept_.push_back(event);
        } else {
            kept_[static_cast<std::size_t>(last_ % kMaxSystemEvents)] = event;
        }
        return ++last_;
    }
    /// Null when it is not kept any more.
    [[nodiscard]] const SystemEvent* find(EventNumber number) const {
        if (number == 0 || number > last_ || number + kMaxSystemEvents <= last_) return nullptr;
        return &kept_[static_cast<std::size_t>((number - 1) % kMaxSystemEvents)];
    }
    [[nodiscard]] EventNumber last() const { return last_; }

    /// The canonical list of fields; see fields.hpp. An event's place follows from its number.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.last_);
        sink.list(self.kept_, kMaxSystemEvents, "announcements");
    }
    template <class Reader>
    void rebuild(Reader& reader) const {
        if (kept_.size() != std::min<EventNumber>(last_, kMaxSystemEvents)) {
            reader.fail("announcements are missing");
        }
        for (const SystemEvent& event : kept_) {
            if (event.kind == SystemEventKind{} || event.setting.key.corridor.index >= kCorridors) {
                reader.fail("an announcement is of nothing");
            }
        }
    }

private:
    std::vector<SystemEvent> kept_;
    EventNumber last_ = 0;
};

}  // namespace lowu::core
