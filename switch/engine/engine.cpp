// Commands through the cells into batches; see engine.hpp.
#include "switch/engine/engine.hpp"

#include "common/base/assert.hpp"
#include "switch/engine/crash_steps.hpp"
#include "switch/journal/snapshot_cells.hpp"

namespace lowu::engine {
namespace {

constexpr std::array kRails{Rail::kFps, Rail::kIbps};

std::size_t slot(Rail rail) {
    return static_cast<std::size_t>(rail);
}

/// The participant whose message number a command uses up, if it is one.
std::optional<core::ParticipantIndex> sender_of(const core::Command& command) {
    return std::visit(
        [](const auto& one) -> std::optional<core::ParticipantIndex> {
            if constexpr (requires {
                              one.number;
                              one.participant;
                          })
                return one.participant;
            return std::nullopt;
        },
        command);
}

}  // namespace

Engine::Engine(Clock& clock, Outlet& outlet, BodySource& bodies)
    : outlet_(outlet),
      body_source_(bodies),
      sequencer_(clock),
      body_cache_(core::kMaxCachedBodies) {
    make_cells();
}

void Engine::make_cells() {
    for (const Rail rail : kRails) {
        cells_[slot(rail)] = std::make_unique<core::Cell>();
    }
}

// Recovery.

Result<journal::SnapshotInfo> Engine::load(journal::SnapshotReader& reader) {
    auto info = load_cells(reader);
    if (!info.ok()) {
        make_cells();  // Whatever half was loaded: another snapshot, or the log, begins with none.
        return info;
    }
    structure_ = reader.header().genesis;
    recovered_ = durable_ = reader.header().last.sequence;
    sequencer_.resume(reader.header().last);
    for (const Rail rail : kRails) {
        if (cell(rail).forgotten() > 0) last_forget_ = recovered_;
    }
    return info;
}

Result<journal::SnapshotInfo> Engine::load_cells(journal::SnapshotReader& reader) {
    using journal::SnapshotSection;
    for (const auto section : {SnapshotSection::kFps, SnapshotSection::kIbps}) {
        const Rail rail = section == SnapshotSection::kFps ? Rail::kFps : Rail::kIbps;
        if (auto loaded = journal::load_cell(reader, section, cell(rail)); !loaded.ok()) {
            return loaded.error();
        }
    }
    // The follower's own, which it reads itself; here it must only be whole.
    if (auto begun = reader.begin_section(SnapshotSection::kFollower); !begun.ok()) {
        return begun.error();
    }
    if (auto skipped = reader.skip_section(); !skipped.ok()) return skipped.error();
    return reader.finish();
}

void Engine::replay(journal::Entry& entry) {
    if (is_structure(entry.command)) structure_.emplace_back(entry.rail, entry.command);
    apply(entry.stamp, entry.rail, entry.command);
    effects_.clear();
    if (journal::has_body(entry.command)) {
        body_cache_.put(entry.stamp.sequence, std::move(entry.body));
    }
    recovered_ = durable_ = entry.stamp.sequence;
    sequencer_.resume(entry.stamp);
}

Result<void> Engine::start(const Genesis& genesis, OnDifference on_difference) {
    const bool fresh = structure_.empty();
    if (fresh) {
        begin(genesis);
    } else if (auto same = compare_structure(genesis, structure_); !same.ok()) {
        return same;
    }
    // Of both rails, before anything is recorded: every record looks at both links.
    for (const Rail rail : kRails) {
        LOWU_ASSERT(cell(rail).is_open(), "genesis opens both cells");
        channels_[slot(rail)].resize(cell(rail).participants());
        link_delivered_[slot(rail)] = cell(scheme::other(rail)).link_received();
    }
    if (!fresh) {
        if (auto same = compare_parameters(genesis, on_difference); !same.ok()) return same;
    }
    for (const Rail rail : kRails) {
        for (std::uint16_t i = 0; i < cell(rail).participants(); ++i) {
            const core::ParticipantIndex index{i};
            Channel& one = channel(rail, index);
            one.sealed_number = one.durable_number = cell(rail).participant(index).last_number;
            if (cell(rail).participant(index).online) record(rail, core::SessionDown{index});
        }
    }
    for (const Rail rail : kRails) {
        // Both rails live in this process, so their link is up whenever the process is.
        if (cell(rail).has_link() && !cell(rail).link_up()) record(rail, core::LinkState{true});
    }
    pump_links();
    return {};
}

void Engine::begin(const Genesis& genesis) {
    const auto* open = genesis.empty() ? nullptr : std::get_if<core::OpenCell>(&genesis[0].second);
    LOWU_ASSERT(open != nullptr, "genesis begins by opening a cell");
    sequencer_.begin(open->scheme_start);
    for (const auto& [rail, command] : genesis) {
        if (is_structure(command)) structure_.emplace_back(rail, command);
        record(rail, command);
        LOWU_ASSERT(last_outcome_ == core::ResultCode::kAccepted,
                    "the configuration is validated when it is loaded");
    }
}

Result<void> Engine::compare_parameters(const Genesis& genesis, OnDifference on_difference) {
    std::string said;
    for (const Rail rail : kRails) {
        const auto differing = differing_parameters(genesis, cell(rail));
        if (differing.empty() || on_difference == OnDifference::kKeepLog) continue;
        if (on_difference == OnDifference::kRefuse) {
            for (const core::ParameterSetting& setting : differing)
                said += "\n  " + describe_difference(setting, cell(rail));
            continue;
        }
        for (std::size_t from = 0; from < differing.size(); from += core::kMaxSettings) {
            const std::size_t to = std::min(differing.size(), from + core::kMaxSettings);
            const auto begin = differing.begin();
            record(rail, core::SetParameters{{begin + static_cast<std::ptrdiff_t>(from),
                                              begin + static_cast<std::ptrdiff_t>(to)},
                                             SchemeTime{}});
            if (last_outcome_ == core::ResultCode::kAccepted) continue;
            return Error{Error::Kind::kInvalid,
                         "the configuration's parameters cannot be applied: " +
                             std::string(core::row_of(last_outcome_).meaning)};
        }
    }
    if (said.empty()) return {};
    return Error{
        Error::Kind::kInvalid,
        "the configuration differs from the log:" + said +
            "\nSay --parameters file to record the configuration's values, or --parameters "
            "log to go on with the log's"};
}

// The way of every command.

void Engine::record(Rail rail, const core::Command& command, journal::Body body) {
    record_one(rail, command, std::move(body));
    const core::ResultCode outcome = last_outcome_;
    const std::uint32_t detail = last_detail_;
    pump_links();
    last_outcome_ = outcome;  // Not that of a message that it sent over the link.
    last_detail_ = detail;
}

void Engine::record_one(Rail rail, const core::Command& command, journal::Body&& body) {
    const core::Stamp stamp = sequencer_.next();
    builder_.add(stamp, rail, command, body);
    if (journal::has_body(command)) body_cache_.put(stamp.sequence, std::move(body));
    apply(stamp, rail, command);
    pass_crash_steps(command, effects_);
    if (const auto sender = sender_of(command)) touch(rail, *sender);
    for (const core::ParticipantIndex participant : effects_.outboxes)
        touch(rail, participant);
    last_outcome_ = effects_.outcome;
    last_detail_ = effects_.outcome_detail;
    effects_.clear();
}

void Engine::apply(const core::Stamp& stamp, Rail rail, const core::Command& command) {
    cell(rail).apply(stamp, command, effects_);
    if (std::holds_alternative<core::Forget>(command)) last_forget_ = stamp.sequence;
}

/// What one cell has put out for the other becomes the other's own command, at once: the same batch
/// holds both, so the delivery is durable exactly when the sending is.
void Engine::pump_links() {
    for (bool moved = true; moved;) {
        moved = false;
        for (const Rail from : kRails) {
            MessageNumber& delivered = link_delivered_[slot(from)];
            while (delivered + 1 < cell(from).link_outbox().next()) {
                ++delivered;
                const core::LinkMessage message = cell(from).link_outbox().entry(delivered).message;
                record_one(scheme::other(from), core::LinkDelivery{delivered, message}, {});
                moved = true;
            }
        }
    }
}

/// One acknowledgement a batch and side is enough, as both are durable together.
void Engine::acknowledge_links() {
    for (const Rail from : kRails) {
        const MessageNumber received = cell(scheme::other(from)).link_received();
        if (received >= cell(from).link_outbox().first()) {
            record_one(from, core::LinkAcknowledged{received}, {});
        }
    }
}

void Engine::touch(Rail rail, core::ParticipantIndex participant) {
    if (channels_[slot(rail)].empty()) return;  // Genesis: no sessions yet.
    Channel& one = channel(rail, participant);
    if (one.touched) return;
    one.touched = true;
    building_touched_.push_back({rail, participant});
}

Engine::Channel& Engine::channel(Rail rail, core::ParticipantIndex participant) {
    return channels_[slot(rail)].at(participant.value);
}

// Time.

bool Engine::on_time() {
    sequencer_.advance();
    expire_quotes();
    if (stalled_sessions_ > 0) close_stalled();
    return fire_timers();
}

/// Ticks until no timer is due any more, or the batch is full. Of two rails whose deadlines have
/// passed, the one with the earlier ticks first, with all that is due on it.
bool Engine::fire_timers() {
    sequencer_.advance();
    while (const auto rail = rail_of_first_timer()) {
        if (batch_full()) return false;
        record(*rail, core::Tick{});
    }
    return true;
}

std::optional<Rail> Engine::rail_of_first_timer() {
    std::optional<Rail> first;
    ElapsedTime earliest = sequencer_.last().elapsed;
    for (const Rail rail : kRails) {
        const auto deadline = cell(rail).next_deadline();
        if (!deadline || *deadline > earliest || (first && *deadline == earliest)) continue;
        earliest = *deadline;
        first = rail;
    }
    return first;
}

std::optional<Duration> Engine::until_next_timer() {
    std::optional<Duration> shortest;
    sequencer_.advance();
    for (const auto& deadline :
         {cell(Rail::kFps).next_deadline(), cell(Rail::kIbps).next_deadline(),
          quotes_.next_deadline(), next_stall_check()}) {
        if (!deadline) continue;
        const Duration wait = std::max(*deadline - sequencer_.last().elapsed, Duration{0});
        if (!shortest || wait < *shortest) shortest = wait;
    }
    return shortest;
}

// Batches.

bool Engine::batch_full() const {
    return builder_.count() + 4 * core::kMaxFrameMessages > core::kMaxBatchRecords ||
           builder_.bytes() + 2 * core::kMaxFrameBytes > core::kMaxBatchBytes;
}

bool Engine::has_room_for_message() const {
    return builder_.count() + core::kSpareBatchRecords <= core::kMaxBatchRecords &&
           builder_.bytes() + core::kSpareBatchBytes <= core::kMaxBatchBytes;
}

void Engine::seal(SealedBatch& batch) {
    LOWU_ASSERT(has_batch(), "only a batch with records is sealed");
    LOWU_ASSERT(sealed_touched_.empty(), "one batch at a time is on its way");
    acknowledge_links();
    pump_links();  // A bank may have been found too slow under the acknowledgement's stamp.
    LOWU_ASSERT(
        builder_.count() <= core::kMaxBatchRecords && builder_.bytes() <= core::kMaxBatchBytes,
        "whatever is taken leaves room");
    batch.first = builder_.first();
    batch.count = builder_.count();
    batch.decisions = {cell(Rail::kFps).decisions(), cell(Rail::kIbps).decisions()};
    builder_.take(batch.buffer);
    sealed_touched_.swap(building_touched_);
    for (const ChannelKey& key : sealed_touched_) {
        Channel& one = channel(key.rail, key.participant);
        one.touched = false;
        one.sealed_number = cell(key.rail).participant(key.participant).last_number;
    }
}

void Engine::on_durable(Sequence through) {
    LOWU_ASSERT(through > durable_, "durability grows");
    durable_ = through;
    for (const ChannelKey& key : sealed_touched_) {
        Channel& one = channel(key.rail, key.participant);
        one.durable_number = one.sealed_number;
        const auto session = sessions_.find(one.session);
        if (session != sessions_.end()) flush(session->first, session->second);
    }
    sealed_touched_.clear();
    finish_changes();
}

}  // namespace lowu::engine
