// Payments that the cells have forgotten, on a real switch with a small memory: they are told,
// listed, sent back, repeated and asked about as if they were remembered; statements and watches go
// on over them; and all of it again after kill -9 and a start from a snapshot.
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "lowu/v1/bank.grpc.pb.h"
#include "tests/integration/services_fixture.hpp"

namespace lowu::test {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Payments = v1::PaymentService::Stub;

/// Played by bank_sim; the other banks are the test's.
constexpr const char* kSimulatedHk = "LW9";

class OldPayments : public Services {
protected:
    OldPayments() : Services("hk.txtpb", "mainland.txtpb") { opening_minor_ = 100'000'000'000; }

    void SetUp() override {
        const auto bank_of = [](const std::string& rail, const std::string& code) {
            return "token_keys { rail: " + rail + " version: 1 key_hex: \"" + std::string(64, '7') +
                   "\" }\nbanks { rail: " + rail + " code: \"" + code +
                   "\" name_en: \"Invented Bank\" name_zh: \"虛構銀行\" }\n";
        };
        write_file(folder_.file("hk.txtpb"), bank_of("RAIL_FPS", kSimulatedHk));
        write_file(folder_.file("mainland.txtpb"), bank_of("RAIL_IBPS", simulated_mainland_));
        const std::string money = std::to_string(opening_minor_);
        std::string more = "payments_max: 1024\nparticipants { rail: RAIL_FPS code: \"" +
                           std::string(kSimulatedHk) + "\" opening_cny_minor: " + money +
                           " }\nparticipants { rail: RAIL_IBPS code: \"" + simulated_mainland_ +
                           "\" net_debit_cap_minor: " + money + " }\n";
        for (const char* name : {"person_day_limit", "person_year_limit"}) {
            for (const char* place : {"rail: RAIL_FPS direction: DIRECTION_NORTHBOUND",
                                      "rail: RAIL_IBPS direction: DIRECTION_SOUTHBOUND"}) {
                more += "parameters { name: \"" + std::string(name) + "\" " + place +
                        " service: SERVICE_P2P_REMITTANCE value: 99999999999999999 }\n";
            }
        }
        write_config(more);
        ASSERT_TRUE(running_.start());
        make_stubs();
        connect();
    }
    void connect() {
        for (ScriptedBank* one : {&hk_bank_, &other_hk_bank_, &mainland_bank_})
            one->connect();
    }
    /// kill -9 and a start; everybody comes back.
    void restart_all() {
        restart();
        ASSERT_TRUE(running_.wait_for_sessions());
        connect();
    }

    // What happens.

    void run_traffic(std::int64_t payments_of_each_side) {
        for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
            v1::StartTrafficRequest request;
            request.set_payments(payments_of_each_side);
            request.set_in_flight(50);
            request.set_seed(20'250'622);
            request.add_payee_agents(rail == scheme::Rail::kFps ? simulated_mainland_
                                                                : kSimulatedHk);
            const auto started = running_.network().banks_of(rail).start_traffic(request);
            ASSERT_TRUE(started.ok()) << started.error().what;
        }
        wait_for_quiet();
    }
    /// All that is pending has ended, but for what nobody reports credited.
    void wait_for_quiet() {
        const bool quiet = running_.switch_process().wait_until(kPatience, [&] {
            for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
                const auto traffic = running_.network().banks_of(rail).traffic();
                if (!traffic || traffic->running()) return false;
            }
            const v1::GetStatusResponse now = status();
            return now.pending() == 0 && now.settled_not_credited() == never_credited_;
        });
        ASSERT_TRUE(quiet) << running_.tails();
    }
    /// Of every kind that a list can tell apart.
    void pay_of_every_kind() {
        southbound_ = transfers(mainland_bank_, kHk, 20);
        settle(mainland_bank_, hk_bank_, southbound_);
        settle(hk_bank_, mainland_bank_, transfers(hk_bank_, mainland_, 20));
        for (v1::CreditTransfer one : transfers(hk_bank_, kOtherHk, 5)) {
            one.set_service(v1::SERVICE_DOMESTIC);
            one.set_purpose(v1::PURPOSE_OTHER);
            settle(hk_bank_, other_hk_bank_, {one});
        }
        for (const v1::CreditTransfer& one : transfers(mainland_bank_, kHk, 5)) {
            mainland_bank_.pay(one);
            v1::ParticipantMessage no;
            no.mutable_answer()->set_uetr(hk_bank_.take_request(one.uetr()).transfer().uetr());
            no.mutable_answer()->set_answer(v1::ANSWER_REJECTED);
            no.mutable_answer()->set_reason_code("AC03");
            hk_bank_.send(no);
            EXPECT_EQ(mainland_bank_.take_outcome(one.uetr()), "AC03");
        }
        for (const v1::CreditTransfer& one : transfers(hk_bank_, other_mainland_, 3)) {
            hk_bank_.pay(one);
            EXPECT_EQ(hk_bank_.take_outcome(one.uetr()), "AB08") << "it is away";
        }
        const std::string back = hk_bank_.send_back(southbound_[1].uetr(), 30);
        EXPECT_EQ(hk_bank_.take_outcome(back), "ACSC");
        owed_ = transfers(mainland_bank_, kOtherHk, 1).front();
        mainland_bank_.pay(owed_);
        accept_all(other_hk_bank_, {owed_});
        EXPECT_EQ(mainland_bank_.take_outcome(owed_.uetr()), "ACSC");
        never_credited_ = 1;
    }
    /// Two days later: nobody speaks of these payments any more.
    void let_two_days_pass() {
        wait_for_quiet();
        const auto advanced = advance(status().scheme_time_ms() + 2 * day_ms_);
        ASSERT_TRUE(advanced.ok()) << advanced.said();
        for (ScriptedBank* one : {&hk_bank_, &other_hk_bank_, &mainland_bank_})
            one->set_scheme_time(advanced.response.scheme_time_ms());
        const bool forgotten = running_.switch_process().wait_until(
            kPatience, [&] { return status().forgotten_legs() > 600; });
        ASSERT_TRUE(forgotten) << running_.tails();
    }

    // What is told.

    std::vector<v1::Payment> list(v1::ListPaymentsRequest request) {
        std::vector<v1::Payment> all;
        do {
            const auto page = call(*payments_, &Payments::ListPayments, request);
            EXPECT_TRUE(page.ok()) << page.said();
            if (!page.ok()) break;
            EXPECT_LE(page.response.payments_size(), request.page_size());
            all.insert(all.end(), page.response.payments().begin(), page.response.payments().end());
            request.set_page_token(page.response.next_page_token());
        } while (!request.page_token().empty());
        return all;
    }
    std::vector<v1::Payment> list_all() {
        v1::ListPaymentsRequest request;
        request.set_page_size(17);
        return list(request);
    }
    /// The list is the same as picking from all payments.
    void expect_list(const v1::ListPaymentsRequest& filter, const std::vector<v1::Payment>& all,
                     const std::function<bool(const v1::Payment&)>& wanted) {
        v1::ListPaymentsRequest request = filter;
        request.set_page_size(13);
        std::vector<std::string> picked;
        for (const v1::Payment& one : all) {
            if (wanted(one)) picked.push_back(one.uetr());
        }
        std::vector<std::string> listed;
        for (const v1::Payment& one : list(request))
            listed.push_back(one.uetr());
        EXPECT_EQ(listed, picked) << filter.ShortDebugString();
        EXPECT_FALSE(picked.empty()) << "the filter is tried: " << filter.ShortDebugString();
    }
    void expect_lists(const std::vector<v1::Payment>& all);
    void expect_statement(const v1::Position& position);
    void expect_sent_back(const v1::CreditTransfer& original);
    void expect_repeated(const v1::CreditTransfer& repeated, v1::CreditTransfer differs,
                         v1::CreditTransfer stolen);
    void expect_enquired(const std::string& uetr);
    void expect_statements() {
        const auto positions = call(*operations_, &v1::OperationsService::Stub::ListPositions,
                                    v1::ListPositionsRequest());
        int accounts = 0;
        for (const v1::Position& one : positions.response.positions()) {
            const bool told = one.kind() == v1::ACCOUNT_KIND_SETTLEMENT ||
                              one.kind() == v1::ACCOUNT_KIND_LINK_AGENT;
            if (!told) continue;
            ++accounts;
            expect_statement(one);
        }
        EXPECT_GE(accounts, 8);
    }
    void expect_books_agree() {
        const Finished reconciled = running_.lowu({"reconcile", "--brief", "--wait-ms", "60000"});
        EXPECT_EQ(reconciled.exit_code, 0) << reconciled.output << reconciled.errors;
    }
    /// Field by field, whether remembered or not; how many were told from the archive.
    int expect_same(const std::vector<v1::Payment>& payments) {
        int archived = 0;
        for (const v1::Payment& old : payments) {
            const auto now = get(old.uetr());
            EXPECT_TRUE(now.ok()) << now.said();
            EXPECT_TRUE(MessageDifferencer::Equals(now.response.payment(), old))
                << old.DebugString() << now.response.payment().DebugString();
            EXPECT_FALSE(now.response.timeline().empty()) << old.uetr();
            archived += now.response.archived() ? 1 : 0;
        }
        return archived;
    }
    /// Everything that can be asked, after whatever has happened.
    void expect_all_told(const std::vector<v1::Payment>& old) {
        EXPECT_GT(expect_same(old), 200);
        expect_lists(list_all());
        expect_statements();
    }
    /// The one that nobody had credited.
    void credit_the_owed_one() {
        other_hk_bank_.report_credited(owed_.uetr());
        other_hk_bank_.wait_acknowledged();
        never_credited_ = 0;
        EXPECT_TRUE(get(owed_.uetr()).response.payment().credited());
        EXPECT_EQ(status().settled_not_credited(), 0);
    }

    const std::string simulated_mainland_ = invented_code(3);
    ScriptedBank hk_bank_{running_.addresses().switch_address, kHk};
    ScriptedBank other_hk_bank_{running_.addresses().switch_address, kOtherHk};
    ScriptedBank mainland_bank_{running_.addresses().switch_address, mainland_};
    std::vector<v1::CreditTransfer> southbound_;  ///< Settled and credited.
    v1::CreditTransfer owed_;                     ///< Settled, and not credited.
    std::int64_t never_credited_ = 0;
};

void OldPayments::expect_lists(const std::vector<v1::Payment>& all) {
    std::set<std::string> uetrs;
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_TRUE(uetrs.insert(all[i].uetr()).second) << "twice: " << all[i].uetr();
        if (i == 0) continue;
        EXPECT_LE(all[i].acceptance_time_ms(), all[i - 1].acceptance_time_ms()) << "newest first";
    }
    EXPECT_EQ(static_cast<std::int64_t>(all.size()), status().payments());
    v1::ListPaymentsRequest filter;
    for (const std::string& bank : {std::string(kHk), std::string(kSimulatedHk), mainland_}) {
        filter.set_participant(bank);
        expect_list(filter, all, [&](const v1::Payment& one) {
            return one.payer_agent() == bank || one.payee_agent() == bank;
        });
    }
    filter.set_status(v1::PAYMENT_STATUS_RJCT);
    expect_list(filter, all, [&](const v1::Payment& one) {
        return one.status() == v1::PAYMENT_STATUS_RJCT &&
               (one.payer_agent() == mainland_ || one.payee_agent() == mainland_);
    });
    filter.Clear();
    filter.set_status(v1::PAYMENT_STATUS_ACSC);
    expect_list(filter, all,
                [](const auto& one) { return one.status() == v1::PAYMENT_STATUS_ACSC; });
    filter.Clear();
    for (const auto direction :
         {v1::DIRECTION_NORTHBOUND, v1::DIRECTION_SOUTHBOUND, v1::DIRECTION_DOMESTIC}) {
        filter.set_direction(direction);
        expect_list(filter, all, [&](const auto& one) { return one.direction() == direction; });
    }
    filter.Clear();
    filter.set_service(v1::SERVICE_DOMESTIC);
    expect_list(filter, all, [](const auto& one) { return one.service() == v1::SERVICE_DOMESTIC; });
    filter.Clear();
    for (const char* reason : {"AC03", "AB08"}) {
        filter.set_reason_code(reason);
        expect_list(filter, all, [&](const auto& one) { return one.reason().code() == reason; });
    }
    filter.Clear();
    const std::int64_t from = all[all.size() * 3 / 4].acceptance_time_ms();
    const std::int64_t before = all[all.size() / 4].acceptance_time_ms();
    filter.set_accepted_from_ms(from);
    filter.set_accepted_before_ms(before);
    expect_list(filter, all, [&](const auto& one) {
        return one.acceptance_time_ms() >= from && one.acceptance_time_ms() < before;
    });
}

/// Opening and entries are the closing, page after page, and the last closing is the position.
void OldPayments::expect_statement(const v1::Position& position) {
    SCOPED_TRACE(position.ShortDebugString());
    v1::GetStatementRequest request;
    request.mutable_account()->set_rail(position.rail());
    request.mutable_account()->set_owner(position.owner());
    request.mutable_account()->set_kind(position.kind());
    request.mutable_account()->set_currency(position.currency());
    request.set_page_size(31);
    std::int64_t balance = 0;
    std::int64_t entries = 0;
    std::uint64_t sequence = 0;
    do {
        const auto page = call(*settlement_, &v1::SettlementService::Stub::GetStatement, request);
        ASSERT_TRUE(page.ok()) << page.said();
        EXPECT_EQ(page.response.opening_balance_minor(), balance);
        for (const v1::StatementEntry& entry : page.response.entries()) {
            balance += entry.amount_minor();
            EXPECT_EQ(entry.balance_minor(), balance);
            EXPECT_GE(entry.sequence(), sequence);
            sequence = entry.sequence();
            ++entries;
        }
        EXPECT_EQ(page.response.closing_balance_minor(), balance);
        request.set_page_token(page.response.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(balance, position.balance_minor());
    EXPECT_EQ(entries, position.entries());
    // What a day begins with is what the days before it have ended with.
    request.set_before_ms(start_ms_ + day_ms_);
    request.set_page_size(1'000);
    const auto first = call(*settlement_, &v1::SettlementService::Stub::GetStatement, request);
    request.set_before_ms(0);
    request.set_from_ms(start_ms_ + day_ms_);
    const auto rest = call(*settlement_, &v1::SettlementService::Stub::GetStatement, request);
    EXPECT_EQ(first.response.closing_balance_minor(), rest.response.opening_balance_minor());
    EXPECT_EQ(first.response.entries_size() + rest.response.entries_size(), entries);
}

TEST_F(OldPayments, AreToldListedAndBookedAsIfTheyWereRemembered) {
    run_traffic(150);
    pay_of_every_kind();
    wait_for_quiet();
    const std::vector<v1::Payment> old = list_all();
    EXPECT_GT(old.size(), 350U);
    EXPECT_EQ(expect_same(old), 0) << "all of them are remembered";
    let_two_days_pass();
    run_traffic(40);
    settle(mainland_bank_, hk_bank_, transfers(mainland_bank_, kHk, 40));
    expect_all_told(old);
    ASSERT_EQ(status().settled_not_credited(), 1);

    take_snapshot();
    run_traffic(40);
    settle(hk_bank_, mainland_bank_, transfers(hk_bank_, mainland_, 40));
    const auto forgotten = status().forgotten_legs();
    restart_all();
    EXPECT_EQ(status().forgotten_legs(), forgotten);
    expect_all_told(old);

    credit_the_owed_one();
    expect_books_agree();
}

/// In part, and no more than there was.
void OldPayments::expect_sent_back(const v1::CreditTransfer& original) {
    ASSERT_TRUE(get(original.uetr()).response.archived());
    const std::int64_t amount = original.amount_minor();
    const std::string part = hk_bank_.send_back(original.uetr(), amount - 10);
    EXPECT_EQ(hk_bank_.take_outcome(part), "ACSC");
    const auto returned = mainland_bank_.take("money that comes back", [&](const auto& one) {
        return one.payment_returned().uetr() == part;
    });
    EXPECT_EQ(returned.payment_returned().original_uetr(), original.uetr());
    EXPECT_EQ(returned.payment_returned().amount_minor(), amount - 10);
    EXPECT_EQ(hk_bank_.take_outcome(hk_bank_.send_back(original.uetr(), 11)), "AM09");
    EXPECT_EQ(get(original.uetr()).response.payment().returned_minor(), amount - 10);
    EXPECT_EQ(hk_bank_.take_outcome(hk_bank_.send_back(southbound_[1].uetr(), 100)), "AM09")
        << "what had come back before it was forgotten counts";
}

/// What is sent again gets the stored answer, and nothing old is taken for new.
void OldPayments::expect_repeated(const v1::CreditTransfer& repeated, v1::CreditTransfer differs,
                                  v1::CreditTransfer stolen) {
    const std::int64_t held = status().payments();
    mainland_bank_.pay(repeated);
    EXPECT_EQ(mainland_bank_.take_outcome(repeated.uetr()), "ACSC");
    differs.set_amount_minor(1);
    mainland_bank_.pay(differs);
    EXPECT_EQ(mainland_bank_.take_outcome(differs.uetr()), "AM05");
    stolen.set_payer_agent(kHk);
    stolen.set_payee_agent(mainland_);
    stolen.mutable_payer()->set_document(v1::DOCUMENT_TYPE_HKID);
    hk_bank_.pay(stolen);
    EXPECT_EQ(hk_bank_.take_outcome(stolen.uetr()), "DUPL");
    v1::CreditTransfer fresh = transfers(mainland_bank_, kHk, 1).front();
    fresh.set_creation_time_ms(southbound_[0].creation_time_ms());
    mainland_bank_.pay(fresh);
    EXPECT_EQ(mainland_bank_.take_outcome(fresh.uetr()), "DT01");
    EXPECT_EQ(status().payments(), held + 1) << "only the refused one is new";
}

void OldPayments::expect_enquired(const std::string& uetr) {
    EXPECT_EQ(mainland_bank_.enquire(uetr, v1::SIDE_PAYER).status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(hk_bank_.enquire(uetr, v1::SIDE_PAYEE).status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_THAT(other_hk_bank_.enquire(uetr, v1::SIDE_PAYEE).uetr(), IsEmpty())
        << "it has no part in it";
}

TEST_F(OldPayments, AreSentBackRepeatedAndAskedAbout) {
    run_traffic(150);
    pay_of_every_kind();
    let_two_days_pass();
    credit_the_owed_one();
    for (const std::size_t first : {2U, 8U}) {  // The second time after a restart.
        SCOPED_TRACE(first);
        expect_sent_back(southbound_[first]);
        expect_repeated(southbound_[first + 1], southbound_[first + 2], southbound_[first + 3]);
        expect_enquired(southbound_[first + 4].uetr());
        if (first == 2) take_snapshot();
        settle(hk_bank_, mainland_bank_, transfers(hk_bank_, mainland_, 5));
        expect_books_agree();
        restart_all();
    }
    // A bank's own book remembers, and so its customers may send back.
    v1::ListPaymentsRequest of_simulated;
    of_simulated.set_participant(kSimulatedHk);
    of_simulated.set_direction(v1::DIRECTION_SOUTHBOUND);
    of_simulated.set_status(v1::PAYMENT_STATUS_ACSC);
    of_simulated.set_page_size(100);
    const auto theirs = list(of_simulated);
    ASSERT_FALSE(theirs.empty());
    ASSERT_TRUE(get(theirs.back().uetr()).response.archived());
    const Finished back = running_.lowu({"return", kSimulatedHk, theirs.back().uetr()});
    EXPECT_EQ(back.exit_code, 0) << back.output << back.errors;
    expect_books_agree();
}

// A disk that has lost a part of the archive.

/// Bytes turn over in every block where the archive keeps the legs of forgotten payments; how many
/// files.
int damage_legs(const std::string& archive) {
    // What stands behind the blocks is about the file: index, properties, footer.
    constexpr std::size_t kAboutTheFile = 4'096;
    int damaged = 0;
    for (const auto& entry : std::filesystem::directory_iterator(archive)) {
        if (entry.path().extension() != ".sst") continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(file), {}};
        // Each file says of which table it is.
        if (content.find("namelegs") == std::string::npos) continue;
        file.clear();
        for (std::size_t at = 30; at + kAboutTheFile < content.size(); at += 500) {
            file.seekp(static_cast<std::streamoff>(at));
            file.put(static_cast<char>(content[at] ^ 0x5a));
        }
        ++damaged;
    }
    return damaged;
}

TEST_F(OldPayments, ThatCannotBeReadEndOneSessionAndNothingElse) {
    run_traffic(150);
    pay_of_every_kind();
    let_two_days_pass();
    take_snapshot();
    running_.kill_switch();
    ASSERT_GT(damage_legs(running_.switch_directory() + "/archive"), 0);
    ASSERT_TRUE(running_.start_switch());
    make_stubs();
    ASSERT_TRUE(running_.wait_for_sessions());
    connect();

    const auto lost = get(southbound_[2].uetr());
    EXPECT_THAT(lost.said(), StartsWith("DATA_LOSS ARCHIVE_UNREADABLE "));
    EXPECT_THAT(lost.status.error_message(), HasSubstr(".sst"));
    static_cast<void>(hk_bank_.send_back(southbound_[2].uetr(), 10));
    const grpc::Status ended = hk_bank_.wait_for_end();
    EXPECT_THAT(said(ended), StartsWith("DATA_LOSS ARCHIVE_UNREADABLE "));
    EXPECT_THAT(ended.error_message(), HasSubstr(".sst"));
    EXPECT_THAT(running_.switch_process().output(), HasSubstr("a session ends"));

    settle(other_hk_bank_, mainland_bank_, transfers(other_hk_bank_, mainland_, 5));
    run_traffic(20);
    hk_bank_.connect();
    const auto fresh = transfers(mainland_bank_, kHk, 1);
    mainland_bank_.pay(fresh.front());
    EXPECT_EQ(hk_bank_.take_request(fresh.front().uetr()).transfer().uetr(), fresh.front().uetr());
}

class Watch : public OldPayments {
protected:
    v1::WatchPaymentsRequest from(const std::string& token, const std::string& bank = "") {
        v1::WatchPaymentsRequest request;
        request.set_resume_token(token);
        request.set_participant(bank);
        return request;
    }
    /// The next `count` answers.
    std::vector<v1::WatchPaymentsResponse> read(const v1::WatchPaymentsRequest& request,
                                                std::size_t count) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + kPatience);
        const auto stream = payments_->WatchPayments(&context, request);
        std::vector<v1::WatchPaymentsResponse> answers(count);
        for (v1::WatchPaymentsResponse& one : answers)
            EXPECT_TRUE(stream->Read(&one));
        context.TryCancel();
        static_cast<void>(stream->Finish());
        return answers;
    }
    std::string refusal(const std::string& token) {
        grpc::ClientContext context;
        const auto stream = payments_->WatchPayments(&context, from(token));
        v1::WatchPaymentsResponse none;
        EXPECT_FALSE(stream->Read(&none));
        return said(stream->Finish());
    }
    static std::string places(const std::vector<v1::WatchPaymentsResponse>& answers) {
        std::string text;
        for (const v1::WatchPaymentsResponse& one : answers)
            text += std::to_string(one.sequence()) + " " + one.payment().uetr() + stood(one) + "\n";
        return text;
    }
    /// How the payment stood, in a watcher's eyes.
    static std::string stood(const v1::WatchPaymentsResponse& answer) {
        const v1::Payment& payment = answer.payment();
        return std::string(payment.status() == v1::PAYMENT_STATUS_ACSC ? " settled" : " pending") +
               (payment.credited() ? " credited" : "");
    }
};

TEST_F(Watch, GoesOnFromATokenOverARestart) {
    const std::string begin = read(from(""), 1).front().resume_token();
    // Each is taken up, final, and credited.
    settle(mainland_bank_, hk_bank_, transfers(mainland_bank_, kHk, 3));
    const auto all = read(from(begin), 9);
    std::map<std::string, std::string> lives;
    for (const v1::WatchPaymentsResponse& one : all)
        lives[one.payment().uetr()] += stood(one);
    EXPECT_EQ(lives.size(), 3U);
    for (const auto& [uetr, life] : lives)
        EXPECT_EQ(life, " pending settled settled credited") << "each as it was then";
    const std::vector<v1::WatchPaymentsResponse> rest(all.begin() + 4, all.end());
    EXPECT_EQ(places(read(from(all[3].resume_token()), 5)), places(rest));

    restart();
    connect();
    EXPECT_EQ(places(read(from(all[3].resume_token()), 5)), places(rest)) << "from the log";
    take_snapshot();
    restart();
    connect();
    EXPECT_EQ(places(read(from(all[3].resume_token()), 5)), places(rest)) << "from a snapshot";
    const auto more = transfers(hk_bank_, mainland_, 1);
    settle(hk_bank_, mainland_bank_, more);
    const auto last = read(from(all[3].resume_token()), 8).back();
    EXPECT_EQ(last.payment().uetr(), more.front().uetr());
    EXPECT_TRUE(last.payment().credited());
    EXPECT_EQ(places(read(from(begin, kHk), 12)), places(read(from(begin, mainland_), 12)));

    std::string foreign = begin;
    foreign[0] = foreign[0] == '0' ? '1' : '0';
    EXPECT_THAT(refusal(foreign), StartsWith("DATA_LOSS OTHER_LOG resume_token: "));
    std::string later = last.resume_token();
    later[32] = 'f';  // Of an owner that this log has not had.
    EXPECT_THAT(refusal(later), StartsWith("DATA_LOSS OTHER_LOG resume_token: "));
    EXPECT_THAT(refusal("yesterday"), StartsWith("INVALID_ARGUMENT MALFORMED_FIELD "));
}

}  // namespace
}  // namespace lowu::test
