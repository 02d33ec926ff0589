// Exchange: rate sheets, quotes both ways, and the books behind them.
#include <string>

#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

class ExchangeModel : public BankModel {
protected:
    ExchangeModel() {
        open(hk_, "012-875-20002", v1::CURRENCY_HKD, 500'000);
        set_rates(91'200'000, 91'400'000);
    }

    void set_rates(std::int64_t bid_e8, std::int64_t ask_e8) {
        v1::SetRatesRequest request;
        request.set_bid_e8(bid_e8);
        request.set_ask_e8(ask_e8);
        ASSERT_FALSE(hk_.set_rates(request, now_).has_value());
    }

    static v1::QuoteOrder quote_order(std::int64_t amount_minor,
                                      v1::Currency currency = v1::CURRENCY_HKD) {
        v1::QuoteOrder request;
        request.set_payer_account("012-875-20001");
        request.set_amount_minor(amount_minor);
        request.set_currency(currency);
        return request;
    }

    v1::QuoteOffer quote(const v1::QuoteOrder& request) {
        auto quoted = hk_.quote(request, now_);
        return std::get<v1::QuoteOffer>(std::get<ExchangeDesk::Step>(quoted));
    }

    CallError quote_error(const v1::QuoteOrder& request) {
        auto quoted = hk_.quote(request, now_);
        const auto* error = std::get_if<CallError>(&quoted);
        return error == nullptr ? CallError{} : *error;
    }

    // A northbound order out of the HKD account.
    static v1::SendRemittanceRequest exchanged(const v1::QuoteOffer& offer) {
        v1::SendRemittanceRequest request = order();
        request.set_payer_account("012-875-20001");
        request.set_quote_id(offer.exchange().quote_id());
        request.set_amount_minor(0);
        request.clear_currency();
        request.clear_uetr();
        return request;
    }

    std::string refusal_code(const v1::SendRemittanceRequest& request) {
        const OutgoingRemittance* refused = send(request);
        return refused == nullptr || refused->reason == nullptr ? "" : refused->reason->code();
    }
};

TEST_F(ExchangeModel, ASheetIsPublishedAtOnceAndBeforeItIsOver) {
    EXPECT_FALSE(hk_.rates_published());
    greet_both();
    settle_down();
    ASSERT_EQ(rail_.sheets.size(), 1U);
    EXPECT_EQ(rail_.sheets[0].bid_e8(), 91'200'000);
    EXPECT_EQ(rail_.sheets[0].ask_e8(), 91'400'000);
    EXPECT_EQ(rail_.sheets[0].valid_until_ms(), kSchemeStartMs + 24 * 3'600'000);
    EXPECT_FALSE(hk_.rates_published()) << "sent, and not yet held by the rail";
    v1::SwitchFrame frame;
    frame.set_acknowledged(rail_.side(hk_).received);
    ASSERT_TRUE(hk_.receive(frame, now_).ok());
    EXPECT_TRUE(hk_.rates_published());
    EXPECT_TRUE(mainland_.rates_published()) << "has none";
    EXPECT_EQ(mainland_.next_at(), kNever);
    const ElapsedTime due = hk_.next_at();
    EXPECT_EQ(due, ElapsedTime{1'000'000} + Duration::from_hours(23));
    now_ = due - 1_ms;
    settle_down();
    EXPECT_EQ(rail_.sheets.size(), 2U);
    EXPECT_GT(hk_.next_at(), now_ + Duration::from_hours(22));
}

TEST_F(ExchangeModel, ASheetIsRenewedWhenTimeIsSetForward) {
    greet_both();
    settle_down();
    v1::SystemEvent event;
    event.set_kind(v1::SYSTEM_EVENT_KIND_TIME_ADVANCED);
    event.set_effective_time_ms(kSchemeStartMs + 30 * 3'600'000);
    announce(hk_, event);
    ASSERT_EQ(rail_.sheets.size(), 2U);
    EXPECT_GE(rail_.sheets[1].valid_until_ms(), kSchemeStartMs + 54 * 3'600'000);
}

TEST_F(ExchangeModel, NewRatesAreANewSheet) {
    greet_both();
    settle_down();
    set_rates(91'300'000, 91'300'000);
    settle_down();
    ASSERT_EQ(rail_.sheets.size(), 2U);
    EXPECT_EQ(rail_.sheets[1].bid_e8(), 91'300'000);
    v1::SetRatesRequest request;
    request.set_bid_e8(0);
    request.set_ask_e8(1);
    EXPECT_EQ(hk_.set_rates(request, now_)->field, "bid_e8");
    request.set_bid_e8(2);
    EXPECT_EQ(hk_.set_rates(request, now_)->field, "ask_e8");
    request.set_ask_e8(2);
    request.set_quote_validity_ms(3'600'001);
    EXPECT_EQ(hk_.set_rates(request, now_)->field, "quote_validity_ms");
    request.set_quote_validity_ms(1);
    EXPECT_EQ(mainland_.set_rates(request, now_)->reason, "NO_EXCHANGE_HERE");
}

TEST_F(ExchangeModel, AQuoteFixesBothAmountsByTheBid) {
    greet_both();
    v1::QuoteOffer offer = quote(quote_order(10'001));
    EXPECT_EQ(offer.exchange().hkd_minor(), 10'001);
    EXPECT_EQ(offer.exchange().rate_e8(), 91'200'000);
    EXPECT_EQ(offer.cny_minor(), 9'121) << "9120.912, half up";
    EXPECT_EQ(offer.expires_ms(), kSchemeStartMs + 60'000);
    EXPECT_EQ(offer.issuer(), "012");
    EXPECT_TRUE(scheme::parse_uetr(offer.exchange().quote_id()).has_value());
    offer = quote(quote_order(9'121, v1::CURRENCY_CNY));
    EXPECT_EQ(offer.cny_minor(), 9'121);
    EXPECT_EQ(offer.exchange().hkd_minor(), 10'001) << "the least that is exactly this";
}

TEST_F(ExchangeModel, QuotesNameWhatIsWrong) {
    greet_both();
    EXPECT_EQ(quote_error(quote_order(0)).field, "amount_minor");
    EXPECT_EQ(quote_error(quote_order(1, v1::CURRENCY_UNSPECIFIED)).field, "currency");
    v1::QuoteOrder request = quote_order(100);
    request.set_payer_account("none");
    EXPECT_EQ(quote_error(request).kind, CallError::Kind::kNotFound);
    request.set_payer_account("012-875-10001");
    EXPECT_EQ(quote_error(request).reason, "ACCOUNT_CURRENCY");
    set_rates(250'000'000, 250'000'000);
    EXPECT_EQ(quote_error(quote_order(1, v1::CURRENCY_CNY)).reason, "NO_SUCH_EXCHANGE")
        << "at 2.5 no cent is worth one fen";
    Bank poor{{scheme::Rail::kFps, "015", "Bank C", "丙銀行", 1, 14, token_keys()}};
    rail_.add(poor);
    open(poor, "012-875-20001", v1::CURRENCY_HKD, 100);
    EXPECT_EQ(std::get<CallError>(poor.quote(quote_order(100), now_)).kind,
              CallError::Kind::kNotReady);
    rail_.greet(poor, now_);
    EXPECT_EQ(std::get<CallError>(poor.quote(quote_order(100), now_)).reason, "NO_RATES");
}

TEST_F(ExchangeModel, AnExchangedPaymentBooksBothCurrencies) {
    greet_both();
    const v1::QuoteOffer offer = quote(quote_order(10'000));
    ASSERT_NE(send(exchanged(offer)), nullptr);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 90'000) << "HKD 100.00";
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange, money::Currency::kHkd), 10'000);
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange), -9'120) << "CNY 91.20";
    EXPECT_EQ(in_transit(hk_), 9'120);
    settle_down();
    const v1::CreditTransfer& transfer = rail_.last_transfer;
    EXPECT_EQ(transfer.amount_minor(), 9'120);
    EXPECT_EQ(transfer.currency(), v1::CURRENCY_CNY);
    EXPECT_EQ(transfer.exchange().quote_id(), offer.exchange().quote_id());
    EXPECT_EQ(transfer.exchange().hkd_minor(), 10'000);
    EXPECT_EQ(in_transit(hk_), 0);
    EXPECT_EQ(owed(hk_, LedgerAccount::kSettlement), 9'120);
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 59'120);
    expect_balanced(hk_);
    const auto view = hk_.remittance(transfer.uetr());
    EXPECT_EQ(view->account_amount_minor(), 10'000);
    EXPECT_EQ(view->account_currency(), v1::CURRENCY_HKD);
    EXPECT_EQ(view->exchange().rate_e8(), 91'200'000);
}

TEST_F(ExchangeModel, ARefusalReversesTheExchangeAtItsOwnRate) {
    greet_both();
    v1::SendRemittanceRequest request = exchanged(quote(quote_order(10'000)));
    request.set_payee_account("6222999999999999");
    ASSERT_NE(send(request), nullptr);
    set_rates(90'000'000, 90'000'000);
    settle_down();
    EXPECT_EQ(hk_.remittance(rail_.last_transfer.uetr())->reason().code(), "AC03");
    EXPECT_EQ(hk_.remittance(rail_.last_transfer.uetr())->account_amount_minor(), 0);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 100'000);
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange), 0);
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange, money::Currency::kHkd), 0);
    EXPECT_EQ(in_transit(hk_), 0);
    expect_balanced(hk_);
}

TEST_F(ExchangeModel, ItsOwnQuoteIsJudgedOnceByTheBank) {
    greet_both();
    v1::QuoteOffer offer = quote(quote_order(10'000));
    v1::SendRemittanceRequest request = exchanged(offer);
    request.set_payer_account("012-875-20002");
    EXPECT_EQ(refusal_code(request), "AB04") << "another account's";
    request = exchanged(offer);
    request.set_amount_minor(9'119);
    request.set_currency(v1::CURRENCY_CNY);
    EXPECT_EQ(refusal_code(request), "AB04") << "another amount in CNY";
    request.set_currency(v1::CURRENCY_HKD);
    request.set_amount_minor(10'001);
    EXPECT_EQ(refusal_code(request), "AB04") << "another amount in HKD";
    request.set_amount_minor(10'000);
    now_ = now_ + 60_s;
    EXPECT_EQ(refusal_code(request), "") << "its last moment";
    EXPECT_EQ(refusal_code(request), "AB04") << "used";
    offer = quote(quote_order(10'000));
    now_ = now_ + 60_s + 1_ms;
    EXPECT_EQ(refusal_code(exchanged(offer)), "AB04") << "over";
    request.set_quote_id(kUetr);
    EXPECT_EQ(refusal_code(request), "AB04") << "nobody's";
    EXPECT_EQ(balance(hk_, "012-875-20001"), 90'000) << "one went";
    settle_down();
    EXPECT_EQ(rail_.transfers, 1);
}

TEST_F(ExchangeModel, ARepeatedOrderWithAQuoteIsTheSame) {
    greet_both();
    v1::SendRemittanceRequest request = exchanged(quote(quote_order(10'000)));
    request.set_uetr(kUetr);
    ASSERT_EQ(refusal_code(request), "");
    settle_down();
    EXPECT_EQ(send(request)->state, OutgoingRemittance::State::kSettled);
    request.set_amount_minor(10'000);
    request.set_currency(v1::CURRENCY_HKD);
    EXPECT_NE(send(request), nullptr) << "said in HKD";
    request.set_amount_minor(10'001);
    EXPECT_EQ(refusal(request).field, "amount_minor");
}

TEST_F(ExchangeModel, WithoutMoneyTheQuoteIsNotUsed) {
    greet_both();
    const v1::QuoteOffer offer = quote(quote_order(100'001));
    EXPECT_EQ(refusal_code(exchanged(offer)), "AM04");
    v1::SendRemittanceRequest request = exchanged(offer);
    EXPECT_EQ(refusal_code(request), "AM04") << "and not AB04";
}

// --- southbound

class BillModel : public ExchangeModel {
protected:
    void SetUp() override {
        auto request = account_request("012-UNI", v1::CURRENCY_HKD, 0);
        request.mutable_account()->set_holder(v1::PARTY_KIND_REGISTERED_INSTITUTION);
        ASSERT_TRUE(std::holds_alternative<CustomerId>(hk_.open_account(request, now_)));
        greet_both();
        settle_down();
    }

    // What the bank in Hong Kong answers to a question of the rail.
    v1::QuoteAnswer answer_to(const v1::QuoteRequest& request) {
        v1::SwitchFrame frame;
        *frame.add_quote_requests() = request;
        frame.set_acknowledged(rail_.side(hk_).received);
        EXPECT_TRUE(hk_.receive(frame, now_).ok());
        settle_down();
        const v1::QuoteAnswer answer = rail_.quote_answers.back();
        return answer;
    }

    static v1::QuoteRequest question(const std::string& account, std::int64_t hkd_minor) {
        v1::QuoteRequest request;
        request.set_query_id(9);
        request.set_payer_agent("102100099996");
        request.set_payee_account(account);
        request.set_hkd_minor(hkd_minor);
        return request;
    }

    static v1::QuoteOrder bill(std::int64_t hkd_minor) {
        v1::QuoteOrder request;
        request.set_payer_account("6222000000000001");
        request.set_payee_agent("012");
        request.set_payee_account("012-UNI");
        request.set_amount_minor(hkd_minor);
        request.set_currency(v1::CURRENCY_HKD);
        return request;
    }

    v1::QuoteOffer offered(std::int64_t hkd_minor) {
        auto taken =
            mainland_.take_offer(bill(hkd_minor), answer_to(question("012-UNI", hkd_minor)), now_);
        return std::get<v1::QuoteOffer>(taken);
    }

    static v1::SendRemittanceRequest fee(const v1::QuoteOffer& offer) {
        v1::SendRemittanceRequest request;
        request.set_payer_account("6222000000000001");
        request.set_payee_agent("012");
        request.set_payee_account("012-UNI");
        request.set_payee_name("Chan Siu Ming");
        request.set_service(v1::SERVICE_FEE_COLLECTION);
        request.set_quote_id(offer.exchange().quote_id());
        return request;
    }

    // Pays and returns the final view of the payer's bank.
    v1::Remittance pay(const v1::SendRemittanceRequest& request) {
        const auto sent = mainland_.send(request, now_);
        const auto* remittance = std::get_if<const OutgoingRemittance*>(&sent);
        if (remittance == nullptr) return {};
        const std::string uetr = scheme::format_uetr((*remittance)->uetr);
        settle_down();
        return *mainland_.remittance(uetr);
    }
};

TEST_F(BillModel, TheRequestForAQuoteSaysWhatIsBilled) {
    auto quoted = mainland_.quote(bill(10'000), now_);
    const auto& asked = std::get<v1::RequestQuoteRequest>(std::get<ExchangeDesk::Step>(quoted));
    EXPECT_EQ(asked.participant(), "102100099996");
    EXPECT_EQ(asked.payee_agent(), "012");
    EXPECT_EQ(asked.payee_account(), "012-UNI");
    EXPECT_EQ(asked.hkd_minor(), 10'000);
    v1::QuoteOrder wrong = bill(10'000);
    wrong.set_currency(v1::CURRENCY_CNY);
    EXPECT_EQ(std::get<CallError>(mainland_.quote(wrong, now_)).field, "currency");
    wrong = bill(10'000);
    wrong.set_payee_agent("103100000026");
    EXPECT_EQ(std::get<CallError>(mainland_.quote(wrong, now_)).field, "payee_agent");
}

TEST_F(BillModel, TheIssuerAnswersByItsAskOrSaysWhyNot) {
    v1::QuoteAnswer answer = answer_to(question("012-UNI", 10'000));
    EXPECT_EQ(answer.query_id(), 9U);
    EXPECT_EQ(answer.cny_minor(), 9'140);
    EXPECT_EQ(answer.exchange().hkd_minor(), 10'000);
    EXPECT_EQ(answer.exchange().rate_e8(), 91'400'000);
    EXPECT_GT(answer.expires_ms(), kSchemeStartMs + 60'000);
    EXPECT_EQ(answer_to(question("none", 10'000)).reason_code(), "AC03");
    EXPECT_EQ(answer_to(question("012-875-10001", 10'000)).reason_code(), "AC11");
    EXPECT_EQ(answer_to(question("012-UNI", 0)).reason_code(), "AM09");
    v1::QuoteRequest by_proxy = question("", 10'000);
    by_proxy.mutable_payee_proxy()->set_kind(v1::PROXY_KIND_FPS_ID);
    by_proxy.mutable_payee_proxy()->set_value("9990004");
    EXPECT_EQ(answer_to(by_proxy).reason_code(), "BE23");
}

TEST_F(BillModel, ABillIsPaidToTheCent) {
    const v1::QuoteOffer offer = offered(10'001);
    EXPECT_EQ(offer.issuer(), "012");
    EXPECT_EQ(offer.cny_minor(), 9'141) << "9140.914, half up";
    const v1::Remittance paid = pay(fee(offer));
    EXPECT_EQ(paid.status(), v1::PAYMENT_STATUS_ACSC) << paid.reason().text();
    EXPECT_EQ(paid.amount_minor(), 9'141);
    EXPECT_EQ(paid.account_amount_minor(), 9'141);
    EXPECT_EQ(paid.account_currency(), v1::CURRENCY_CNY);
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 50'000 - 9'141);
    EXPECT_EQ(balance(hk_, "012-UNI"), 10'001);
    EXPECT_EQ(owed(hk_, LedgerAccount::kSettlement), -9'141);
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange), 9'141);
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange, money::Currency::kHkd), -10'001);
    expect_balanced(hk_);
    const auto received = hk_.remittance(paid.uetr());
    EXPECT_TRUE(received->credited());
    EXPECT_EQ(received->account_amount_minor(), 10'001);
    EXPECT_EQ(received->account_currency(), v1::CURRENCY_HKD);
}

TEST_F(BillModel, TheIssuerJudgesOnce) {
    const v1::QuoteOffer offer = offered(10'000);
    EXPECT_EQ(pay(fee(offer)).reason().code(), "");
    const v1::Remittance again = pay(fee(offer));
    EXPECT_EQ(again.reason().code(), "AB04") << "used";
    EXPECT_EQ(hk_.remittance(again.uetr())->reason().text(), "The quote has been used.");
    const v1::QuoteOffer late = offered(10'000);
    now_ = now_ + 61_s;
    EXPECT_EQ(hk_.remittance(pay(fee(late)).uetr())->reason().text(), "The quote has expired.");
}

TEST_F(BillModel, ThePayersBankSendsOnlyWhatTheOfferSays) {
    const v1::QuoteOffer offer = offered(10'000);
    v1::SendRemittanceRequest request = fee(offer);
    request.set_amount_minor(9'141);
    request.set_currency(v1::CURRENCY_CNY);
    EXPECT_EQ(pay(request).reason().code(), "AB04");
    request = fee(offer);
    request.set_quote_id(kUetr);
    EXPECT_EQ(pay(request).reason().code(), "AB04");
    request = fee(offer);
    request.set_payee_agent("015");
    EXPECT_EQ(pay(request).reason().code(), "AB04") << "of another bank";
    EXPECT_EQ(rail_.transfers, 0);
    EXPECT_EQ(pay(fee(offer)).status(), v1::PAYMENT_STATUS_ACSC);
}

TEST_F(BillModel, ABillInHkdWithoutAQuoteIsNotPaid) {
    v1::SendRemittanceRequest request = fee({});
    request.set_amount_minor(9'140);
    request.set_currency(v1::CURRENCY_CNY);
    EXPECT_EQ(pay(request).reason().code(), "AM09");
}

TEST_F(BillModel, ARefusalOrNonsenseOfTheIssuerIsNoOffer) {
    v1::QuoteAnswer answer;
    answer.set_reason_code("AC03");
    const auto taken = mainland_.take_offer(bill(10'000), answer, now_);
    EXPECT_EQ(std::get<CallError>(taken).reason, "QUOTE_REFUSED");
    answer.clear_reason_code();
    const auto nonsense = mainland_.take_offer(bill(10'000), answer, now_);
    EXPECT_EQ(std::get<CallError>(nonsense).reason, "QUOTE_UNUSABLE");
}

TEST_F(BillModel, APersonsHkdAccountIsCreditedAtTheAskRoundedDown) {
    v1::SendRemittanceRequest request = fee({});
    request.set_service(v1::SERVICE_P2P_REMITTANCE);
    request.set_payee_account("012-875-20001");
    request.set_amount_minor(9'139);
    request.set_currency(v1::CURRENCY_CNY);
    const v1::Remittance paid = pay(request);
    EXPECT_EQ(paid.status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 100'000 + 9'998) << "9998.90 cents";
    EXPECT_EQ(hk_.remittance(paid.uetr())->account_amount_minor(), 9'998);
    expect_balanced(hk_);
    set_rates(250'000'000, 250'000'000);
    request.set_amount_minor(1);
    EXPECT_EQ(pay(request).reason().code(), "AC11") << "less than a cent";
}

}  // namespace
}  // namespace lowu::bank
