// How the client asks for what was, without the switch: periods and filters as typed, statements
// and positions as text, a payment told from the archive, and a watch of a switch that is played by
// the test.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <future>

#include "client/list_filter.hpp"
#include "client/period.hpp"
#include "client/settlement_query.hpp"
#include "client/stop_signals.hpp"
#include "client/switch_client.hpp"
#include "client/timeline.hpp"
#include "client/watch_text.hpp"

namespace lowu::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kUetr = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
constexpr std::int64_t kNineMs = 1'750'554'000'000;  // 2025-06-22 09:00 UTC+8
constexpr std::int64_t kHourMs = 3'600'000;

Period period_typed(const std::string& from, const std::string& before) {
    const auto typed = parse_period({from, before});
    EXPECT_TRUE(typed.ok()) << from << " " << before;
    const auto period = period_at(*typed, kNineMs + 14 * kHourMs + 1);
    EXPECT_TRUE(period.ok()) << from << " " << before;
    return period.ok() ? *period : Period();
}

TEST(PeriodTyped, IsACalendarTimeOrOneOfToday) {
    EXPECT_EQ(period_typed("", "").from_ms, 0);
    EXPECT_EQ(period_typed("", "").before_ms, 0);
    EXPECT_EQ(period_typed("2025-06-22 09:00", "").from_ms, kNineMs);
    EXPECT_EQ(period_typed("09:00", "10:30:00.500").from_ms, kNineMs);
    EXPECT_EQ(period_typed("09:00", "10:30:00.500").before_ms, kNineMs + 3 * kHourMs / 2 + 500);
    EXPECT_EQ(period_typed("00:00", "").from_ms, kNineMs - 9 * kHourMs);
    EXPECT_EQ(period_typed("2025-06-21 23:00", "00:30").before_ms, kNineMs - 17 * kHourMs / 2);
    EXPECT_FALSE(parse_period({"2025-06-22 09:00", ""})->needs_today());
    EXPECT_TRUE(parse_period({"", "09:00"})->needs_today());
}

TEST(PeriodTyped, NamesTheOptionAndItsRule) {
    for (const char* text : {"yesterday", "24:00", "9:00", "2025-02-30 09:00", "09:00 "}) {
        const auto from = parse_period({text, ""});
        ASSERT_FALSE(from.ok()) << text;
        EXPECT_THAT(from.error().what, HasSubstr("--from must be a time in UTC+8"));
        EXPECT_THAT(parse_period({"", text}).error().what, HasSubstr("--before must be"));
    }
    for (const char* before : {"09:00", "08:59"}) {
        const auto empty = period_at(*parse_period({"09:00", before}), kNineMs);
        ASSERT_FALSE(empty.ok());
        EXPECT_EQ(empty.error().what, "--before must be later than --from");
    }
}

std::string list_refusal(const ListOptions& options) {
    const auto filter = list_filter_of(options);
    return filter ? "" : filter.error().what;
}

TEST(ListFilter, TakesEveryWord) {
    ListOptions options;
    options.participant = "012";
    options.status = "RJCT";
    options.direction = "northbound";
    options.service = "p2p";
    options.reason = "am23";
    options.page_token = "token";
    const auto filter = list_filter_of(options);
    ASSERT_TRUE(filter.ok()) << filter.error().what;
    EXPECT_EQ(filter->participant(), "012");
    EXPECT_EQ(filter->status(), v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(filter->direction(), v1::DIRECTION_NORTHBOUND);
    EXPECT_EQ(filter->service(), v1::SERVICE_P2P_REMITTANCE);
    EXPECT_EQ(filter->reason_code(), "AM23");
    EXPECT_EQ(filter->page_token(), "token");
    EXPECT_EQ(list_filter_of({})->status(), v1::PAYMENT_STATUS_UNSPECIFIED);
}

TEST(ListFilter, NamesTheOptionAndItsRule) {
    ListOptions options;
    options.status = "UNSPECIFIED";
    EXPECT_EQ(list_refusal(options), "--status must be ACSP, ACSC or RJCT");
    options = {};
    options.service = "p2b";
    EXPECT_THAT(list_refusal(options), HasSubstr("--service must be p2p"));
    for (const char* reason : {"AM2", "AM234", "AM-3"}) {
        options = {};
        options.reason = reason;
        EXPECT_THAT(list_refusal(options), HasSubstr("--reason must be a reason of ISO 20022"));
    }
    options.reason = "AM23";
    EXPECT_EQ(list_refusal(options), "");
    options.status = "ACSC";
    EXPECT_THAT(list_refusal(options), HasSubstr("--reason goes with --status RJCT"));
    EXPECT_EQ(*list_limit_of(5, false), 5U);
    EXPECT_EQ(*list_limit_of(5, true), kListMax);
    EXPECT_THAT(list_limit_of(0, false).error().what, HasSubstr("--limit must be 1 to 1000000"));
    EXPECT_FALSE(list_limit_of(kListMax + 1, false).ok());
}

std::string account_refusal(const AccountOptions& options) {
    const auto account = account_of(options);
    return account ? "" : account.error().what;
}

TEST(Account, IsOfTheRailOfItsCode) {
    AccountOptions options;
    options.owner = "104100000004";
    options.link_agent = true;
    const auto account = account_of(options);
    ASSERT_TRUE(account.ok()) << account.error().what;
    EXPECT_EQ(account->rail(), v1::RAIL_IBPS);
    EXPECT_EQ(account->kind(), v1::ACCOUNT_KIND_LINK_AGENT);
    EXPECT_EQ(account_text(*account),
              "link agent account of 104100000004 Bank of China on ibps, "
              "CNY");
    options.rail = "fps";
    EXPECT_EQ(account_refusal(options),
              "--rail must be ibps, or left out: 104100000004 is a code of ibps");
    options.rail = "ibps";
    options.currency = "HKD";
    EXPECT_THAT(account_refusal(options), HasSubstr("--currency must be CNY on ibps"));
    options = {};
    options.owner = "012";
    options.currency = "HKD";
    EXPECT_EQ(account_refusal(options), "");
    options.link_agent = true;
    EXPECT_THAT(account_refusal(options), HasSubstr("--currency must be CNY with --link-agent"));
    options.currency = "USD";
    EXPECT_EQ(account_refusal(options), "--currency must be CNY or HKD");
    options.owner = "12";
    EXPECT_THAT(account_refusal(options), HasSubstr("owner must be"));
}

v1::AccountRef account() {
    AccountOptions options;
    options.owner = "012";
    return *account_of(options);
}

/// 1,000.00 paid in, 12.50 paid out.
v1::GetStatementResponse statement() {
    v1::GetStatementResponse statement;
    statement.set_opening_balance_minor(-500);
    v1::StatementEntry* funds = statement.add_entries();
    funds->set_sequence(7);
    funds->set_booking_time_ms(kNineMs);
    funds->set_amount_minor(100'000);
    funds->set_balance_minor(99'500);
    v1::StatementEntry* paid = statement.add_entries();
    paid->set_sequence(9);
    paid->set_booking_time_ms(kNineMs);
    paid->set_uetr(kUetr);
    paid->set_amount_minor(-1'250);
    paid->set_balance_minor(98'250);
    statement.set_closing_balance_minor(98'250);
    return statement;
}

TEST(Statement, HasEachEntryWithTheBalanceBehindIt) {
    v1::GetStatementResponse sound = statement();
    const std::string text = statement_text(account(), sound);
    EXPECT_THAT(text, HasSubstr("opening balance"));
    EXPECT_THAT(text, HasSubstr("money from outside"));
    EXPECT_THAT(text, HasSubstr("12.50            982.50\n"));
    EXPECT_THAT(text, HasSubstr("Opening balance -5.00, credits 1000.00, debits 12.50, closing "
                                "balance 982.50; 2 entries\n"));
    EXPECT_THAT(text, Not(HasSubstr("--page-token")));
    EXPECT_EQ(statement_fault(sound), std::nullopt);
    sound.set_next_page_token("more");
    EXPECT_THAT(statement_text(account(), sound), HasSubstr("the same with --page-token more"));
}

TEST(Statement, ThatDoesNotAddUpIsNamedByEntry) {
    v1::GetStatementResponse broken = statement();
    broken.mutable_entries(1)->set_balance_minor(98'251);
    EXPECT_EQ(statement_fault(broken).value_or(""),
              "the balance behind entry 9 is 982.51, and the entries make 982.50");
    broken = statement();
    broken.set_closing_balance_minor(0);
    EXPECT_THAT(statement_fault(broken).value_or(""), HasSubstr("the closing balance is 0.00"));
    EXPECT_EQ(statement_fault(v1::GetStatementResponse()), std::nullopt);
}

void add_sample(v1::ListPositionHistoryResponse& history, std::int64_t minute,
                std::int64_t balance_minor) {
    v1::PositionSample* sample = history.add_samples();
    sample->set_slot_time_ms(kNineMs + minute * 60'000);
    sample->set_balance_minor(balance_minor);
    sample->set_reserved_minor(100);
    sample->set_lowest_available_minor(balance_minor - 100);
}

std::size_t marks_in_line(const std::string& text, const std::string& begin) {
    const std::size_t start = text.find(begin);
    if (start == std::string::npos) return std::string::npos;
    const std::string line = text.substr(start, text.find('\n', start) - start);
    std::size_t marks = 0;
    for (std::size_t at = line.find("█"); at != std::string::npos; at = line.find("█", at + 1)) {
        ++marks;
    }
    return marks;
}

TEST(PositionHistory, HasABarFromTheLowestToTheHighestBalance) {
    v1::ListPositionHistoryResponse history;
    EXPECT_THAT(history_text(account(), history), HasSubstr("Nothing happened"));
    add_sample(history, 0, -100'000);
    add_sample(history, 5, 200'000);
    add_sample(history, 10, 50'000);
    add_sample(history, 20, -99'999);
    const std::string text = history_text(account(), history);
    EXPECT_THAT(text, HasSubstr("balance, -1000.00 to 2000.00"));
    EXPECT_EQ(marks_in_line(text, "2025-06-22 09:00"), 0U);
    EXPECT_EQ(marks_in_line(text, "2025-06-22 09:05"), 30U);
    EXPECT_EQ(marks_in_line(text, "2025-06-22 09:10"), 15U);
    EXPECT_EQ(marks_in_line(text, "2025-06-22 09:20"), 1U);
}

TEST(PositionHistory, BarsTakeTheLargestSumsAndASteadyBalance) {
    v1::ListPositionHistoryResponse history;
    add_sample(history, 0, 500);
    EXPECT_EQ(marks_in_line(history_text(account(), history), "2025-06-22 09:00"), 0U);
    v1::ListPositionHistoryResponse wide;
    add_sample(wide, 0, std::numeric_limits<std::int64_t>::min() + 1'000);
    add_sample(wide, 5, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(marks_in_line(history_text(account(), wide), "2025-06-22 09:05"), 30U);
}

TEST(Timeline, SaysWhatTheArchiveDoesNotKeep) {
    v1::GetPaymentResponse response;
    EXPECT_THAT(timeline_text(response, 2), HasSubstr("  There is no timeline.\n"));
    v1::TimelineEvent* event = response.add_timeline();
    event->set_kind(v1::TIMELINE_KIND_RECEIVED);
    event->set_text("credit transfer from 012");
    EXPECT_EQ(timeline_text(response, 0).find("archive"), std::string::npos);
    response.set_timeline_dropped(true);
    EXPECT_THAT(timeline_text(response, 0), HasSubstr("dropped from memory"));
    response.set_archived(true);
    const std::string archived = timeline_text(response, 0);
    EXPECT_EQ(archived.find("Told from the archive"), 0U);
    EXPECT_THAT(archived, HasSubstr("checks and timers are not kept there"));
    EXPECT_THAT(archived, HasSubstr("credit transfer from 012"));
}

v1::Payment payment_for_watch() {
    v1::Payment payment;
    payment.set_uetr(kUetr);
    payment.set_service(v1::SERVICE_P2P_REMITTANCE);
    payment.set_payer_agent("012");
    payment.set_payee_agent("102100099996");
    payment.set_amount_minor(1'250);
    payment.set_currency(v1::CURRENCY_CNY);
    payment.set_status(v1::PAYMENT_STATUS_ACSP);
    payment.set_acceptance_time_ms(kNineMs);
    return payment;
}

TEST(WatchText, ALineSaysHowThePaymentStandsNow) {
    v1::WatchPaymentsResponse response;
    response.set_sequence(42);
    *response.mutable_payment() = payment_for_watch();
    EXPECT_EQ(
        watch_line(response),
        "        42  09:00:00.000  7c9e6679-7425-40de-944b-e07fc1f90ae7  p2p       012          "
        "-> 102100099996         CNY 12.50  ACSP");
    v1::Payment& payment = *response.mutable_payment();
    payment.set_status(v1::PAYMENT_STATUS_ACSC);
    payment.set_duration_us(3'042);
    payment.set_credited(true);
    payment.set_returned_minor(500);
    EXPECT_THAT(watch_line(response), HasSubstr("ACSC after 3.042 ms, credited, 5.00 sent back"));
    payment = payment_for_watch();
    payment.set_status(v1::PAYMENT_STATUS_RJCT);
    payment.mutable_reason()->set_code("AM23");
    EXPECT_TRUE(watch_line(response).ends_with("RJCT AM23"));
    EXPECT_EQ(watch_heading().find("then"), watch_line(response).find("RJCT"));

    EXPECT_EQ(watch_end_text(1, "", ""), "1 change shown.");
    EXPECT_EQ(watch_end_text(3, "012", "1/2/3"),
              "3 changes shown. Go on with: lowu watch --from 1/2/3 --participant 012");
}

TEST(StopSignals, AreAnOrderToEndAndNoEnd) {
    {
        StopSignals unused;
        unused.call([] {});
    }
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    constexpr int kEndedWell = 7;
    const auto end_on_signal = [] {
        {
            StopSignals signals;
            std::promise<void> stopped;
            signals.call([&stopped] { stopped.set_value(); });
            ::kill(::getpid(), SIGINT);
            stopped.get_future().wait();
        }
        std::_Exit(kEndedWell);
    };
    EXPECT_EXIT(end_on_signal(), ::testing::ExitedWithCode(kEndedWell), "");
}

/// A switch of which only what a watch and a list need is there.
class PlayedSwitch final : public v1::PaymentService::Service {
public:
    PlayedSwitch() {
        grpc::ServerBuilder builder;
        int port = 0;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
        builder.RegisterService(this);
        server_ = builder.BuildAndStart();
        address_ = "127.0.0.1:" + std::to_string(port);
    }

    grpc::Status WatchPayments(grpc::ServerContext* context,
                               const v1::WatchPaymentsRequest* request,
                               grpc::ServerWriter<v1::WatchPaymentsResponse>* writer) override {
        if (request->resume_token() == "old") {
            return {grpc::StatusCode::OUT_OF_RANGE, "resume_token: the oldest is 17"};
        }
        if (request->resume_token() == "foreign") return {grpc::StatusCode::DATA_LOSS, "log 5"};
        v1::WatchPaymentsResponse response;
        for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
            response.set_sequence(sequence);
            response.set_resume_token("at-" + std::to_string(sequence));
            if (sequence == 2) {
                response.clear_payment();
            } else {
                *response.mutable_payment() = payment_for_watch();
            }
            writer->Write(response);
        }
        if (request->participant() == "012") return grpc::Status::OK;
        // A watch has no end of its own.
        while (!context->IsCancelled()) {
            writer->Write(response);
        }
        return grpc::Status::CANCELLED;
    }

    /// Five payments over pages of which one is empty and none is full, as when a filter skips
    /// much.
    grpc::Status ListPayments(grpc::ServerContext*, const v1::ListPaymentsRequest* request,
                              v1::ListPaymentsResponse* response) override {
        ++pages_;
        response->set_held_total(1'000);
        const std::string& token = request->page_token();
        const int count = token.empty() ? 2 : token == "a" ? 0 : 3;
        for (int i = 0; i < std::min(count, request->page_size()); ++i) {
            *response->add_payments() = payment_for_watch();
        }
        if (token.empty()) response->set_next_page_token("a");
        if (token == "a") response->set_next_page_token("b");
        return grpc::Status::OK;
    }

    [[nodiscard]] const std::string& address() const { return address_; }
    [[nodiscard]] int pages() const { return pages_; }

private:
    std::atomic<int> pages_ = 0;
    std::string address_;
    std::unique_ptr<grpc::Server> server_;
};

TEST(Watch, GoesOnUntilOneSideEndsIt) {
    const PlayedSwitch played;
    const SwitchClient central(played.address());
    v1::WatchPaymentsRequest request;
    request.set_participant("012");
    const auto ended = central.watch_payments(request);
    v1::WatchPaymentsResponse response;
    int with_payment = 0;
    while (ended->next(response)) {
        with_payment += response.has_payment() ? 1 : 0;
    }
    EXPECT_EQ(with_payment, 2);
    EXPECT_EQ(ended->resume_token(), "at-3");
    EXPECT_TRUE(ended->end().ok());

    const auto cancelled = central.watch_payments({});
    ASSERT_TRUE(cancelled->next(response));
    cancelled->cancel();
    while (cancelled->next(response)) {
        // What had already come.
    }
    EXPECT_TRUE(cancelled->end().ok()) << "who cancels knows why it ends";
    const auto dropped = central.watch_payments({});
    ASSERT_TRUE(dropped->next(response));
}

TEST(Watch, SaysWhatToDoWhenItCannotGoOn) {
    const PlayedSwitch played;
    const SwitchClient central(played.address());
    const std::pair<const char*, const char*> kTokens[] = {
        {"old",
         "the oldest is 17. What happened in between is not kept for watchers: see it with "
         "'lowu list', then watch anew without --from"},
        {"foreign", "The token is of another log: watch anew without --from"}};
    for (const auto& [token, text] : kTokens) {
        v1::WatchPaymentsRequest request;
        request.set_resume_token(token);
        const auto watch = central.watch_payments(request);
        v1::WatchPaymentsResponse response;
        EXPECT_FALSE(watch->next(response));
        EXPECT_EQ(watch->resume_token(), token);
        const auto ended = watch->end();
        ASSERT_FALSE(ended.ok());
        EXPECT_THAT(ended.error().what, HasSubstr(text));
    }
}

TEST(Payments, PagesEndWhereTheTokenDoes) {
    const PlayedSwitch played;
    const SwitchClient central(played.address());
    const auto all = central.payments({}, 100);
    ASSERT_TRUE(all.ok());
    EXPECT_EQ(all->payments_size(), 5) << "an empty page is not the last one";
    EXPECT_EQ(all->held_total(), 1'000);
    EXPECT_EQ(all->next_page_token(), "");
    EXPECT_EQ(played.pages(), 3);
    const auto some = central.payments({}, 2);
    ASSERT_TRUE(some.ok());
    EXPECT_EQ(some->payments_size(), 2);
    EXPECT_EQ(some->next_page_token(), "a");
    EXPECT_EQ(played.pages(), 4);
}

}  // namespace
}  // namespace lowu::client
