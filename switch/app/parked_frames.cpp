// Frames that wait for the archive; see parked_frames.hpp.
#include "switch/app/parked_frames.hpp"

#include <utility>

namespace lowu::app {

bool ParkedFrames::add_behind(service::InboxEvent& frame) {
    const auto parked = sessions_.find(frame.session);
    if (parked == sessions_.end()) return false;
    parked->second.frames.push_back(std::move(frame));
    return true;
}

ParkedFrames::Wait& ParkedFrames::park(service::InboxEvent&& frame, Wait wait) {
    Session& fresh = sessions_[frame.session];
    fresh.wait = std::move(wait);
    const bool comes = frame.frame->hello && !frame.frame->begun;
    if (comes) fresh.bank = frame.frame->hello->participant;
    frame.frame->wants_room = false;  // It is tried with the answer, whatever it lacked before.
    fresh.frames.push_back(std::move(frame));
    return fresh.wait;
}

std::vector<service::InboxEvent> ParkedFrames::answered(engine::SessionId session,
                                                        std::vector<engine::Recollection> found,
                                                        core::Sequence as_of) {
    const auto parked = sessions_.find(session);
    if (parked == sessions_.end()) return {};
    service::InboxEvent& first = parked->second.frames.front();
    first.as_of = as_of;
    first.found = std::move(found);
    first.answered = true;
    return drop(session);
}

std::vector<service::InboxEvent> ParkedFrames::drop(engine::SessionId session) {
    const auto parked = sessions_.find(session);
    if (parked == sessions_.end()) return {};
    std::vector<service::InboxEvent> frames = std::move(parked->second.frames);
    sessions_.erase(parked);
    return frames;
}

std::vector<engine::SessionId> ParkedFrames::overtaken_by(engine::SessionId newer,
                                                          scheme::AgentCode bank) const {
    std::vector<engine::SessionId> overtaken;
    for (const auto& [session, parked] : sessions_) {
        if (session < newer && parked.bank == bank) overtaken.push_back(session);
    }
    return overtaken;
}

}  // namespace lowu::app
