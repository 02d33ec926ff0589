// An engine that begins with a snapshot in place of the log's beginning: as good as one that
// replayed everything, also when killed in between, and with bodies that only the archive has.
#include <gmock/gmock.h>

#include "switch/follower/follower.hpp"
#include "switch/journal/snapshot_memory.hpp"
#include "tests/unit/engine_memory_fixture.hpp"

namespace lowu::engine {
namespace {

using core::OutboxKind;

class EngineSnapshotTest : public EngineMemoryTest {
protected:
    [[nodiscard]] journal::SnapshotIdentity identity() const {
        const log::LogOptions options = support::SmallLog::options();
        return {options.form, options.rules_version, log_->id()};
    }
    /// What a follower that has replayed the log writes; it keeps the batches too.
    journal::SnapshotInfo snapshot() {
        follower::Follower follower(10);
        journal::SnapshotHeader header{identity(), {}, 0, {}, engine().genesis()};
        auto reader = log_->read(1);
        EXPECT_TRUE(reader.ok());
        while (follower.replayed() < engine().durable()) {
            const auto batch = (*reader)->read_next(engine().durable().value);
            EXPECT_TRUE(batch.ok() && *batch);
            header.epoch = (*batch)->epoch;
            header.chain_hash = (*batch)->hash;
            EXPECT_TRUE(follower.take(**batch).ok());
            kept_[core::Sequence{(*batch)->last_sequence()}] = {
                **batch, {(*batch)->payload.begin(), (*batch)->payload.end()}};
        }
        EXPECT_EQ(follower.decisions()[0], engine().cell(Rail::kFps).decisions());
        header.last = follower.last();
        const auto written = follower.write_snapshot(snapshots_, header);
        EXPECT_TRUE(written.ok());
        return *written;
    }
    /// The archive's part: a batch that the log has dropped.
    Result<log::BatchView> older(core::Sequence sequence) {
        ++older_batches_;
        const auto found = kept_.lower_bound(sequence);
        if (found == kept_.end()) return Error{Error::Kind::kNotFound, "no such batch"};
        log::BatchView view = found->second.view;
        view.payload = found->second.payload;
        return view;
    }
    Result<journal::SnapshotInfo> load(Engine& into, const std::string& file) {
        auto reader = journal::SnapshotReader::open(snapshots_, file, identity());
        if (!reader.ok()) return reader.error();
        return into.load(*reader);
    }
    /// kill -9, and a process that begins with the snapshot.
    void restart_from(const journal::SnapshotInfo& info) {
        directory_.kill_process();
        process_.reset();
        log_.reset();
        auto opened = log::SegmentLog::open(directory_, support::SmallLog::options());
        ASSERT_TRUE(opened.ok());
        log_ = std::make_unique<support::SmallLog>(std::move(opened).value());
        outlet_ = std::make_unique<RecordingOutlet>(directory_);
        process_ = std::make_unique<Process>(
            *log_, clock_, *outlet_, [this](core::Sequence sequence) { return older(sequence); });
        const auto loaded = load(engine(), info.file);
        ASSERT_TRUE(loaded.ok()) << loaded.error().what;
        ASSERT_TRUE(process_->replay(info.sequence.next()).ok());
        ASSERT_TRUE(process_->go_on(genesis_, OnDifference::kKeepLog).ok());
        heard_ = 0;
    }
    /// A bank comes again with what it has.
    void connect_again(BankEnd& end, const std::string& bank) {
        end.session = greet({code(bank), 2, end.received, end.next});
        say_durably(end, {});
    }
    /// Payments in every stage, and old ones in use.
    void some_traffic(std::uint64_t first) {
        say_durably(payer_,
                    {fresh(transfer(first, kIbpsBank)), fresh(transfer(first + 1, kIbpsBank)),
                     fresh(transfer(first + 2, kIbpsBank))});
        say_durably(payee_, {answer(first), answer(first + 1)});
        say_durably(payee_, {report(first)});
        say_looked_up(payee_, {send_back(first + 3, 5 + first % 50, 10)});
        say_looked_up(payer_, {enquiry(3), transfer(4, kIbpsBank)});
    }
    /// The same as one that replays everything: cells and outboxes, and what they decided.
    void expect_like_replayed() {
        RecordingOutlet outlet(directory_);
        Process whole(*log_, clock_, outlet);
        ASSERT_TRUE(whole.replay(core::Sequence{1}).ok());
        EXPECT_EQ(digests(engine()), digests(whole.engine));
        EXPECT_EQ(engine().last_forget() > core::Sequence{0},
                  whole.engine.last_forget() > core::Sequence{0});
        for (const Rail rail : kRails) {
            EXPECT_EQ(engine().cell(rail).decisions(), whole.engine.cell(rail).decisions());
        }
    }

    struct KeptBatch {
        log::BatchView view;
        std::vector<std::byte> payload;
    };
    journal::MemorySnapshots snapshots_;
    std::map<core::Sequence, KeptBatch> kept_;
    std::uint64_t older_batches_ = 0;
};

TEST_F(EngineSnapshotTest, SnapshotAndTailAreAsGoodAsEverything) {
    forget_a_segment();
    some_traffic(200);
    const auto info = snapshot();
    some_traffic(300);
    const auto before = digests(engine());
    restart_from(info);
    expect_like_replayed();
    EXPECT_NE(digests(engine()), before) << "sessions are down now";
    connect_again(payer_, kFpsBank);
    connect_again(payee_, kIbpsBank);
    // Whatever was not acknowledged comes again, and the payments go on to their ends.
    EXPECT_FALSE(outlet_->kinds(payee_.session).empty());
    say_durably(payee_, {answer(202), answer(301), answer(302), report(201)});
    EXPECT_EQ(leg(Rail::kFps, 202)->state, core::PaymentState::kSettled);
    EXPECT_EQ(leg(Rail::kFps, 302)->state, core::PaymentState::kSettled);
    say_looked_up(payee_, {send_back(600, 6, 100)});
    EXPECT_EQ(leg(Rail::kFps, 600)->state, core::PaymentState::kSettled);
    expect_like_replayed();
}

TEST_F(EngineSnapshotTest, ItMayBeKilledAgainAndAgain) {
    forget_a_segment();
    const auto first = snapshot();
    some_traffic(200);
    restart_from(first);
    connect_again(payer_, kFpsBank);
    connect_again(payee_, kIbpsBank);
    some_traffic(300);
    const auto second = snapshot();
    restart_from(second);
    connect_again(payer_, kFpsBank);
    connect_again(payee_, kIbpsBank);
    some_traffic(400);
    restart_from(second);
    expect_like_replayed();
    restart_from(first);
    expect_like_replayed();
}

TEST_F(EngineSnapshotTest, NothingIsLeftOfADamagedOne) {
    forget_a_segment();
    const auto info = snapshot();
    some_traffic(200);
    const std::uint64_t bytes = snapshots_.contents(info.file).size();
    for (const std::uint64_t offset : {bytes / 4, bytes / 2, bytes - bytes / 8, bytes - 1}) {
        snapshots_.damage(info.file, offset);
        RecordingOutlet outlet(directory_);
        Process other(*log_, clock_, outlet);
        EXPECT_FALSE(load(other.engine, info.file).ok());
        ASSERT_TRUE(other.replay(core::Sequence{1}).ok()) << "from the beginning";
        EXPECT_EQ(digests(other.engine), digests(engine())) << offset;
        snapshots_.damage(info.file, offset);
    }
    RecordingOutlet outlet(directory_);
    Process other(*log_, clock_, outlet);
    EXPECT_TRUE(load(other.engine, info.file).ok());
}

TEST_F(EngineSnapshotTest, ABodyThatOnlyTheArchiveHasIsStillSent) {
    engine().on_closed(payee_.session);
    payee_ = connect(kIbpsBank);
    outlet_->set_busy(payee_.session, true);
    say_durably(payer_, {transfer(1, kIbpsBank)});
    engine().on_closed(payee_.session);
    process_->sync();
    for (int i = 0; i < 20; ++i) {
        say_durably(payer_, std::vector<Input>(100, reject(std::string(60, 'x'))));
        acknowledge(payer_);
    }
    const auto info = snapshot();
    ASSERT_TRUE(log_->remove_before(info.sequence.value).ok());
    ASSERT_GT(log_->first_sequence(), 100U) << "the instruction's batch is gone";
    restart_from(info);
    connect_again(payee_, kIbpsBank);
    ASSERT_FALSE(outlet_->messages.empty());
    const Sent& request = outlet_->messages.front();
    EXPECT_EQ(request.entry.kind, OutboxKind::kRequest);
    ASSERT_TRUE(request.body.has_value());
    EXPECT_EQ(request.body->payee_account, "payee-1");
    EXPECT_EQ(request.body->carried, "carried 1");
    EXPECT_EQ(older_batches_, 1U);
}

}  // namespace
}  // namespace lowu::engine
