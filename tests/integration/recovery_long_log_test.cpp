// A real switch with a long log: while it is replayed, whoever calls is told how far it is;
// segments go when two snapshots cover them; and without a usable snapshot nothing starts that has
// lost its beginning. Part of recovery_test; see recovery_test.cpp.
#include <filesystem>
#include <fstream>
#include <set>

#include "lowu/v1/bank.grpc.pb.h"
#include "tests/integration/services_fixture.hpp"

namespace lowu::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Operations = v1::OperationsService::Stub;

constexpr int kUnreadable = 65;

/// In its middle.
void damage(const fs::path& file) {
    const auto at = static_cast<std::int64_t>(fs::file_size(file) / 2);
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(at);
    const int byte = stream.get();
    stream.seekp(at);
    stream.put(static_cast<char>(byte ^ 0x5a));
    ASSERT_TRUE(stream.good()) << file;
}

/// The launch's banks under load.
class LongLog : public ::testing::Test {
protected:
    static constexpr std::int64_t kPayments = 27'000;  // from each side: more than a segment
    const std::vector<std::string> small_segments_ = {"--segment-mib", "17", "--snapshot-every",
                                                      "0"};

    LongLog() : running_(files(folder_)) {}
    static SchemeFiles files(const TempDirectory& folder) {
        SchemeFiles files;
        files.switch_config = folder.file("switch.txtpb");
        return files;
    }

    void SetUp() override {
        std::string text = read_file(source("switch/app/launch.txtpb"));
        for (const char* name : {"person_day_limit", "person_year_limit"}) {
            for (const char* place : {"rail: RAIL_FPS direction: DIRECTION_NORTHBOUND",
                                      "rail: RAIL_IBPS direction: DIRECTION_SOUTHBOUND"}) {
                text += "parameters { name: \"" + std::string(name) + "\" " + place +
                        " service: SERVICE_P2P_REMITTANCE value: 99999999999999999 }\n";
            }
        }
        write_file(folder_.file("switch.txtpb"), text);
        ASSERT_TRUE(running_.start_switch(small_segments_));
        for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps})
            ASSERT_TRUE(running_.start_banks(rail));
        ASSERT_TRUE(running_.wait_for_sessions());
    }
    void run_traffic() {
        for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
            v1::StartTrafficRequest request;
            request.set_payments(kPayments);
            request.set_in_flight(1'000);
            request.set_seed(20'250'622);
            const auto payees = running_.network().banks_of(scheme::other(rail)).banks();
            ASSERT_TRUE(payees.ok());
            for (const v1::Bank& bank : payees->banks())
                request.add_payee_agents(bank.code());
            ASSERT_TRUE(running_.network().banks_of(rail).start_traffic(request).ok());
        }
        const bool over = running_.switch_process().wait_until(kPatience, [&] {
            const auto hk = running_.network().banks_of(scheme::Rail::kFps).traffic();
            const auto mainland = running_.network().banks_of(scheme::Rail::kIbps).traffic();
            const auto now = running_.network().central().status();
            return hk && mainland && now && !hk->running() && !mainland->running() &&
                   now->settled_not_credited() == 0;
        });
        ASSERT_TRUE(over) << running_.tails();
    }
    void expect_books_agree() {
        const Finished reconciled = running_.lowu({"reconcile", "--brief", "--wait-ms", "60000"});
        EXPECT_EQ(reconciled.exit_code, 0) << reconciled.output << reconciled.errors;
    }
    /// Asks a switch that is just starting until it answers: what it has said before.
    std::set<std::string> words_until_it_serves() {
        std::set<std::string> words;
        const std::string address = running_.addresses().switch_address;
        const bool serves = running_.switch_process().wait_until(kPatience, [&] {
            while (true) {
                const client::Peer fresh("the switch", address);  // A connection of its own.
                const bool serving = client::is_serving(fresh, milliseconds(100));
                const auto stub = v1::OperationsService::NewStub(fresh.channel);
                const auto asked = call(*stub, &Operations::GetStatus, v1::GetStatusRequest());
                if (asked.ok()) return true;
                const bool refused = said(asked.status).starts_with("UNAVAILABLE NOT_SERVING ");
                if (!refused) return false;  // Nobody listens yet.
                EXPECT_FALSE(serving) << "it says that it serves, and refuses";
                words.insert(rpc::detail_of(asked.status).rule());
            }
        });
        EXPECT_TRUE(serves) << running_.tails();
        return words;
    }

    TempDirectory folder_;
    RunningScheme running_;
};

TEST_F(LongLog, IsReplayedWithWordsAndTrimmedWhenSnapshotsCoverIt) {
    grpc::ClientContext context;
    const auto payments = v1::PaymentService::NewStub(running_.network().central().peer().channel);
    v1::WatchPaymentsResponse early;
    {
        const auto watch = payments->WatchPayments(&context, v1::WatchPaymentsRequest());
        ASSERT_TRUE(watch->Read(&early));
        context.TryCancel();
        static_cast<void>(watch->Finish());
    }
    run_traffic();
    expect_books_agree();
    running_.kill_switch();

    running_.launch_switch(small_segments_);
    const std::set<std::string> words = words_until_it_serves();
    EXPECT_THAT(words,
                ::testing::Contains(::testing::ContainsRegex(
                    "^the switch is replaying its log: [0-9]+ of [0-9]+ records, [0-9]+ %")));
    ASSERT_TRUE(running_.wait_for_sessions());
    expect_books_agree();
    // More has happened since than is kept for those who watch.
    v1::WatchPaymentsRequest request;
    request.set_resume_token(early.resume_token());
    grpc::ClientContext again;
    const auto watch = payments->WatchPayments(&again, request);
    v1::WatchPaymentsResponse none;
    EXPECT_FALSE(watch->Read(&none));
    EXPECT_THAT(said(watch->Finish()), StartsWith("OUT_OF_RANGE TOO_OLD resume_token: "));

    // Two snapshots cover what the log then drops.
    const auto& central = running_.network().central();
    EXPECT_EQ(central.status()->log_first_sequence(), 1U);
    ASSERT_TRUE(central.take_snapshot().ok());
    EXPECT_EQ(central.status()->log_first_sequence(), 1U) << "one is not enough";
    ASSERT_EQ(
        running_
            .lowu({"pay", "--from", "012/012-875-10001", "--to", "102100099996/6222020200010001",
                   "--name", "Zhang Wei", "--amount", "1.00", "--wait-credit"})
            .exit_code,
        0);
    ASSERT_TRUE(central.take_snapshot().ok());
    const std::uint64_t first = central.status()->log_first_sequence();
    ASSERT_GT(first, 1U);
    running_.kill_switch();
    ASSERT_TRUE(running_.start_switch(small_segments_));
    ASSERT_TRUE(running_.wait_for_sessions());
    expect_books_agree();

    running_.kill_switch();
    for (const auto& entry : fs::directory_iterator(running_.switch_directory() + "/snapshots"))
        damage(entry.path());
    const Finished refused = running_.start_switch_in_vain(small_segments_);
    EXPECT_EQ(refused.exit_code, kUnreadable);
    EXPECT_THAT(refused.output + refused.errors,
                AllOf(HasSubstr(": damaged at byte "),
                      HasSubstr("the log begins at sequence " + std::to_string(first) +
                                " and no usable snapshot reaches so far")));
}

}  // namespace
}  // namespace lowu::test
