// Banks with a log of their own: killed under load and started again, their books, promises and
// messages are there, and all books agree; a customer's payment outlives his call; what cannot be
// started is refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "tests/integration/loaded_scheme.hpp"

namespace lowu::test {
namespace {

using ::testing::HasSubstr;

class BankLog : public LoadedScheme {
protected:
    BankLog() : LoadedScheme(true) {}

    // Over all banks of a side.
    struct Sums {
        std::int64_t pending = 0;
        std::int64_t promised = 0;
        std::int64_t settled = 0;
        std::int64_t credited = 0;
    };
    Sums sums(scheme::Rail rail) {
        v1::GetBooksResponse response;
        EXPECT_TRUE(call(rail, &v1::BankService::Stub::GetBooks, {}, response).ok());
        Sums sums;
        for (const v1::BankBooks& books : response.books()) {
            sums.pending += books.outgoing_pending();
            sums.promised += books.incoming_promised();
            sums.settled += books.outgoing_settled();
            sums.credited += books.incoming_credited();
        }
        return sums;
    }

    [[nodiscard]] bool quiet() {
        for (const scheme::Rail rail : kRails) {
            const Sums now = sums(rail);
            if (now.pending > 0 || now.promised > 0) return false;
        }
        return true;
    }

    void kill_and_restart(scheme::Rail rail) {
        running_.banks_process(rail).kill();
        ASSERT_TRUE(running_.start_banks(rail));
    }

    v1::SendRemittanceRequest order() {
        v1::SendRemittanceRequest request;
        request.set_bank("012");
        request.set_payer_account("012-875-10001");
        request.set_payee_agent("102100099996");
        request.set_payee_account("6222020200010001");
        request.set_payee_name("Zhang Wei");
        request.set_amount_minor(12'345);
        request.set_currency(v1::CURRENCY_CNY);
        request.set_uetr("11111111-1111-4111-8111-111111111111");
        return request;
    }
};

TEST_F(BankLog, KilledUnderLoadAndStartedAgainNothingIsLost) {
    std::int64_t settled_before = 0;
    for (std::uint64_t round = 1; round <= 3; ++round) {
        start_traffic(round);
        wait_for_the_middle();
        EXPECT_TRUE(traffic_runs())
            << "the traffic was over before the banks died: nothing was tested";
        // One side alone, the other alone, both at once.
        if (round != 2) running_.banks_process(scheme::Rail::kFps).kill();
        if (round != 1) running_.banks_process(scheme::Rail::kIbps).kill();
        ASSERT_TRUE(round == 2 || running_.start_banks(scheme::Rail::kFps));
        ASSERT_TRUE(round == 1 || running_.start_banks(scheme::Rail::kIbps));
        const bool over = running_.switch_process().wait_until(
            kPatience, [this] { return !traffic_runs() && quiet(); });
        ASSERT_TRUE(over) << running_.tails();
        const Sums hk = sums(scheme::Rail::kFps);
        const Sums mainland = sums(scheme::Rail::kIbps);
        EXPECT_EQ(hk.settled, mainland.credited);
        EXPECT_EQ(mainland.settled, hk.credited);
        EXPECT_GT(hk.settled + mainland.settled, settled_before + kPaymentsOfASide / 2);
        settled_before = hk.settled + mainland.settled;
        expect_books_agree();
    }
    std::cout << settled_before << " payments settled and credited once\n";
}

TEST_F(BankLog, ACustomersPaymentAndAccountOutliveTheBank) {
    v1::OpenAccountRequest opening;
    opening.mutable_account()->set_bank("012");
    opening.mutable_account()->set_account("012-1");
    opening.mutable_account()->set_currency(v1::CURRENCY_CNY);
    opening.mutable_account()->set_name_en("Chan Siu Ming");
    opening.set_opening_balance_minor(777);
    v1::OpenAccountResponse opened;
    ASSERT_TRUE(
        call(scheme::Rail::kFps, &v1::BankService::Stub::OpenAccount, opening, opened).ok());
    running_.kill_switch();  // so that the payment stays pending
    v1::SendRemittanceRequest request = order();
    request.set_no_wait(true);
    v1::SendRemittanceResponse sent;
    ASSERT_TRUE(
        call(scheme::Rail::kFps, &v1::BankService::Stub::SendRemittance, request, sent).ok());
    EXPECT_EQ(sent.remittance().status(), v1::PAYMENT_STATUS_ACSP);

    running_.banks_process(scheme::Rail::kFps).kill();
    ASSERT_TRUE(running_.start_switch());
    // The payee's bank first: a payment to a bank without a session is refused.
    ASSERT_TRUE(running_.switch_process().wait_until(kPatience, [this] {
        const v1::ListBanksResponse payees = banks(scheme::Rail::kIbps);
        return std::all_of(payees.banks().begin(), payees.banks().end(),
                           [](const v1::Bank& bank) { return bank.online(); });
    }));
    ASSERT_TRUE(running_.start_banks(scheme::Rail::kFps));
    request.set_no_wait(false);
    ASSERT_TRUE(
        call(scheme::Rail::kFps, &v1::BankService::Stub::SendRemittance, request, sent).ok());
    EXPECT_EQ(sent.remittance().status(), v1::PAYMENT_STATUS_ACSC) << "the same remittance";
    v1::GetAccountRequest asked;
    asked.set_bank("012");
    asked.set_account("012-1");
    v1::GetAccountResponse account;
    ASSERT_TRUE(call(scheme::Rail::kFps, &v1::BankService::Stub::GetAccount, asked, account).ok());
    EXPECT_EQ(account.account().balance_minor(), 777);
    v1::GetRemittanceRequest which;
    which.set_bank("012");
    which.set_uetr(request.uetr());
    v1::GetRemittanceResponse held;
    kill_and_restart(scheme::Rail::kFps);
    ASSERT_TRUE(call(scheme::Rail::kFps, &v1::BankService::Stub::GetRemittance, which, held).ok());
    EXPECT_EQ(held.remittance().status(), v1::PAYMENT_STATUS_ACSC);
    expect_books_agree();
}

TEST_F(BankLog, SaysHowItKeepsBooksAndPassesAnEnquiryOn) {
    EXPECT_EQ(banks(scheme::Rail::kFps).log_mode(), "log, synced");
    running_.banks_process(scheme::Rail::kFps).kill();
    ASSERT_TRUE(running_.start_banks(scheme::Rail::kFps, {"--sync", "off"}));
    EXPECT_EQ(banks(scheme::Rail::kFps).log_mode(), "log, not synced");
    v1::SendRemittanceResponse sent;
    ASSERT_TRUE(
        call(scheme::Rail::kFps, &v1::BankService::Stub::SendRemittance, order(), sent).ok());
    v1::EnquireStatusRequest request;
    request.set_bank("012");
    request.set_uetr(order().uetr());
    request.set_side(v1::SIDE_PAYER);
    request.set_wait_ms(60'000);
    v1::EnquireStatusResponse answer;
    const auto asked =
        call(scheme::Rail::kFps, &v1::BankService::Stub::EnquireStatus, request, answer);
    ASSERT_TRUE(asked.ok()) << asked.error_message();
    EXPECT_NE(answer.has_report(), answer.has_reject()) << answer.ShortDebugString();
}

TEST_F(BankLog, WhatCannotBeStartedIsRefusedByName) {
    const auto rail = scheme::Rail::kFps;
    Finished second = running_.start_banks_in_vain(rail);
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_THAT(second.output + second.errors, HasSubstr(running_.bank_directory(rail)));
    running_.banks_process(rail).kill();

    std::string config = read_file(source("bank_sim/scenarios/launch-hk.txtpb"));
    const std::string name = "Chan Ka Yan";
    config.replace(config.find(name), name.size(), "Chan Ka Yi");
    write_file(folder_.file("hk.txtpb"), config);
    Finished other = running_.start_banks_in_vain(rail, {"--config", folder_.file("hk.txtpb")});
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_THAT(other.output + other.errors, HasSubstr("accounts[0].name_en"));

    Finished fewer = running_.start_banks_in_vain(rail, {"--traffic-accounts", "3"});
    EXPECT_EQ(fewer.exit_code, 2);
    EXPECT_THAT(fewer.output + fewer.errors, HasSubstr("--traffic-accounts 8"));

    for (const char* option : {"--config", "--day"}) {
        Finished no_file = running_.start_banks_in_vain(rail, {option, folder_.file("nosuch")});
        EXPECT_EQ(no_file.exit_code, 2) << option;
        EXPECT_THAT(no_file.output + no_file.errors, HasSubstr(folder_.file("nosuch"))) << option;
    }

    Finished wrong_side = running_.start_banks_in_vain(
        rail, {"--config", source("bank_sim/scenarios/launch-mainland.txtpb")});
    EXPECT_EQ(wrong_side.exit_code, 2);
    EXPECT_THAT(wrong_side.output + wrong_side.errors, HasSubstr("token_keys of RAIL_FPS"));

    ASSERT_TRUE(running_.start_banks(rail)) << "nothing of that has done harm";
    running_.banks_process(rail).kill();
    {
        std::fstream segment(running_.bank_directory(rail) + "/segment-0000000001.log",
                             std::ios::in | std::ios::out | std::ios::binary);
        segment.seekp(4'096 + 700);
        segment.write("damage", 6);
        ASSERT_TRUE(segment.good());
    }
    Finished damaged = running_.start_banks_in_vain(rail);
    EXPECT_EQ(damaged.exit_code, 65);
    EXPECT_THAT(damaged.output + damaged.errors, HasSubstr("segment-0000000001.log"));
}

}  // namespace
}  // namespace lowu::test
