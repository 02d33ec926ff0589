// Two banks and a tiny rail in memory, for the tests of the pure bank. The rail stands in for the
// switch: it settles whatever the payee bank accepts, and checks the numbers that banks send.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "bank_sim/model/bank.hpp"

namespace lowu::bank {

inline constexpr std::int64_t kSchemeStartMs = 1'750'554'000'000;
inline constexpr std::int64_t kPayeeDeadlineMs = 10'000;
inline constexpr const char* kUetr = "11111111-1111-4111-8111-111111111111";
inline constexpr const char* kOtherUetr = "22222222-2222-4222-8222-222222222222";

// What a rail knows of one bank's session.
struct RailSide {
    std::uint64_t received = 0;     // numbers taken up from the bank
    std::uint64_t next_number = 1;  // towards the bank
    std::uint64_t credit = 0;       // granted by the bank
    std::deque<v1::SwitchMessage> waiting;
    std::vector<v1::SwitchMessage> given;  // by number, from 1
};

class SmallRail {
public:
    explicit SmallRail(std::uint64_t credit = 1'000) : credit_(credit) {}

    void add(Bank& bank) { banks_[bank.code()] = &bank; }
    RailSide& side(const Bank& bank) { return sides_[bank.code()]; }

    // Greets the bank: the first frame each way.
    void greet(Bank& bank, ElapsedTime now) {
        bank.session().connect();
        const v1::ParticipantFrame* frame = bank.session().next_frame(now);
        ASSERT_NE(frame, nullptr);
        last_hello_ = frame->hello();
        bank.session().frame_sent();
        if (last_hello_.has_last_received()) give_again(bank, last_hello_.last_received());
        ASSERT_TRUE(bank.receive(greeting(bank), now).ok());
    }

    v1::SwitchFrame greeting(const Bank& bank) {
        v1::SwitchFrame reply;
        v1::HelloReply& hello = *reply.mutable_hello_reply();
        hello.set_last_received(side(bank).received);
        hello.set_next_number(side(bank).next_number);
        hello.set_scheme_time_ms(scheme_time_ms);
        hello.set_payee_deadline_ms(kPayeeDeadlineMs);
        hello.set_token_version(token_version);
        hello.set_rail(bank.rail() == scheme::Rail::kFps ? v1::RAIL_FPS : v1::RAIL_IBPS);
        reply.set_acknowledged(side(bank).received);
        reply.set_credit(side(bank).received + credit_);
        return reply;
    }

    // Lets frames go both ways until nobody has anything to say at this moment.
    void exchange(ElapsedTime now) {
        for (bool moved = true; moved;) {
            moved = false;
            for (auto& [code, bank] : banks_) {
                moved = take_from(*bank, now) || moved;
                moved = give_to(*bank, now) || moved;
            }
        }
    }

    bool take_from(Bank& bank, ElapsedTime now) {
        const v1::ParticipantFrame* frame = bank.session().next_frame(now);
        if (frame == nullptr) return false;
        RailSide& state = side(bank);
        state.credit = frame->credit();
        quote_answers.insert(quote_answers.end(), frame->quote_answers().begin(),
                             frame->quote_answers().end());
        for (int index = 0; index < frame->messages_size(); ++index) {
            const std::uint64_t number = frame->first_number() + static_cast<std::uint64_t>(index);
            if (number <= state.received) continue;
            EXPECT_EQ(number, state.received + 1) << "a gap in the bank's numbers";
            state.received = number;
            take(bank, frame->messages(index));
        }
        bank.session().frame_sent();
        return true;
    }

    bool give_to(Bank& bank, ElapsedTime now) {
        RailSide& state = side(bank);
        if (!bank.session().open() || state.waiting.empty()) return false;
        v1::SwitchFrame frame;
        frame.set_first_number(state.next_number);
        while (!state.waiting.empty() && state.next_number <= state.credit) {
            *frame.add_messages() = state.waiting.front();
            state.given.push_back(state.waiting.front());
            state.waiting.pop_front();
            ++state.next_number;
        }
        frame.set_acknowledged(state.received);
        frame.set_credit(state.received + credit_);
        const bool moved = frame.messages_size() > 0;
        EXPECT_TRUE(bank.receive(frame, now).ok());
        return moved;
    }

    const v1::Hello& last_hello() const { return last_hello_; }
    int transfers = 0;
    int reports = 0;
    int availabilities = 0;
    std::vector<v1::FxRateSheet> sheets;
    std::vector<v1::QuoteAnswer> quote_answers;
    v1::CreditTransfer last_transfer;
    v1::PaymentReturn last_return;
    bool refuse_returns = false;
    std::int64_t scheme_time_ms = kSchemeStartMs;
    std::uint32_t token_version = 1;
    bool silent = false;  // takes transfers and does nothing
    int enquiries = 0;
    v1::PaymentStatus enquiry_status = v1::PAYMENT_STATUS_ACSP;
    bool rejects_enquiries = false;

    /// The bank holds messages up to this number only.
    void give_again(const Bank& bank, std::uint64_t last_received) {
        RailSide& state = side(bank);
        if (state.given.size() + 1 != state.next_number) return;  // a test has set the number
        for (; state.given.size() > last_received; --state.next_number) {
            state.waiting.push_front(state.given.back());
            state.given.pop_back();
        }
    }

private:
    void take(const Bank& from, const v1::ParticipantMessage& message) {
        if (message.has_fx_rate_sheet()) sheets.push_back(message.fx_rate_sheet());
        if (message.has_availability()) ++availabilities;
        if (message.has_status_request()) answer(from, message.status_request());
        if (message.has_payment_return()) send_back(from, message.payment_return());
        if (message.has_credit_transfer()) {
            ++transfers;
            const v1::CreditTransfer& transfer = message.credit_transfer();
            last_transfer = transfer;
            if (silent) return;
            if (!scheme::parse_uetr(transfer.uetr())) return reject(from);
            payer_of_[transfer.uetr()] = from.code();
            v1::SwitchMessage request;
            *request.mutable_request()->mutable_transfer() = transfer;
            sides_[transfer.payee_agent()].waiting.push_back(request);
        } else if (message.has_answer()) {
            conclude(from.code(), message.answer());
        } else if (message.has_credit_report()) {
            ++reports;
        }
    }

    void send_back(const Bank& from, const v1::PaymentReturn& sent) {
        last_return = sent;
        v1::SwitchMessage message;
        v1::StatusReport& report = *message.mutable_status_report();
        report.set_uetr(sent.uetr());
        report.set_side(v1::SIDE_PAYER);
        report.set_status(refuse_returns ? v1::PAYMENT_STATUS_RJCT : v1::PAYMENT_STATUS_ACSC);
        report.mutable_reason()->set_code(refuse_returns ? "AG09" : "");
        side(from).waiting.push_back(message);
        if (refuse_returns) return;
        v1::PaymentReturned& returned = *message.mutable_payment_returned();
        returned.set_uetr(sent.uetr());
        returned.set_original_uetr(sent.original_uetr());
        returned.set_amount_minor(sent.amount_minor());
        returned.set_currency(v1::CURRENCY_CNY);
        returned.set_reason_code(sent.reason_code());
        returned.set_clearing_reference("FRN2");
        sides_[paid_by_[sent.original_uetr()]].waiting.push_back(message);
    }

    void answer(const Bank& from, const v1::StatusRequest& request) {
        ++enquiries;
        if (rejects_enquiries) return reject(from);
        v1::SwitchMessage message;
        v1::StatusReport& report = *message.mutable_status_report();
        report.set_uetr(request.uetr());
        report.set_side(request.side());
        report.set_status(enquiry_status);
        report.set_answers_request(true);
        side(from).waiting.push_back(message);
    }

    // A message that cannot be taken up.
    void reject(const Bank& from) {
        v1::SwitchMessage message;
        message.mutable_message_reject()->set_rejected_number(side(from).received);
        message.mutable_message_reject()->set_field("uetr");
        message.mutable_message_reject()->set_rule("must be a UETR");
        side(from).waiting.push_back(message);
    }

    // The first answer to each request stands.
    void conclude(const std::string& payee, const v1::CreditTransferAnswer& answer) {
        if (payer_of_.count(answer.uetr()) == 0) return;
        v1::SwitchMessage message;
        v1::StatusReport& report = *message.mutable_status_report();
        report.set_uetr(answer.uetr());
        report.set_clearing_reference("FRN1");
        const bool accepted = answer.answer() == v1::ANSWER_ACCEPTED;
        report.set_status(accepted ? v1::PAYMENT_STATUS_ACSC : v1::PAYMENT_STATUS_RJCT);
        report.mutable_reason()->set_code(answer.reason_code());
        report.set_side(v1::SIDE_PAYEE);
        sides_[payee].waiting.push_back(message);
        if (accepted) paid_by_[answer.uetr()] = payer_of_[answer.uetr()];
        report.set_side(v1::SIDE_PAYER);
        sides_[payer_of_[answer.uetr()]].waiting.push_back(message);
        payer_of_.erase(answer.uetr());
    }

    std::uint64_t credit_;
    std::map<std::string, Bank*> banks_;
    std::map<std::string, RailSide> sides_;
    std::map<std::string, std::string> payer_of_;
    std::map<std::string, std::string> paid_by_;  // of settled payments
    v1::Hello last_hello_;
};

inline v1::OpenAccountRequest account_request(const std::string& account, v1::Currency currency,
                                              std::int64_t balance_minor) {
    v1::OpenAccountRequest request;
    request.mutable_account()->set_account(account);
    request.mutable_account()->set_currency(currency);
    request.mutable_account()->set_name_en("Chan Siu Ming");
    request.mutable_account()->set_name_zh("陳小明");
    request.set_opening_balance_minor(balance_minor);
    return request;
}

// Keys of versions 1 to `last`.
inline TokenKeys token_keys(std::uint32_t last = 2) {
    TokenKeys keys;
    for (std::uint32_t version = 1; version <= last; ++version) {
        scheme::TokenKey key{};
        key.front() = static_cast<std::uint8_t>(version);
        EXPECT_TRUE(keys.add(version, key));
    }
    return keys;
}

class BankModel : public ::testing::Test {
protected:
    BankModel() {
        rail_.add(hk_);
        rail_.add(mainland_);
        open(hk_, "012-875-10001", v1::CURRENCY_CNY, 100'000);
        open(hk_, "012-875-20001", v1::CURRENCY_HKD, 100'000);
        open(mainland_, "6222000000000001", v1::CURRENCY_CNY, 50'000);
        open(mainland_, "6222000000000002", v1::CURRENCY_HKD, 0);
    }

    static void open(Bank& bank, const std::string& account, v1::Currency currency,
                     std::int64_t balance_minor) {
        const auto opened =
            bank.open_account(account_request(account, currency, balance_minor), ElapsedTime{});
        ASSERT_TRUE(std::holds_alternative<CustomerId>(opened));
    }

    void greet_both() {
        rail_.greet(hk_, now_);
        rail_.greet(mainland_, now_);
        rail_.exchange(now_);
    }

    void settle_down() {
        for (int round = 0; round < 100; ++round) {
            now_ = now_ + kFrameGap;
            hk_.on_time(now_);
            mainland_.on_time(now_);
            rail_.exchange(now_);
        }
    }

    // The rail announces something to one bank.
    void announce(Bank& bank, const v1::SystemEvent& event) {
        v1::SwitchMessage message;
        *message.mutable_system_event() = event;
        rail_.side(bank).waiting.push_back(message);
        settle_down();
    }

    static v1::SendRemittanceRequest order() {
        v1::SendRemittanceRequest request;
        request.set_bank("012");
        request.set_payer_account("012-875-10001");
        request.set_payee_agent("102100099996");
        request.set_payee_account("6222000000000001");
        request.set_payee_name("陳小明");
        request.set_amount_minor(10'000);
        request.set_currency(v1::CURRENCY_CNY);
        request.set_remittance_information("生活費");
        request.set_uetr(kUetr);
        return request;
    }

    const OutgoingRemittance* send(const v1::SendRemittanceRequest& request) {
        const auto sent = hk_.send(request, now_);
        const auto* remittance = std::get_if<const OutgoingRemittance*>(&sent);
        return remittance == nullptr ? nullptr : *remittance;
    }

    CallError refusal(const v1::SendRemittanceRequest& request) {
        const auto sent = hk_.send(request, now_);
        const auto* error = std::get_if<CallError>(&sent);
        return error == nullptr ? CallError{} : *error;
    }

    static std::int64_t balance(const Bank& bank, const std::string& account) {
        return bank.books().customer(*bank.books().find(account)).balance.value;
    }

    // Every ledger: debits equal credits, and the entries' customers are the accounts' balances.
    static void expect_balanced(const Bank& bank) {
        for (const auto currency : {money::Currency::kCny, money::Currency::kHkd}) {
            std::int64_t net = 0;
            for (const auto account : {LedgerAccount::kCustomers, LedgerAccount::kInTransit,
                                       LedgerAccount::kSettlement, LedgerAccount::kOpeningMoney,
                                       LedgerAccount::kExchange, LedgerAccount::kUnapplied}) {
                const LedgerSums sums = bank.books().sums(account, currency);
                net += sums.debits.value - sums.credits.value;
            }
            EXPECT_EQ(net, 0);
            const LedgerSums customers = bank.books().sums(LedgerAccount::kCustomers, currency);
            EXPECT_EQ(customers.credits.value - customers.debits.value,
                      bank.books().customer_balances(currency).value);
        }
    }

    // Credits less debits of a ledger account.
    static std::int64_t owed(const Bank& bank, LedgerAccount account,
                             money::Currency currency = money::Currency::kCny) {
        const LedgerSums sums = bank.books().sums(account, currency);
        return sums.credits.value - sums.debits.value;
    }

    static std::int64_t in_transit(const Bank& bank) {
        return owed(bank, LedgerAccount::kInTransit);
    }

    Bank hk_{{scheme::Rail::kFps, "012", "Bank A", "甲銀行", 1, 11, token_keys()}};
    Bank mainland_{{scheme::Rail::kIbps, "102100099996", "Bank B", "乙银行", 1, 12, token_keys()}};
    SmallRail rail_;
    ElapsedTime now_{1'000'000};
};

}  // namespace lowu::bank
