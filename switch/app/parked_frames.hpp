// Frames that wait for the archive: those about payments that the cells have forgotten, and every
// later frame of the same session, since a session's order is kept. Nobody else waits. At most two
// a session, since a connection reads no further; a session that ends takes them along. The
// engine's runner owns it; its thread.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "switch/service/inbox.hpp"

namespace lowu::app {

class ParkedFrames {
public:
    /// What the first frame of a session waits for.
    struct Wait {
        std::vector<engine::Wanted> wanted;
        core::Sequence asked_at;  ///< Engine::last_forget when it was asked.
        bool asked = false;       ///< False: there was no room for the question.
    };

    /// Takes the frame when its session waits already.
    [[nodiscard]] bool add_behind(service::InboxEvent& frame);
    /// The frame is the first of its session to wait.
    Wait& park(service::InboxEvent&& frame, Wait wait);
    /// The frames of the session, in order, the first with what was found; none when it waits no
    /// more.
    [[nodiscard]] std::vector<service::InboxEvent> answered(engine::SessionId session,
                                                            std::vector<engine::Recollection> found,
                                                            core::Sequence as_of);
    /// The same without an answer.
    [[nodiscard]] std::vector<service::InboxEvent> drop(engine::SessionId session);
    /// The sessions that wait to introduce themselves as this bank, on connections older than
    /// `newer`, which has done so: their hello must not take its place.
    [[nodiscard]] std::vector<engine::SessionId> overtaken_by(engine::SessionId newer,
                                                              scheme::AgentCode bank) const;
    /// ask(session, wait) for those that could not be asked for.
    template <class Ask>
    void ask_again(const Ask& ask) {
        for (auto& [session, parked] : sessions_) {
            if (!parked.wait.asked) ask(session, parked.wait);
        }
    }
    [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

private:
    struct Session {
        Wait wait;
        std::optional<scheme::AgentCode> bank;  ///< That the first frame is the hello of.
        std::vector<service::InboxEvent> frames;
    };
    std::map<engine::SessionId, Session> sessions_;
};

}  // namespace lowu::app
