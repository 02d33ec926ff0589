// A real switch that is killed, stopped, held up and started again: from a snapshot and the log's
// tail, from the older snapshot when the newer is damaged, and not at all, by name, where something
// is missing or is not its own.
#include <google/protobuf/util/message_differencer.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"
#include "tests/integration/services_fixture.hpp"

namespace lowu::test {
namespace {

namespace fs = std::filesystem;
using google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Operations = v1::OperationsService::Stub;

constexpr int kUnreadable = 65;
constexpr int kForced = 130;

/// In its middle.
void damage(const std::string& path) {
    const auto at = static_cast<std::int64_t>(fs::file_size(path) / 2);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(at);
    const int byte = file.get();
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 0x5a));
    ASSERT_TRUE(file.good()) << path;
}

class Recovery : public Services {
protected:
    /// Newest first.
    [[nodiscard]] std::vector<std::string> snapshot_files() const {
        std::vector<std::string> files;
        for (const auto& entry : fs::directory_iterator(running_.switch_directory() + "/snapshots"))
            files.push_back(entry.path().string());
        std::sort(files.rbegin(), files.rend());
        return files;
    }
    /// Payments of both directions, settled and credited.
    std::vector<std::string> pay_some(int count) {
        ScriptedBank hk = bank(kHk);
        ScriptedBank mainland = bank(mainland_);
        hk.connect();
        mainland.connect();
        std::vector<std::string> uetrs;
        const auto pay = [&](ScriptedBank& payer, ScriptedBank& payee) {
            const auto all = transfers(payer, payee.code(), count);
            settle(payer, payee, all);
            for (const v1::CreditTransfer& one : all)
                uetrs.push_back(one.uetr());
        };
        pay(mainland, hk);
        pay(hk, mainland);
        return uetrs;
    }
    /// No bank has a session: what the cells hold stays as it is.
    void wait_for_quiet() {
        const bool quiet = running_.switch_process().wait_until(kPatience, [&] {
            const auto all =
                call(*operations_, &Operations::ListParticipants, v1::ListParticipantsRequest());
            const auto& banks = all.response.participants();
            return all.ok() && std::none_of(banks.begin(), banks.end(),
                                            [](const auto& one) { return one.online(); });
        });
        ASSERT_TRUE(quiet) << running_.tails();
    }
    std::string output() { return running_.switch_process().output(); }
    /// Both cells' digests and where they stand.
    std::string state() {
        const v1::GetStatusResponse now = status(true);
        EXPECT_EQ(now.digests_size(), 2);
        EXPECT_EQ(now.durable_sequence(), now.follower_sequence());
        return std::to_string(now.durable_sequence()) + " " + now.digests(0) + " " + now.digests(1);
    }
    /// The same is told by lowu_log, which only looks.
    void expect_refused_by_both(const ::testing::Matcher<std::string>& why) {
        expect_refused(kUnreadable, why);
        const Finished verified = run({program("lowu_log"), "verify", running_.switch_directory()});
        EXPECT_EQ(verified.exit_code, kUnreadable) << verified.output << verified.errors;
    }
    /// What does not start says why, and leaves with this code.
    void expect_refused(int exit_code, const ::testing::Matcher<std::string>& why) {
        const Finished refused = running_.start_switch_in_vain();
        EXPECT_EQ(refused.exit_code, exit_code);
        EXPECT_THAT(refused.output + refused.errors, why);
    }
};

// Snapshots.

TEST_F(Recovery, ASnapshotAndTheLogsTailGiveTheSameState) {
    std::vector<std::string> uetrs = pay_some(20);
    const v1::Snapshot snapshot = take_snapshot();
    EXPECT_TRUE(snapshot.verified());
    for (const std::string& uetr : pay_some(20))
        uetrs.push_back(uetr);
    wait_for_quiet();
    const std::string before = state();
    std::vector<v1::GetPaymentResponse> payments;
    for (const std::string& uetr : uetrs)
        payments.push_back(get(uetr).response);

    restart();
    EXPECT_EQ(state(), before);
    EXPECT_THAT(output(), HasSubstr("loaded the snapshot at sequence " +
                                    std::to_string(snapshot.sequence()) + "\n"));
    ASSERT_EQ(status().snapshots_size(), 1);
    EXPECT_EQ(status().snapshots(0).sequence(), snapshot.sequence());
    EXPECT_GT(status().recovered_sequence(), snapshot.sequence());
    for (const v1::GetPaymentResponse& old : payments) {
        const v1::Payment now = get(old.payment().uetr()).response.payment();
        EXPECT_TRUE(MessageDifferencer::Equals(now, old.payment()))
            << old.payment().DebugString() << now.DebugString();
    }
    pay_some(3);
}

TEST_F(Recovery, ADamagedSnapshotIsNamedAndTheOneBeforeIsUsed) {
    pay_some(10);
    const v1::Snapshot older = take_snapshot();
    pay_some(10);
    take_snapshot();
    pay_some(10);
    wait_for_quiet();
    const std::string before = state();
    running_.kill_switch();
    const auto files = snapshot_files();
    ASSERT_EQ(files.size(), 2U);
    damage(files[0]);
    ASSERT_TRUE(running_.start_switch());
    make_stubs();
    EXPECT_EQ(state(), before);
    EXPECT_THAT(output(), AllOf(HasSubstr("[warning]"), HasSubstr(files[0] + ": damaged at byte "),
                                HasSubstr("loaded the snapshot at sequence " +
                                          std::to_string(older.sequence()) + "\n")));
    EXPECT_THAT(output(), Not(HasSubstr(files[1] + ": damaged")));

    // With none that can be used, the log still has everything.
    running_.kill_switch();
    damage(files[1]);
    ASSERT_TRUE(running_.start_switch());
    make_stubs();
    EXPECT_EQ(state(), before);
    EXPECT_THAT(output(), HasSubstr(files[1] + ": damaged at byte "));
    // The next ones take the place of the damaged ones.
    pay_some(1);
    take_snapshot();
    pay_some(1);
    take_snapshot();
    EXPECT_EQ(status().snapshots_size(), 2);
    EXPECT_EQ(snapshot_files().size(), 2U);
}

TEST_F(Recovery, ASnapshotOfAnotherLogIsRefusedByName) {
    pay_some(2);
    take_snapshot();
    running_.kill_switch();
    const std::string ours = folder_.file("ours");
    fs::rename(running_.switch_directory(), ours);
    ASSERT_TRUE(running_.start_switch());
    make_stubs();
    pay_some(1);
    running_.kill_switch();
    const std::string snapshots = running_.switch_directory() + "/snapshots";
    fs::remove_all(snapshots);
    fs::copy(ours + "/snapshots", snapshots);
    const auto files = snapshot_files();
    ASSERT_EQ(files.size(), 1U);
    expect_refused_by_both(
        AllOf(HasSubstr(files[0] + ": snapshot of the log "), HasSubstr("; the log here is ")));
    // An archive of another log is refused in the same way.
    fs::remove_all(snapshots);
    fs::remove_all(running_.switch_directory() + "/archive");
    fs::copy(ours + "/archive", running_.switch_directory() + "/archive",
             fs::copy_options::recursive);
    expect_refused_by_both(AllOf(HasSubstr(running_.switch_directory() + "/archive"),
                                 HasSubstr(": the archive of the log "),
                                 HasSubstr("take away all snapshots and the archive")));
    EXPECT_TRUE(fs::exists(ours + "/snapshots/" + fs::path(files[0]).filename().string()));
}

TEST_F(Recovery, LowuLogRaisesNoFalseAlarmBesideARunningSwitch) {
    for (int look = 0; look < 8; ++look) {
        Process verify({{program("lowu_log"), "verify", running_.switch_directory()},
                        folder_.file("verify-" + std::to_string(look)),
                        "",
                        "",
                        {}});
        pay_some(3);
        if (look % 2 == 0) take_snapshot();
        EXPECT_EQ(verify.wait(kPatience), 0) << verify.output();
    }
}

// A log that is older than what was made of it.

class OlderLog : public Recovery {
protected:
    /// The log as it is now, beside its directory.
    void keep_log() {
        fs::create_directory(kept_);
        for (const auto& entry : fs::directory_iterator(running_.switch_directory())) {
            if (entry.is_regular_file()) fs::copy(entry.path(), kept_);
        }
    }
    /// As from a backup, with whatever else lies there.
    void give_back_log() {
        std::vector<fs::path> newer;
        for (const auto& entry : fs::directory_iterator(running_.switch_directory())) {
            if (entry.is_regular_file()) newer.push_back(entry.path());
        }
        for (const fs::path& one : newer)
            fs::remove(one);
        fs::copy(kept_, running_.switch_directory());
    }
    void take_away(const std::string& name) {
        fs::rename(running_.switch_directory() + "/" + name, folder_.file(name));
    }
    void give_back(const std::string& name) {
        fs::remove_all(running_.switch_directory() + "/" + name);
        fs::rename(folder_.file(name), running_.switch_directory() + "/" + name);
    }

    const std::string kept_ = folder_.file("kept");
};

TEST_F(OlderLog, IsRefusedByItsArchiveAndItsSnapshots) {
    pay_some(2);
    wait_for_quiet();
    const std::string before = state();
    const std::string end = std::to_string(status().durable_sequence());
    running_.kill_switch();
    keep_log();
    ASSERT_TRUE(running_.start_switch());
    make_stubs();
    pay_some(3);
    const v1::Snapshot taken = take_snapshot();
    running_.kill_switch();
    give_back_log();

    const auto files = snapshot_files();
    const std::string ends = " ends with sequence " + std::to_string(taken.sequence());
    const auto advice = HasSubstr("take away all snapshots and the archive");
    const std::string archive = running_.switch_directory() + "/archive";
    expect_refused_by_both(AllOf(HasSubstr(archive + ": the archive" + ends),
                                 HasSubstr(", the log with sequence " + end), advice));
    take_away("archive");
    expect_refused_by_both(
        AllOf(HasSubstr(files[0] + ends), HasSubstr(", the log with sequence " + end), advice));
    take_away("snapshots");
    ASSERT_TRUE(running_.start_switch()) << "as was advised";
    make_stubs();
    EXPECT_EQ(state(), before);

    // When the log has grown past them, it is another one all the same.
    while (status().durable_sequence() <= taken.sequence())
        pay_some(3);
    running_.kill_switch();
    give_back("snapshots");
    const auto another = HasSubstr(") has another batch: ");
    expect_refused_by_both(AllOf(HasSubstr(files[0] + ends), another));
    give_back("archive");
    expect_refused_by_both(AllOf(HasSubstr(archive + ": the archive" + ends), another));
}

TEST_F(OlderLog, NoNewLogIsMadeBesideWhatIsLeftOfOne) {
    pay_some(2);
    take_snapshot();
    running_.kill_switch();
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(running_.switch_directory())) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    for (const fs::path& one : files)
        fs::remove(one);
    const auto segments = [&] {
        const auto all = fs::directory_iterator(running_.switch_directory());
        return std::count_if(begin(all), end(all),
                             [](const auto& one) { return one.path().extension() == ".log"; });
    };
    const auto refused = [&](const std::string& left) {
        expect_refused_by_both(
            AllOf(HasSubstr(running_.switch_directory() + ": there is no log, but " + left +
                            " of one: what was acknowledged is missing"),
                  HasSubstr("Give back log, snapshots and archive of one moment"),
                  HasSubstr("to begin anew without what they hold, take them away")));
        EXPECT_EQ(segments(), 0) << "no new log was made";
    };
    refused("snapshots and an archive");
    take_away("archive");
    refused("snapshots");
    take_away("snapshots");
    give_back("archive");
    refused("an archive");
    take_away("archive");
    ASSERT_TRUE(running_.start_switch()) << "as was advised";
    make_stubs();
    pay_some(1);
}

TEST_F(OlderLog, AnArchiveThatIsMissingIsRefused) {
    pay_some(2);
    take_snapshot();
    running_.kill_switch();
    take_away("archive");
    expect_refused_by_both(HasSubstr(", which was written after it: give back snapshots"));
    take_away("snapshots");
    ASSERT_TRUE(running_.start_switch()) << "as was advised: the log has everything";
}

// What lies in the directory, and who holds it.

TEST_F(Recovery, ALogOfAnotherKindIsRefusedByName) {
    running_.kill_switch();
    const auto refuses = [&](const std::string& form, std::uint32_t rules_version,
                             const std::string& why) {
        fs::remove_all(running_.switch_directory());
        {
            auto directory = log::PosixDirectory::open(running_.switch_directory(),
                                                       log::MissingDirectory::kCreate);
            ASSERT_TRUE(directory.ok());
            log::LogOptions options;
            options.form = form;
            options.rules_version = rules_version;
            options.missing = log::MissingLog::kCreate;
            ASSERT_TRUE(log::SegmentLog::open(**directory, options).ok());
        }
        expect_refused(kUnreadable, HasSubstr(why));
        EXPECT_FALSE(fs::exists(running_.switch_directory() + "/archive")) << "left as it is";
    };
    refuses("fps/0+ibps/0", 999, "has rules version 999, but ");
    refuses("fps/1+ibps/1", 1, "has form \"fps/1+ibps/1\", but \"fps/0+ibps/0\" is configured");
}

TEST_F(Recovery, TheLogOfBanksIsRefusedByName) {
    running_.kill_switch();
    const std::string banks = folder_.file("banks");
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    Process process(
        {{program("bank_sim"), "--config", source("bank_sim/scenarios/launch-hk.txtpb"), "--dir",
          banks, "--switch", running_.addresses().switch_address, "--listen", address},
         folder_.file("banks.log"),
         "",
         "",
         {}});
    const bool begun = process.wait_until(
        kPatience, [&] { return process.output().find("new log") != std::string::npos; });
    ASSERT_TRUE(begun) << process.tail();
    process.kill();
    fs::remove_all(running_.switch_directory());
    fs::copy(banks, running_.switch_directory());
    expect_refused(kUnreadable,
                   AllOf(HasSubstr(" has form \""), HasSubstr("name another directory")));
}

TEST_F(Recovery, TwoSwitchesOnOneDirectoryAreOneTooMany) {
    const std::string holder = std::to_string(running_.switch_process().pid());
    expect_refused(
        1, AllOf(HasSubstr(running_.switch_directory()), HasSubstr("by process " + holder)));
    pay_some(2);
}

TEST_F(Recovery, ADirectoryWithoutRightsIsNamed) {
    running_.kill_switch();
    std::vector<std::string> command = {program("lowu_switch"), "--config",
                                        folder_.file("switch.txtpb"), "--dir",
                                        running_.switch_directory()};
    fs::permissions(running_.switch_directory(), fs::perms::owner_read | fs::perms::owner_exec);
    if (::geteuid() == 0) {  // Who may do anything must become somebody who may not.
        command.insert(command.begin(),
                       {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
        fs::permissions(folder_.path(), fs::perms::all);
        const Finished tried = run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                    program("lowu_switch"), "--help"});
        if (tried.exit_code != 0) GTEST_SKIP() << "needs the right to run a program as nobody";
        fs::permissions(fs::path(running_.switch_directory()).parent_path(), fs::perms::all);
    }
    const Finished refused = run(command);
    fs::permissions(running_.switch_directory(), fs::perms::owner_all);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.output + refused.errors,
                AllOf(HasSubstr(running_.switch_directory()), HasSubstr("Permission denied"),
                      HasSubstr("the process runs as user ")));
    ASSERT_TRUE(running_.start_switch()) << "nothing is damaged";
}

// Stopping in order.

TEST_F(Recovery, StoppingKeepsWhatWasAcknowledged) {
    ScriptedBank payer = bank(mainland_);
    payer.connect();
    auto all = transfers(payer, kHk, 50);
    payer.pay_all(all);
    payer.wait_acknowledged();
    const auto more = transfers(payer, kHk, 400);
    payer.pay_all(more);
    all.insert(all.end(), more.begin(), more.end());
    running_.switch_process().signal(SIGTERM);
    EXPECT_THAT(said(payer.wait_for_end()), StartsWith("UNAVAILABLE SHUTTING_DOWN "));
    EXPECT_EQ(running_.switch_process().wait(kPatience), 0) << running_.tails();
    EXPECT_THAT(output(), HasSubstr("stopped at sequence "));

    const std::uint64_t acknowledged = payer.acknowledged();
    EXPECT_GE(acknowledged, 50U);
    ASSERT_TRUE(running_.start_switch());
    make_stubs();
    payer.connect();
    const std::uint64_t held = payer.greeting().last_received();
    EXPECT_GE(held, acknowledged);
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_THAT(get(all[i].uetr()).said(), StartsWith(i < held ? "OK" : "NOT_FOUND")) << i;
    }
}

TEST_F(Recovery, ASecondSignalWhileStoppingEndsItAtOnce) {
    ScriptedBank payer = bank(mainland_);
    payer.connect();
    // A call that does not end by itself holds up the stopping for a while.
    grpc::ClientContext context;
    const auto watch = payments_->WatchPayments(&context, v1::WatchPaymentsRequest());
    v1::WatchPaymentsResponse here;
    ASSERT_TRUE(watch->Read(&here));
    running_.switch_process().signal(SIGTERM);
    EXPECT_THAT(said(payer.wait_for_end()), StartsWith("UNAVAILABLE SHUTTING_DOWN "));
    running_.switch_process().signal(SIGTERM);
    EXPECT_EQ(running_.switch_process().wait(kPatience), kForced) << running_.tails();
    EXPECT_THAT(output(), HasSubstr("a second signal"));
    context.TryCancel();
    static_cast<void>(watch->Finish());
    ASSERT_TRUE(running_.start_switch());
    make_stubs();
    pay_some(1);
}

// A clock that jumps.

class ClockJump : public Recovery {
protected:
    static constexpr milliseconds kLimit{1'500};
    static constexpr milliseconds kStandsStill{2'000};

    void SetUp() override {
        write_config("");
        ASSERT_TRUE(running_.start_switch({"--clock-jump-ms", std::to_string(kLimit.count())}));
        make_stubs();
    }
    /// The process is held up for so long that it cannot know what the time is.
    void stand_still() {
        running_.switch_process().signal(SIGSTOP);
        EXPECT_FALSE(running_.switch_process().wait(kStandsStill));
        running_.switch_process().signal(SIGCONT);
        const bool halted = running_.switch_process().wait_until(
            kPatience, [&] { return status().halted_by() == "clock"; });
        ASSERT_TRUE(halted) << running_.tails();
        EXPECT_GE(status().clock_jump_ms(), kLimit.count());
        EXPECT_THAT(running_.lowu({"status"}).output, HasSubstr("clock"));
    }
    void decide(const std::string& verdict) {
        const Finished decided = running_.lowu({"clock", verdict});
        EXPECT_EQ(decided.exit_code, 0) << decided.output << decided.errors;
        // The decision is answered first; whoever asks is told in the same breath.
        EXPECT_TRUE(running_.switch_process().wait_until(
            kPatience, [&] { return status().halted_by().empty(); }));
        EXPECT_NE(running_.lowu({"clock", verdict}).exit_code, 0) << "it is decided";
    }
};

TEST_F(ClockJump, PaymentsWaitAndGoOnAsIfNothingWas) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank payee = bank(kHk);
    payer.connect();
    payee.connect();
    const auto began = std::chrono::steady_clock::now();
    const auto all = transfers(payer, kHk, 2);
    payer.pay(all[0]);
    EXPECT_EQ(payee.take_request(all[0].uetr()).transfer().uetr(), all[0].uetr());
    stand_still();
    const std::int64_t jump_ms = status().clock_jump_ms();
    payee.accept(all[0].uetr());
    payer.pay(all[1]);
    EXPECT_THAT(get(all[1].uetr()).said(), StartsWith("NOT_FOUND "));
    EXPECT_EQ(get(all[0].uetr()).response.payment().status(), v1::PAYMENT_STATUS_ACSP);
    decide("ignored");
    EXPECT_EQ(payer.take_outcome(all[0].uetr()), "ACSC");
    accept_all(payee, {all[1]});
    EXPECT_EQ(payer.take_outcome(all[1].uetr()), "ACSC");
    // Scheme time has left out the jump.
    const auto passed_ms =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began).count();
    const auto scheme_ms = get(all[1].uetr()).response.payment().acceptance_time_ms() -
                           get(all[0].uetr()).response.payment().acceptance_time_ms();
    EXPECT_LE(scheme_ms + jump_ms, passed_ms + 1);
}

class ClockJumpWithShortDeadline : public ClockJump {
protected:
    ClockJumpWithShortDeadline() {
        deadlines_ = "payee_ms: 1900 origin_ms: 20000 creation_window_ms: 1200000";
    }
};

TEST_F(ClockJumpWithShortDeadline, WhatHasPassedHasPassed) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank payee = bank(kHk);
    payer.connect();
    payee.connect();
    const auto all = transfers(payer, kHk, 2);
    payer.pay(all[0]);
    EXPECT_EQ(payee.take_request(all[0].uetr()).transfer().uetr(), all[0].uetr());
    stand_still();
    EXPECT_EQ(get(all[0].uetr()).response.payment().status(), v1::PAYMENT_STATUS_ACSP);
    decide("passed");
    EXPECT_EQ(payer.take_outcome(all[0].uetr()), "AB05") << "its bank was silent for too long";
    settle(payer, payee, {all[1]});
}

}  // namespace
}  // namespace lowu::test
