// How two cells are driven; see two_cells.hpp.
#include "tests/fuzz/two_cells.hpp"

#include <cstdio>

#include "common/base/assert.hpp"
#include "switch/core/state_io.hpp"
#include "tests/fuzz/targets.hpp"

namespace lowu::fuzz {
namespace {

using core::Rail;

/// Longer than this nothing waits on the link of a switch that runs.
constexpr Duration kMoment = Duration::from_ms(500);

void report(const support::Violations& violations) {
    for (const support::Violation& one : violations) {
        std::fprintf(stderr, "%s, %s, %s: %s\n", std::string(one.invariant).c_str(),
                     std::string(scheme::to_string(one.rail)).c_str(),
                     scheme::format_uetr(one.uetr).c_str(), one.what.c_str());
    }
}

void report(const std::vector<std::string>& differences) {
    for (const std::string& difference : differences)
        std::fprintf(stderr, "%s\n", difference.c_str());
}

}  // namespace

TwoCells::TwoCells() {
    now_.scheme = scheme::kDefaultSchemeStart;
    for (Side& one : sides_) {
        one.live = std::make_unique<core::Cell>(&one.watcher);
        one.replayed = std::make_unique<core::Cell>();
        one.watcher.watch(*one.live);
    }
    for (const auto& [rail, command] : small_genesis())
        apply(rail, command);
    for (Side& one : sides_)
        one.openings = support::openings_of(*one.live);
    set_link(true);
    for (const Rail rail : kRails) {
        for (std::uint16_t bank = 0; bank < kBanks; ++bank)
            apply(rail, core::SessionUp{core::ParticipantIndex{bank}, 1});
    }
}

void TwoCells::apply(Rail rail, const core::Command& command, const journal::Body& body) {
    now_.sequence = now_.sequence.next();
    to_replay(now_, rail, command, body);
    core::Effects effects;
    side(rail).live->apply(now_, command, effects);
    LOWU_ASSERT(side(rail).live->decisions() == side(rail).replayed->decisions(),
                "a command that went through the log decides alike");
    reference_.applied(cell(rail), now_, command, effects);
    report(reference_.differences());
    LOWU_ASSERT(reference_.differences().empty(), "the reference ledger says the same");
}

void TwoCells::to_replay(const core::Stamp& stamp, Rail rail, const core::Command& command,
                         const journal::Body& body) {
    builder_.add(stamp, rail, command, body);
    builder_.take(batch_);
    journal::Entry entry;
    LOWU_ASSERT(reader_.open(batch_.payload(), stamp.sequence).ok(), "a batch is one");
    const Result<bool> read = reader_.next(entry);
    LOWU_ASSERT(read.ok() && *read && entry.rail == rail, "with its record");
    core::Effects effects;
    side(rail).replayed->apply(entry.stamp, entry.command, effects);
}

void TwoCells::pass(Duration duration) {
    if (duration > kMoment) deliver_all();
    now_.elapsed = now_.elapsed + duration;
    now_.scheme = now_.scheme + duration;
    if (duration > kMoment) tick();
}

void TwoCells::tick() {
    for (bool due = true; due;) {
        due = false;
        for (const Rail rail : kRails) {
            const auto deadline = cell(rail).next_deadline();
            if (!deadline || *deadline > now_.elapsed) continue;
            apply(rail, core::Tick{});
            due = true;
        }
        deliver_all();
    }
}

void TwoCells::advance(Duration duration) {
    tick();
    if (cell(Rail::kFps).pending() + cell(Rail::kIbps).pending() > 0) return;
    now_.scheme = now_.scheme + duration;
    for (const Rail rail : kRails)
        apply(rail, core::AdvanceSchemeTime{});
}

void TwoCells::set_link(bool up) {
    link_up_ = up;
    for (const Rail rail : kRails)
        apply(rail, core::LinkState{up});
    if (up) deliver_all();
}

bool TwoCells::deliver(Rail from) {
    const core::LinkOutbox& outbox = cell(from).link_outbox();
    if (!link_up_ || side(from).delivered + 1 >= outbox.next()) return false;
    const core::MessageNumber number = ++side(from).delivered;
    const core::LinkMessage message = outbox.entry(number).message;
    apply(scheme::other(from), core::LinkDelivery{number, message});
    return true;
}

void TwoCells::deliver_all() {
    while (deliver(Rail::kFps) || deliver(Rail::kIbps)) {
    }
}

void TwoCells::deliver_again(Rail from, std::uint32_t which) {
    const core::LinkOutbox& outbox = cell(from).link_outbox();
    const core::MessageNumber number = outbox.first() + which;
    if (!link_up_ || number > side(from).delivered) return;
    const core::LinkMessage message = outbox.entry(number).message;
    apply(scheme::other(from), core::LinkDelivery{number, message});
}

void TwoCells::acknowledge_link(Rail from) {
    if (side(from).delivered >= cell(from).link_outbox().first())
        apply(from, core::LinkAcknowledged{side(from).delivered});
}

void TwoCells::forget() {
    tick();
    for (const Rail rail : kRails) {
        const core::PaymentIndex through = cell(rail).forgettable_through();
        if (through > cell(rail).first_remembered()) apply(rail, core::Forget{through});
    }
}

bool TwoCells::recollect(const core::Uetr& uetr) {
    for (const Rail rail : kRails) {
        for (const auto& [index, leg] : side(rail).watcher.forgotten()) {
            if (leg.payment.uetr != uetr || cell(rail).payments().get(index) != nullptr) continue;
            if (cell(rail).room_to_recollect() == 0) return false;
            apply(rail, core::Recollect{index, leg});
        }
    }
    return true;
}

std::optional<core::ArchivedAnswer> TwoCells::archived_answer(Rail rail,
                                                              core::ParticipantIndex bank,
                                                              const core::Uetr& uetr,
                                                              core::Side asked) {
    const core::AgentCode code = cell(rail).participant(bank).code;
    for (const auto& [index, leg] : side(rail).watcher.forgotten()) {
        const core::Payment& payment = leg.payment;
        const bool takes_part = asked == core::Side::kPayer
                                    ? core::is_begun_by(payment, bank)
                                    : core::is_asked_of(payment, bank, code);
        if (payment.uetr != uetr || !takes_part) continue;
        return core::ArchivedAnswer{code, payment.state, payment.result};
    }
    return std::nullopt;
}

void TwoCells::judge() {
    const auto gathered = [&](Rail rail) {
        const Side& one = side(rail);
        return support::gather(*one.live, one.openings, one.watcher.messages,
                               one.watcher.legs_forgotten);
    };
    const support::Violations broken =
        support::check_all({gathered(Rail::kFps), gathered(Rail::kIbps)});
    report(broken);
    LOWU_ASSERT(broken.empty(), "the laws of the scheme hold after every command");
}

void TwoCells::judge_state() {
    for (Side& one : sides_) {
        reference_.compare_books(*one.live);
        const Hash128 digest = one.live->digest();
        LOWU_ASSERT(one.replayed->digest() == digest, "replay gives the same state");
        Bytes bytes;
        core::StateWriter writer([&](std::span<const std::byte> chunk) -> Result<void> {
            bytes.insert(bytes.end(), chunk.begin(), chunk.end());
            return {};
        });
        one.live->save(writer);
        LOWU_ASSERT(writer.finish().ok(), "memory takes it");
        std::size_t at = 0;
        core::StateReader reader([&](std::span<std::byte> to) -> Result<std::size_t> {
            const std::size_t now = std::min(to.size(), bytes.size() - at);
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), now, to.begin());
            at += now;
            return now;
        });
        core::Cell loaded;
        LOWU_ASSERT(loaded.load(reader).ok(), "what was saved can be loaded");
        LOWU_ASSERT(loaded.digest() == digest, "and is the same");
    }
    report(reference_.differences());
    LOWU_ASSERT(reference_.differences().empty(), "the reference ledger has the same books");
}

}  // namespace lowu::fuzz
