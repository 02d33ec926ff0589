// The kill test's own parts: a judge that is told of doctored books, the plan, the report, the
// proxy, the names of the steps. Exists because a test that finds nothing must be able to find.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/integration/running_scheme.hpp"
#include "tests/kill/judge.hpp"
#include "tests/kill/plan.hpp"
#include "tests/kill/tally.hpp"
#include "tests/kill/tcp_proxy.hpp"
#include "tests/support/process.hpp"

namespace lowu::killing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kUetr = "11111111-1111-4111-8111-111111111111";
constexpr std::int64_t kAmountMinor = 12'300;

v1::Payment payment(v1::PaymentStatus status) {
    v1::Payment payment;
    payment.set_uetr(kUetr);
    payment.set_amount_minor(kAmountMinor);
    payment.set_status(status);
    const bool settled = status == v1::PAYMENT_STATUS_ACSC;
    payment.set_origin_state(settled ? "SETTLED" : "REJECTED");
    payment.set_destination_state(settled ? "SETTLED" : "");
    payment.set_credited(settled);
    return payment;
}

BankEntry entry(const std::string& bank, std::uint64_t number, const std::string& text,
                std::int64_t amount_minor = kAmountMinor) {
    BankEntry told{bank, {}};
    told.entry.set_number(number);
    told.entry.set_uetr(kUetr);
    told.entry.set_text(text);
    told.entry.set_amount_minor(amount_minor);
    return told;
}

Evidence settled() {
    Evidence evidence;
    evidence.payments = {payment(v1::PAYMENT_STATUS_ACSC)};
    evidence.entries = {entry("012", 5, "remittance sent"),
                        entry("104100000004", 9, "remittance received")};
    return evidence;
}

Evidence refused() {
    Evidence evidence;
    evidence.payments = {payment(v1::PAYMENT_STATUS_RJCT)};
    evidence.payments[0].mutable_reason()->set_code("AB05");
    evidence.entries = {entry("012", 5, "remittance sent"),
                        entry("012", 6, "remittance refused, money back")};
    return evidence;
}

std::vector<std::string> kinds(const std::vector<Finding>& findings) {
    std::vector<std::string> names;
    for (const Finding& finding : findings) {
        names.emplace_back(name_of(finding.kind));
    }
    return names;
}

std::vector<std::string> judged(const Evidence& evidence) {
    return kinds(Judge().judge(evidence));
}

TEST(Judge, FindsNothingInSoundBooks) {
    EXPECT_THAT(judged(settled()), IsEmpty());
    EXPECT_THAT(judged(refused()), IsEmpty());
    Evidence never_sent = refused();
    never_sent.payments.clear();
    EXPECT_THAT(judged(never_sent), IsEmpty());
}

TEST(Judge, CountsWhatItIsTold) {
    Judge judge;
    (void)judge.judge(settled());
    EXPECT_EQ(judge.payments(), 1U);
    EXPECT_EQ(judge.settled(), 1U);
    EXPECT_TRUE(judge.knows(kUetr));
    Judge other;
    (void)other.judge(refused());
    EXPECT_EQ(other.refused_by_reason().at("AB05"), 1U);
}

TEST(Judge, FindsWhatIsLost) {
    Evidence not_credited = settled();
    not_credited.entries.pop_back();
    EXPECT_THAT(judged(not_credited), ElementsAre("lost"));
    Evidence kept = refused();
    kept.entries.pop_back();
    EXPECT_THAT(judged(kept), ElementsAre("lost"));
    Evidence unknown_to_the_switch = settled();
    unknown_to_the_switch.payments.clear();
    unknown_to_the_switch.entries.pop_back();
    EXPECT_THAT(judged(unknown_to_the_switch), ElementsAre("lost"));
    Evidence never_debited = settled();
    never_debited.entries.erase(never_debited.entries.begin());
    EXPECT_THAT(judged(never_debited), ElementsAre("lost"));
}

TEST(Judge, FindsWhatIsDoubled) {
    Evidence credited_twice = settled();
    credited_twice.entries.push_back(entry("104100000004", 10, "remittance received"));
    EXPECT_THAT(judged(credited_twice), ElementsAre("doubled"));
    Evidence both = settled();
    both.entries.push_back(entry("012", 6, "remittance refused, money back"));
    EXPECT_THAT(judged(both), ElementsAre("doubled"));
    Evidence credited_and_refused = refused();
    credited_and_refused.entries[1] = entry("104100000004", 9, "remittance received");
    EXPECT_THAT(judged(credited_and_refused), ElementsAre("doubled"));
    Evidence credited_and_unknown = settled();
    credited_and_unknown.payments.clear();
    EXPECT_THAT(judged(credited_and_unknown), ElementsAre("doubled"));
}

TEST(Judge, FindsWhatIsStuck) {
    Evidence pending = settled();
    pending.payments[0].set_status(v1::PAYMENT_STATUS_ACSP);
    pending.entries.pop_back();
    EXPECT_THAT(judged(pending), ElementsAre("stuck"));
    Evidence uncredited = settled();
    uncredited.payments[0].set_credited(false);
    EXPECT_THAT(judged(uncredited), ElementsAre("stuck"));
    Evidence figures;
    figures.pending = 1;
    figures.not_credited = 2;
    figures.outgoing_pending = 3;
    figures.incoming_promised = 4;
    EXPECT_THAT(judged(figures), ElementsAre("stuck", "stuck", "stuck", "stuck"));
}

TEST(Judge, FindsContradictions) {
    Evidence rails = settled();
    rails.payments[0].set_destination_state("REJECTED");
    EXPECT_THAT(judged(rails), ElementsAre("contradicted"));
    Evidence amounts = settled();
    amounts.entries[1].entry.set_amount_minor(kAmountMinor - 1);
    EXPECT_THAT(judged(amounts), ElementsAre("contradicted"));
    Evidence bank = settled();
    v1::Remittance remittance;
    remittance.set_uetr(kUetr);
    remittance.set_status(v1::PAYMENT_STATUS_RJCT);
    bank.remittances = {remittance};
    EXPECT_THAT(judged(bank), ElementsAre("contradicted"));
    Evidence other_entries = settled();
    other_entries.entries.push_back(entry("012", 7, "payment sent back"));
    EXPECT_THAT(judged(other_entries), ElementsAre("contradicted"));
}

TEST(Judge, FindsWhatChangesAfterwards) {
    Judge judge;
    EXPECT_THAT(kinds(judge.judge(settled())), IsEmpty());
    EXPECT_THAT(kinds(judge.judge(settled())), IsEmpty());
    Evidence later;
    later.payments = {payment(v1::PAYMENT_STATUS_RJCT)};
    EXPECT_THAT(kinds(judge.judge(later)), ::testing::Contains("contradicted"));
    Evidence rewritten;
    rewritten.entries = {entry("012", 5, "remittance sent", 1)};
    EXPECT_THAT(kinds(judge.judge(rewritten)), ElementsAre("lost"));
}

std::vector<CrashStep> every_step() {
    const auto steps = all_crash_steps();
    return {steps.begin(), steps.end()};
}

TEST(Plan, HasEveryStepInACycleAndIsTheSameForOneSeed) {
    Plan plan({.seed = 5, .steps = every_step()});
    Plan again({.seed = 5, .steps = every_step()});
    std::set<CrashStep> met;
    std::set<Fault> faults;
    for (std::uint64_t i = 0; i < plan.cycle(); ++i) {
        const Round& round = plan.at(i);
        EXPECT_EQ(round.number, i);
        EXPECT_EQ(round.seed, again.at(i).seed);
        EXPECT_EQ(round.victim, again.at(i).victim);
        faults.insert(round.fault);
        if (round.fault != Fault::kStep) continue;
        met.insert(round.step);
        EXPECT_EQ(is_step_of_bank(round.step), round.victim != Victim::kSwitch);
    }
    EXPECT_EQ(met.size(), kCrashSteps);
    EXPECT_EQ(faults.size(), kFaults);
}

TEST(Plan, StartsWhatTheNextEndAsksFor) {
    Plan plan({.seed = 6, .steps = every_step()});
    for (std::uint64_t i = 0; i < plan.cycle(); ++i) {
        const auto next = plan.next_end(Victim::kSwitch, i);
        ASSERT_TRUE(next.has_value());
        EXPECT_GE(next->number, i);
        EXPECT_TRUE(ends_process(next->fault));
        for (std::uint64_t between = i; between < next->number; ++between) {
            const Round& round = plan.at(between);
            EXPECT_FALSE(round.victim == Victim::kSwitch && ends_process(round.fault));
        }
    }
}

TEST(Plan, LeavesTheBanksAloneWhenTold) {
    Plan plan({.seed = 7, .steps = every_step(), .banks = false});
    for (std::uint64_t i = 0; i < plan.cycle(); ++i) {
        const Round& round = plan.at(i);
        EXPECT_TRUE(round.victim == Victim::kSwitch || !ends_process(round.fault));
    }
}

TEST(Tally, TellsWhatWasNeverMet) {
    Tally tally;
    const Round met{.fault = Fault::kStep, .step = CrashStep::kBatchWritten};
    const Round missed{.fault = Fault::kStep, .step = CrashStep::kBatchDurable};
    tally.strike(met, true, 150);
    tally.strike(missed, false, 3);
    const std::vector<CrashStep> wanted = {CrashStep::kBatchWritten, CrashStep::kBatchDurable,
                                           CrashStep::kSegmentBegun};
    EXPECT_THAT(tally.never_met(wanted),
                ElementsAre(CrashStep::kBatchDurable, CrashStep::kSegmentBegun));
    EXPECT_TRUE(tally.clean());
    EXPECT_THAT(tally.text({1, 2, wanted}), HasSubstr("NEVER MET: segment_begun"));
    tally.found({{Finding::Kind::kLost, "one"}});
    EXPECT_FALSE(tally.clean());
    EXPECT_THAT(tally.json({1, 2, wanted}), HasSubstr("\"lost\": 1"));
}

TEST(Tally, SaysHowFarARunIs) {
    using std::chrono::minutes;
    using std::chrono::seconds;
    EXPECT_EQ(time_left({.passed = minutes(10), .time = minutes(60), .rounds = 9}), minutes(50));
    EXPECT_EQ(time_left({.passed = seconds(100), .rounds = 10, .rounds_max = 40}), seconds(300));
    EXPECT_EQ(
        time_left({.passed = minutes(10), .time = minutes(60), .rounds = 9, .rounds_max = 10}),
        seconds(66));
    EXPECT_EQ(time_left({.passed = minutes(70), .time = minutes(60)}), seconds(0));
    EXPECT_FALSE(time_left({.passed = minutes(10)}).has_value());
    EXPECT_FALSE(time_left({.passed = minutes(10), .rounds_max = 10}).has_value());

    Tally tally;
    tally.strike({.fault = Fault::kStep, .step = CrashStep::kBatchWritten}, true, 150);
    tally.strike({.fault = Fault::kPause}, true, 150);
    tally.found({{Finding::Kind::kStuck, "one"}});
    const std::string line = tally.progress(
        {minutes(3), minutes(60), 2, 0, {CrashStep::kBatchWritten, CrashStep::kSegmentBegun}});
    EXPECT_THAT(line, HasSubstr("3 min, 2 rounds, 1 kills, 1 of 2 steps met"));
    EXPECT_THAT(line, HasSubstr("0 lost, 0 doubled, 1 stuck, 0 contradicted"));
    EXPECT_THAT(line, HasSubstr("at most 58 min to go"));
}

TEST(Tally, EveryKeyOfTheReportIsInTheReadme) {
    Tally tally;
    tally.strike({.fault = Fault::kStep, .step = CrashStep::kBatchWritten}, true, 150);
    tally.strike({.fault = Fault::kPause}, true, 150);
    const auto report = nlohmann::json::parse(tally.json({1, 2, {}}));
    const std::string readme = test::read_file(test::source("tests/kill/README.md"));
    for (const auto& [key, value] : report.items()) {
        EXPECT_THAT(readme, HasSubstr("`" + key + "`"));
    }
}

TEST(CrashStep, HasANameAndIsFoundByIt) {
    std::set<std::string_view> names;
    for (const CrashStep step : all_crash_steps()) {
        names.insert(lowu::name_of(step));
        EXPECT_EQ(crash_step_named(lowu::name_of(step)), step);
    }
    EXPECT_EQ(names.size(), kCrashSteps);
    EXPECT_FALSE(crash_step_named("").has_value());
    EXPECT_FALSE(crash_step_named("no_such_step").has_value());
}

TEST(CrashStep, AVariantRefusesAPlanThatIsNone) {
    for (const char* plan : {"", "batch_written", "no_such_step:1", "batch_written:0",
                             "batch_written:1:now", "batch_written:-1", "batch_written:1x"}) {
        const test::Finished said =
            test::run({std::string(LOWU_BIN_DIR) + "/lowu_switch_crash", "--help"}, test::kPatience,
                      {{"LOWU_CRASH_AT", plan}});
        EXPECT_EQ(said.exit_code, 64) << plan;
        EXPECT_THAT(said.errors, HasSubstr("batch_written")) << plan;
    }
}

TEST(CrashStep, TheInstalledProgramTakesNoNotice) {
    const test::Finished said = test::run({std::string(LOWU_BIN_DIR) + "/lowu_switch", "--help"},
                                          test::kPatience, {{"LOWU_CRASH_AT", "no_such_step:1"}});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.errors, IsEmpty());
}

// At once, and not after the patience that a process which only starts slowly is given.
TEST(WaitServing, SaysHowAProcessEndedThatWasWaitedFor) {
    const test::TempDirectory folder;
    test::Process process(
        {{"/bin/sh", "-c", "echo the last words; exit 7"}, folder.file("output"), "", "", {}});
    const auto began = std::chrono::steady_clock::now();
    const std::string address = "127.0.0.1:" + std::to_string(test::free_port());
    const auto serves = test::wait_serving(address, process);
    ASSERT_FALSE(serves.ok());
    EXPECT_THAT(serves.error().what, HasSubstr("ended with exit code 7 before it served"));
    EXPECT_THAT(serves.error().what, HasSubstr("the last words"));
    EXPECT_LT(std::chrono::steady_clock::now() - began, test::kPatience / 4);
}

// A socket on loopback that closes itself.
class Socket {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {
        const timeval patience{60, 0};
        (void)::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Socket& operator=(Socket&&) = delete;
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    static Socket listening(std::uint16_t port) {
        Socket socket(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = loopback(port);
        EXPECT_EQ(
            ::bind(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
        EXPECT_EQ(::listen(socket.descriptor_, 4), 0);
        return socket;
    }
    static Socket connected(std::uint16_t port) {
        Socket socket(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = loopback(port);
        EXPECT_EQ(::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address),
                            sizeof address),
                  0);
        return socket;
    }
    [[nodiscard]] Socket accepted() const {
        return Socket(::accept(descriptor_, nullptr, nullptr));
    }
    void say(const std::string& text) const {
        EXPECT_EQ(::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    /// What comes next, "end" when the other side has ended, "reset" when it was cut off.
    [[nodiscard]] std::string hear() const {
        std::array<char, 64> bytes{};
        const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
        if (count < 0) return errno == ECONNRESET ? "reset" : "nothing";
        return count == 0 ? "end" : std::string(bytes.data(), static_cast<std::size_t>(count));
    }

private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    int descriptor_;
};

TEST(TcpProxy, PassesCutsAndHalfCloses) {
    const std::uint16_t listen = test::free_port();
    const std::uint16_t target = test::free_port();
    const Socket server = Socket::listening(target);
    TcpProxy proxy(listen, target);

    const Socket client = Socket::connected(listen);
    const Socket served = server.accepted();
    client.say("to the server");
    EXPECT_EQ(served.hear(), "to the server");
    served.say("and back");
    EXPECT_EQ(client.hear(), "and back");

    proxy.half_close();
    EXPECT_EQ(served.hear(), "end");
    served.say("still heard");
    EXPECT_EQ(client.hear(), "still heard");

    proxy.cut();
    EXPECT_EQ(client.hear(), "reset");
    const Socket refused = Socket::connected(listen);
    EXPECT_EQ(refused.hear(), "reset");

    proxy.pass();
    const Socket again = Socket::connected(listen);
    const Socket served_again = server.accepted();
    again.say("as before");
    EXPECT_EQ(served_again.hear(), "as before");
}

TEST(TcpProxy, StallsAndDelays) {
    const std::uint16_t listen = test::free_port();
    const std::uint16_t target = test::free_port();
    const Socket server = Socket::listening(target);
    TcpProxy proxy(listen, target);
    const Socket client = Socket::connected(listen);
    const Socket served = server.accepted();

    proxy.stall();
    client.say("held");
    auto heard = std::async(std::launch::async, [&] { return served.hear(); });
    EXPECT_EQ(heard.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
    proxy.pass();
    EXPECT_EQ(heard.get(), "held");

    constexpr std::chrono::milliseconds kLate{200};
    proxy.delay(kLate);
    const auto began = std::chrono::steady_clock::now();
    client.say("late");
    EXPECT_EQ(served.hear(), "late");
    EXPECT_GE(std::chrono::steady_clock::now() - began, kLate);
}

}  // namespace
}  // namespace lowu::killing
