// Banks that leave no room for another request, and since when: who stays so for too long is
// degraded. Exists so that the cell finds them at every stamp without looking at every bank. Used
// by the cell; one thread.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "switch/core/limits.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

class FullOutboxes {
public:
    struct Full {
        ElapsedTime since;
        ParticipantIndex participant;
        friend constexpr auto operator<=>(const Full&, const Full&) = default;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.since);
            sink(self.participant);
        }
    };

    /// Full from now on, unless it has been so before.
    void add(ElapsedTime now, ParticipantIndex participant) {
        if (find(participant) != full_.end()) return;
        const Full one{now, participant};
        full_.insert(std::upper_bound(full_.begin(), full_.end(), one), one);
    }
    /// Not full any more, if it was.
    void remove(ParticipantIndex participant) {
        const auto found = find(participant);
        if (found != full_.end()) full_.erase(found);
    }

    /// The one that is full for longest.
    [[nodiscard]] std::optional<Full> first() const {
        if (full_.empty()) return std::nullopt;
        return full_.front();
    }
    /// By (since, participant).
    [[nodiscard]] const std::vector<Full>& all() const { return full_; }

    /// The canonical list of fields, for digest, save and load.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink.list(self.full_, kMaxParticipants, "full outboxes");
    }
    template <class Reader>
    void rebuild(Reader& reader) const {
        std::vector<ParticipantIndex> banks;
        for (const Full& one : full_)
            banks.push_back(one.participant);
        std::sort(banks.begin(), banks.end());
        const bool twice = std::adjacent_find(banks.begin(), banks.end()) != banks.end();
        if (twice || !std::is_sorted(full_.begin(), full_.end())) {
            reader.fail("full outboxes are not in order");
        }
    }

private:
    [[nodiscard]] std::vector<Full>::iterator find(ParticipantIndex participant) {
        return std::find_if(full_.begin(), full_.end(),
                            [&](const Full& one) { return one.participant == participant; });
    }

    std::vector<Full> full_;  ///< At most one a participant; few, or none.
};

}  // namespace lowu::core
