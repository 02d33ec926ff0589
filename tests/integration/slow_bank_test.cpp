// Banks that cannot keep up, and banks that fail, against a real switch: who does not read is cut
// and harms nobody else, and has everything when it comes back; who leaves no room is degraded
// until it has caught up; a newer session of a bank wins; a bank in default takes part no more, and
// what it owes is listed.
#include <algorithm>

#include "tests/integration/services_fixture.hpp"

namespace lowu::test {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Operations = v1::OperationsService::Stub;

/// Requests that a bank leaves room for: each needs a slot, and one for its outcome.
constexpr int kRequestsUntilFull = 8'192;

class SlowBank : public Services {
protected:
    SlowBank() { opening_minor_ = 1'000'000'000; }

    /// What takes much room on the wire: a connection that nobody reads is soon full.
    static std::vector<v1::CreditTransfer> wordy_transfers(const ScriptedBank& payer,
                                                           const std::string& payee, int count) {
        std::vector<v1::CreditTransfer> made = transfers(payer, payee, count);
        std::string words;
        while (words.size() < 420)
            words += "請";
        for (v1::CreditTransfer& one : made) {
            one.mutable_carried()->set_payer_name(words);
            one.mutable_carried()->set_payee_name(words);
            one.mutable_carried()->set_remittance_information(words);
        }
        return made;
    }
    static std::vector<std::string> uetrs_of(const std::vector<v1::CreditTransfer>& all) {
        std::vector<std::string> uetrs;
        for (const v1::CreditTransfer& one : all)
            uetrs.push_back(one.uetr());
        return uetrs;
    }
    /// The requests that a bank has been sent, in their order.
    static std::vector<std::string> requests_at(const ScriptedBank& bank) {
        std::vector<std::string> uetrs;
        for (const v1::SwitchMessage& message : bank.messages()) {
            if (message.has_request()) uetrs.push_back(message.request().transfer().uetr());
        }
        return uetrs;
    }
    /// Until it is cut off; how many payments of others were settled meanwhile.
    int pay_until_cut(ScriptedBank& payer, ScriptedBank& payee, const std::string& slow) {
        int settled = 0;
        const bool cut = running_.switch_process().wait_until(kPatience, [&] {
            const auto one = transfers(payer, payee.code(), 1);
            settle(payer, payee, one);
            // Elapsed time from taking up to the end: nobody waits for the slow one's ten seconds.
            EXPECT_LT(get(one.front().uetr()).response.payment().duration_us(), 5'000'000);
            ++settled;
            return HasFailure() || !participant(slow).online();
        });
        EXPECT_TRUE(cut) << running_.tails();
        return settled;
    }
};

TEST_F(SlowBank, WhoDoesNotReadIsCutAndComesBackToEverything) {
    ScriptedBank slow = bank(kHk);
    ScriptedBank other = bank(kOtherHk);
    ScriptedBank payer = bank(mainland_);
    for (ScriptedBank* one : {&slow, &other, &payer})
        one->connect();
    const auto waiting = wordy_transfers(payer, kHk, 4'000);
    payer.pay_all(waiting);
    payer.wait_acknowledged();
    EXPECT_TRUE(participant(kHk).online()) << "it has ten seconds";
    EXPECT_GE(participant(kHk).outbox_length(), 4'000);

    EXPECT_GT(pay_until_cut(payer, other, kHk), 10);
    // What the connection had taken already comes first, and then why it is over.
    EXPECT_THAT(said(slow.wait_for_end()), StartsWith("RESOURCE_EXHAUSTED TOO_SLOW "));
    const std::size_t before = requests_at(slow).size();
    EXPECT_LT(before, waiting.size());
    const auto refused = transfers(payer, kHk, 1);
    payer.pay_all(refused);
    EXPECT_EQ(payer.take_outcome(refused.front().uetr()), "AB08") << "it is away";

    slow.connect();
    while (requests_at(slow).size() < waiting.size() && slow.read_frame("the rest")) {
    }
    EXPECT_THAT(requests_at(slow), ElementsAreArray(uetrs_of(waiting))) << "in order, each once";
    accept_all(slow, waiting);
    for (const v1::CreditTransfer& one : waiting)
        ASSERT_EQ(payer.take_outcome(one.uetr()), "ACSC");
    slow.wait_acknowledged();
    EXPECT_EQ(status().pending(), 0);
}

TEST_F(SlowBank, ANewerSessionTakesOverAndTheOlderIsTold) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank older = bank(kHk);
    ScriptedBank newer = bank(kHk);
    payer.connect();
    older.connect();
    const auto first = transfers(payer, kHk, 3);
    payer.pay_all(first);
    EXPECT_EQ(older.take_request(first[0].uetr()).transfer().uetr(), first[0].uetr());
    newer.connect();
    EXPECT_THAT(said(older.wait_for_end()), StartsWith("ABORTED TAKEN_OVER "));
    EXPECT_TRUE(participant(kHk).online());
    const auto second = transfers(payer, kHk, 2);
    settle(payer, newer, second);
    // What the older one had been sent and not held for good comes to the newer one.
    for (const std::string& uetr : uetrs_of(first)) {
        const auto waits = requests_at(older);
        if (std::find(waits.begin(), waits.end(), uetr) == waits.end()) continue;
        newer.accept(uetr);
        EXPECT_EQ(payer.take_outcome(uetr), "ACSC");
    }
}

TEST_F(SlowBank, WhoLeavesNoRoomIsDegradedUntilItHasCaughtUp) {
    ASSERT_TRUE(set({parameter("outbox_full_ms", v1::RAIL_FPS, 50)}).ok());
    ScriptedBank slow = bank(kHk);
    ScriptedBank other = bank(kOtherHk);
    ScriptedBank payer = bank(mainland_);
    ScriptedBank other_payer = bank(other_mainland_);
    for (ScriptedBank* one : {&slow, &other, &payer, &other_payer})
        one->connect();
    slow.hold_back_acknowledgements();
    int sent = 0;
    while (sent < kRequestsUntilFull) {
        for (ScriptedBank* one : {&payer, &other_payer}) {
            one->pay_all(transfers(*one, kHk, 512));
            sent += 512;
        }
        while (static_cast<int>(requests_at(slow).size()) < sent && slow.read_frame("requests")) {
        }
    }
    EXPECT_EQ(other.take_event(v1::SYSTEM_EVENT_KIND_DEGRADED).participant(), kHk);
    EXPECT_EQ(payer.take_event(v1::SYSTEM_EVENT_KIND_DEGRADED).participant(), kHk) << "over there";
    EXPECT_TRUE(participant(kHk).degraded());
    EXPECT_TRUE(participant(kHk).online());
    const auto refused = transfers(payer, kHk, 1);
    payer.pay_all(refused);
    EXPECT_EQ(payer.take_outcome(refused.front().uetr()), "AB08");
    EXPECT_THAT(get(refused.front().uetr()).response.payment().reason().text(),
                HasSubstr("takes its messages too slowly"));
    settle(payer, other, transfers(payer, kOtherHk, 3));

    slow.acknowledge_again();
    EXPECT_EQ(other.take_event(v1::SYSTEM_EVENT_KIND_RESTORED).participant(), kHk);
    EXPECT_EQ(payer.take_event(v1::SYSTEM_EVENT_KIND_RESTORED).participant(), kHk);
    EXPECT_FALSE(participant(kHk).degraded());
    settle(payer, slow, transfers(payer, kHk, 3));
}

class Defaulted : public SlowBank {
protected:
    Called<v1::DeclareDefaultResponse> declare_default(const std::string& code) {
        v1::DeclareDefaultRequest request;
        request.set_participant(code);
        return call(*operations_, &Operations::DeclareDefault, request);
    }
    v1::ListObligationsResponse obligations(const std::string& code) {
        v1::ListObligationsRequest request;
        request.set_participant(code);
        return call(*operations_, &Operations::ListObligations, request).response;
    }
    void expect_obligations(const std::vector<v1::CreditTransfer>& owed, bool in_default) {
        const v1::ListObligationsResponse listed = obligations(kOtherHk);
        EXPECT_EQ(listed.total(), static_cast<std::int64_t>(owed.size()));
        ASSERT_EQ(listed.obligations_size(), static_cast<int>(owed.size()));
        for (int i = 0; i < listed.obligations_size(); ++i) {
            const v1::Obligation& one = listed.obligations(i);
            EXPECT_EQ(one.uetr(), owed[static_cast<std::size_t>(i)].uetr()) << "oldest first";
            EXPECT_EQ(one.rail(), v1::RAIL_FPS);
            EXPECT_EQ(one.payee_agent(), kOtherHk);
            EXPECT_EQ(one.amount_minor(), owed[static_cast<std::size_t>(i)].amount_minor());
            EXPECT_EQ(one.currency(), v1::CURRENCY_CNY);
            EXPECT_EQ(one.in_default(), in_default);
        }
    }
};

TEST_F(Defaulted, TakesPartNoMoreAndWhatItOwesIsListed) {
    ASSERT_TRUE(set({parameter("credit_deadline_ms", v1::RAIL_FPS, 1)}).ok());
    ScriptedBank payer = bank(mainland_);
    ScriptedBank failing = bank(kOtherHk);
    ScriptedBank neighbour = bank(kHk);
    for (ScriptedBank* one : {&payer, &failing, &neighbour})
        one->connect();
    settle(payer, failing, transfers(payer, kOtherHk, 2));
    auto owed = transfers(payer, kOtherHk, 3);
    for (const v1::CreditTransfer& one : owed) {
        payer.pay(one);
        accept_all(failing, {one});
        EXPECT_EQ(payer.take_outcome(one.uetr()), "ACSC");
    }
    const auto pending = transfers(payer, kOtherHk, 1);
    payer.pay_all(pending);
    EXPECT_EQ(failing.take_request(pending.front().uetr()).transfer().uetr(),
              pending.front().uetr());
    const bool overdue = running_.switch_process().wait_until(kPatience, [&] {
        settle(payer, neighbour, transfers(payer, kHk, 1));  // Time goes on with what happens.
        return status().obligations_overdue() == 3;
    });
    EXPECT_TRUE(overdue);
    expect_obligations(owed, false);
    for (const v1::CreditTransfer& one : owed) {
        const std::string line = "overdue: " + std::string(kOtherHk) + " has not credited 1.0";
        const auto told = [&] {
            const std::string output = running_.switch_process().output();
            return output.find(line) != std::string::npos &&
                   output.find("of payment " + one.uetr()) != std::string::npos;
        };
        EXPECT_TRUE(running_.switch_process().wait_until(kPatience, told)) << one.uetr();
    }

    const auto declared = declare_default(kOtherHk);
    ASSERT_TRUE(declared.ok()) << declared.said();
    EXPECT_EQ(declared.response.open_obligations(), 3);
    EXPECT_EQ(declared.response.open_cny_minor(), 100 + 101 + 102);
    EXPECT_EQ(declared.response.open_hkd_minor(), 0);
    EXPECT_EQ(payer.take_event(v1::SYSTEM_EVENT_KIND_DEFAULT).participant(), kOtherHk);
    EXPECT_EQ(neighbour.take_event(v1::SYSTEM_EVENT_KIND_DEFAULT).participant(), kOtherHk);
    expect_obligations(owed, true);
    EXPECT_EQ(status().obligations_overdue(), 0) << "nobody waits for it any more";

    const auto to_it = transfers(payer, kOtherHk, 1);
    payer.pay_all(to_it);
    EXPECT_EQ(payer.take_outcome(to_it.front().uetr()), "AG11");
    const auto from_it = transfers(failing, mainland_, 1);
    failing.pay_all(from_it);
    EXPECT_EQ(failing.take_outcome(from_it.front().uetr()), "DNOR");
    failing.accept(pending.front().uetr());
    EXPECT_EQ(payer.take_outcome(pending.front().uetr()), "ACSC") << "it ends as it would";
    failing.report_credited(owed.front().uetr());
    failing.wait_acknowledged();
    owed.erase(owed.begin());
    owed.push_back(pending.front());
    expect_obligations(owed, true);

    restart({"--parameters", "log"});
    EXPECT_TRUE(participant(kOtherHk).in_default()) << "it cannot be taken back";
    expect_obligations(owed, true);
    EXPECT_EQ(declare_default(kOtherHk).response.open_obligations(), 3) << "it is so already";
    EXPECT_THAT(declare_default("LW6").said(), StartsWith("NOT_FOUND PARTICIPANT_KNOWN "));
}

}  // namespace
}  // namespace lowu::test
