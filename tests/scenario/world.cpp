// How time, link and messages move; see world.hpp.
#include "tests/scenario/world.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "tests/scenario/announcements.hpp"

namespace lowu::scenario {
namespace {

/// Around the clock, and no limits for persons.
core::SetParameters no_limits(scheme::Rail rail) {
    using core::ParameterId;
    core::SetParameters change;
    const auto set = [&](ParameterId id, core::Corridor corridor, std::int64_t value) {
        if (!core::has_place(rail, id, corridor)) return;
        change.settings.push_back({{id, corridor, core::kNoParticipant}, value});
    };
    for (std::uint8_t i = 0; i < core::kCorridors; ++i) {
        const core::Corridor corridor{i};
        set(ParameterId::kOpensAt, corridor, 0);
        set(ParameterId::kClosesAt, corridor, 24LL * 60);
        set(ParameterId::kBankPaymentLimit, corridor, 0);
        set(ParameterId::kPersonDayLimit, corridor, 0);
        set(ParameterId::kPersonYearLimit, corridor, 0);
    }
    return change;
}

core::ReferenceRate usual_rate(SchemeTime start) {
    return {static_cast<std::int32_t>(scheme::day_number(start)), money::Rate{92'000'000},
            money::Rate{720'000'000}};
}

}  // namespace

World::World(const Genesis& genesis, LinkMode mode, std::uint64_t seed, Transcript& transcript,
             Instructions& instructions)
    : transcript_(transcript),
      instructions_(instructions),
      link_(mode, seed),
      scheme_now_(genesis.start) {
    for (const scheme::Rail rail : kRails)
        open(genesis, rail);
    set_link_up(true);
}

void World::open(const Genesis& genesis, scheme::Rail rail) {
    const auto position = static_cast<std::size_t>(rail);
    Side& one = side(rail);
    one.scribe = std::make_unique<Scribe>(rail, transcript_, instructions_);
    one.cell = std::make_unique<core::Cell>(one.scribe.get());
    one.scribe->watch(one.cell.get());
    core::Parameters parameters = genesis.parameters;
    parameters.payments_max = genesis.payments_max[position];
    parameters.quota_records_max = genesis.quota_records_max[position];
    parameters.proxies_max = genesis.proxies_max[position];
    apply(rail, core::OpenCell{rail, parameters, genesis.start});
    for (const core::AdmitParticipant& participant : genesis.participants[position]) {
        apply(rail, participant);
        Bank bank;
        bank.code = participant.code;
        bank.rail = rail;
        bank.participant = *one.cell->find_participant(participant.code);
        banks_.push_back(bank);
    }
    LOWU_ASSERT(genesis.links[position].has_value(), "the player asks for link agents");
    apply(rail, *genesis.links[position]);
    one.openings = support::openings_of(*one.cell);
    set_rules(genesis, rail);
}

void World::set_rules(const Genesis& genesis, scheme::Rail rail) {
    for (const core::ReferenceRate& rate :
         genesis.rates.value_or(std::vector{usual_rate(genesis.start)}))
        apply(rail, core::SetReferenceRate{rate});
    if (genesis.limits_off) apply(rail, no_limits(rail));
    LOWU_ASSERT(!refused(), "genesis is in order");
    static_cast<void>(transcript_.take());  // Nobody is there yet to be told.
}

Bank* World::find_bank(scheme::AgentCode code) {
    const auto found = std::find_if(banks_.begin(), banks_.end(),
                                    [&](const Bank& bank) { return bank.code == code; });
    return found == banks_.end() ? nullptr : &*found;
}

core::MessageNumber World::next_number(const Bank& bank) const {
    return cell(bank.rail).participant(bank.participant).last_number + 1;
}

// Commands.

void World::apply(scheme::Rail rail, const core::Command& command) {
    Side& one = side(rail);
    const core::Stamp stamp{core::Sequence{++sequence_}, scheme_now_, now_};
    transcript_.set_now(now_, scheme_now_);
    one.log.push_back({stamp, command});
    effects_.clear();
    one.cell->apply(stamp, command, effects_);
    write_news(rail);
    read_outboxes(rail);
    take_link_messages(rail);
}

/// A refused change, and what is announced: one line, however many banks are told.
void World::write_news(scheme::Rail rail) {
    Side& one = side(rail);
    const std::string_view who = scheme::to_string(rail);
    if (refused()) transcript_.write(who, "refuses the change: " + describe(effects_.outcome));
    while (one.announced < one.cell->events().last()) {
        const core::SystemEvent* event = one.cell->events().find(++one.announced);
        LOWU_ASSERT(event != nullptr, "the newest announcements are kept");
        transcript_.write(who, describe(*event));
    }
}

void World::read_outboxes(scheme::Rail rail) {
    const Scribe& scribe = *side(rail).scribe;
    for (Bank& bank : banks_) {
        if (bank.rail != rail || !bank.online) continue;
        const core::Outbox& outbox = cell(rail).participant(bank.participant).outbox;
        while (bank.read + 1 < outbox.next()) {
            const core::OutboxEntry& entry = outbox.entry(++bank.read);
            if (entry.kind == core::OutboxKind::kEvent) {
                bank.announcements += 1;
                continue;
            }
            if (transcript_.muted()) {
                if (entry.kind == core::OutboxKind::kRequest) bank.crowd += 1;
                continue;
            }
            const std::string text = scribe.describe(entry);
            transcript_.write("bank", scheme::format_agent_code(bank.code) + " <- " + text);
            bank.told.push_back({text.substr(0, text.find(' ')), text, entry.kind});
        }
    }
}

void World::take_link_messages(scheme::Rail rail) {
    Side& one = side(rail);
    const core::MessageNumber next = one.cell->link_outbox().next();
    if (one.sent + 1 == next) return;
    while (one.sent + 1 < next)
        link_.send(rail, ++one.sent, now_);
    if (!link_.breaks(now_)) return;
    for (const scheme::Rail each : kRails)
        send_again(each);
}

void World::send_again(scheme::Rail rail) {
    const core::LinkOutbox& outbox = cell(rail).link_outbox();
    for (core::MessageNumber number = outbox.first(); number < outbox.next(); ++number)
        link_.send(rail, number, now_);
    side(rail).sent = outbox.next() - 1;
}

void World::set_online(Bank& bank, bool online) {
    bank.online = online;
    if (online) {
        const auto& participant = cell(bank.rail).participant(bank.participant);
        apply(bank.rail, core::SessionUp{bank.participant, participant.incarnation + 1});
    } else {
        apply(bank.rail, core::SessionDown{bank.participant});
    }
}

// Time.

void World::pass(ElapsedTime time) {
    LOWU_ASSERT(time >= now_, "time never goes back");
    if (!scheme_stands_) scheme_now_ = scheme_now_ + (time - now_);
    now_ = time;
    transcript_.set_now(now_, scheme_now_);
}

void World::advance(SchemeTime time) {
    LOWU_ASSERT(time >= scheme_now_, "time never goes back");
    scheme_now_ = time;
    for (const scheme::Rail rail : kRails)
        apply(rail, core::AdvanceSchemeTime{});
}

std::optional<World::Timer> World::next_timer() {
    std::optional<Timer> first;
    for (const scheme::Rail rail : kRails) {
        const auto deadline = side(rail).cell->next_deadline();
        if (deadline && (!first || *deadline < first->deadline)) first = Timer{*deadline, rail};
    }
    return first;
}

void World::run_until(ElapsedTime time) {
    while (true) {
        const auto due = link_.next_due();
        const auto timer = next_timer();
        if (due && *due <= time && (!timer || *due <= timer->deadline)) {
            pass(std::max(now_, *due));
            deliver_next();
        } else if (timer && timer->deadline <= time) {
            pass(std::max(now_, timer->deadline));
            apply(timer->rail, core::Tick{});
            const auto next = side(timer->rail).cell->next_deadline();
            LOWU_ASSERT(!next || *next > now_, "a stamp fires every timer that is due");
        } else {
            break;
        }
    }
    pass(std::max(now_, time));
}

void World::run_until_quiet() {
    while (const auto due = link_.next_news_due())
        run_until(std::max(now_, *due));
}

// The link.

void World::deliver_next() {
    const LinkHarness::Event event = link_.take();
    const scheme::Rail to = scheme::other(event.from);
    const core::LinkOutbox& outbox = cell(event.from).link_outbox();
    if (event.acknowledgement) {
        if (event.number >= outbox.first()) {
            apply(event.from, core::LinkAcknowledged{event.number});
        }
        return;
    }
    if (event.number < outbox.first()) return;  // Acknowledged meanwhile: it cannot come again.
    const core::LinkMessage message = outbox.entry(event.number).message;
    apply(to, core::LinkDelivery{event.number, message});
    link_.received(event.from, cell(to).link_received(), now_);
}

void World::set_link_up(bool up) {
    link_up_ = up;
    for (const scheme::Rail rail : kRails)
        apply(rail, core::LinkState{up});
    hold_link(link_held_);
}

void World::hold_link(bool held) {
    link_held_ = held;
    const bool silent = held || !link_up_;
    link_.hold(silent);
    for (const scheme::Rail rail : kRails)
        side(rail).scribe->mark_link_as_waiting(silent);
}

// Death and replay.

std::unique_ptr<core::Cell> World::replay(const Side& side, core::Witness* witness) const {
    auto fresh = std::make_unique<core::Cell>(witness);
    core::Effects effects;
    for (const Record& record : side.log)
        fresh->apply(record.stamp, record.command, effects);
    return fresh;
}

bool World::replays() const {
    return std::all_of(sides_.begin(), sides_.end(), [&](const Side& one) {
        return replay(one, nullptr)->digest() == one.cell->digest();
    });
}

bool World::restart(const std::vector<scheme::Rail>& rails) {
    for (const scheme::Rail rail : rails) {
        Side& one = side(rail);
        one.scribe->mute(true);
        auto fresh = replay(one, one.scribe.get());
        one.scribe->mute(false);
        if (fresh->digest() != one.cell->digest()) return false;
        one.cell = std::move(fresh);
        one.scribe->watch(one.cell.get());
    }
    link_.lose_all(now_);
    for (const scheme::Rail rail : kRails)
        send_again(rail);
    for (const scheme::Rail rail : rails) {
        for (Bank& bank : banks_) {
            if (bank.rail != rail || !bank.online) continue;
            set_online(bank, false);
            set_online(bank, true);
        }
    }
    return true;
}

support::SchemeView World::view() const {
    const auto gathered = [&](scheme::Rail rail) {
        const Side& one = side(rail);
        return support::gather(*one.cell, one.openings, one.scribe->messages());
    };
    return {gathered(scheme::Rail::kFps), gathered(scheme::Rail::kIbps)};
}

}  // namespace lowu::scenario
