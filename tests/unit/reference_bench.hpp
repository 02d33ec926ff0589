// The reference ledger with two banks on each rail, and whatever a test does to it. What is said is
// written down shortly: "001 settled 7", "link refused 7 payee_agent_silent". Used by
// reference_*_test.cpp; one thread.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/scheme/calendar.hpp"
#include "simulator/reference/accounts.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/reference_ledger.hpp"

namespace lowu::reference {

using Texts = std::vector<std::string>;

inline const BankCode kHk = "001";
inline const BankCode kOtherHk = "002";
inline const BankCode kMainland = "102100099996";
inline const BankCode kOtherMainland = "105100000017";
inline const Corridor kNorthP2p{Service::kP2pRemittance, Direction::kNorthbound};
inline const Corridor kSouthP2p{Service::kP2pRemittance, Direction::kSouthbound};

inline Uetr uetr(std::uint64_t number) {
    return scheme::uetr_from_random(0, number);
}

/// Short names, so that expectations can be read.
inline std::string short_text(const Said& said) {
    static const std::map<SaidKind, std::string> kKinds{
        {SaidKind::kPending, "pending"},   {SaidKind::kSettled, "settled"},
        {SaidKind::kRejected, "rejected"}, {SaidKind::kMessageReject, "not taken up"},
        {SaidKind::kRequest, "request"},   {SaidKind::kCreditNow, "credit"},
        {SaidKind::kVoid, "void"},         {SaidKind::kEvent, "event"},
        {SaidKind::kReturned, "returned"}, {SaidKind::kEnquiryAnswer, "stands"},
    };
    static const std::map<LinkKind, std::string> kLinkKinds{
        {LinkKind::kTransfer, "transfer"},    {LinkKind::kSettled, "settled"},
        {LinkKind::kRefused, "refused"},      {LinkKind::kCancel, "cancel"},
        {LinkKind::kCancelled, "cancelled"},  {LinkKind::kAlreadySettled, "already settled"},
        {LinkKind::kLoggedOff, "logged off"}, {LinkKind::kLoggedOn, "logged on"},
        {LinkKind::kReturn, "return"},        {LinkKind::kDegraded, "degraded"},
        {LinkKind::kRestored, "restored"},    {LinkKind::kDefault, "default"},
    };
    std::string text = said.to + " ";
    Uetr about = said.uetr;
    ResultCode result = said.result;
    if (said.link) {
        text = "link " + kLinkKinds.at(said.link->kind);
        about = said.link->uetr;
        result = said.link->result;
    } else {
        text += kKinds.at(said.kind);
    }
    constexpr std::uint64_t kNumber = ~std::uint64_t{0} >> 2U;
    if (about != Uetr{}) text += " " + std::to_string(about.low & kNumber);
    if (said.standing != Standing::kNone) {
        text += " as " + std::to_string(static_cast<int>(said.standing));
    }
    if (result != ResultCode::kAccepted) text += " " + std::string(scheme::row_of(result).name);
    if (said.field != Field::kNone) text += ", " + std::string(to_string(said.field));
    return text;
}

class Bench {
public:
    /// Everybody has CNY (and HKD) 1,000,000.00 or may owe as much; all sessions and the link are
    /// up.
    explicit Bench(const OpenRail& open = {}, Amount money = 100'000'000) {
        const std::set<Corridor> everywhere{
            kNorthP2p,
            kSouthP2p,
            {Service::kFeeCollection, Direction::kNorthbound},
            {Service::kFeeCollection, Direction::kSouthbound},
            {Service::kBusinessToPerson, Direction::kNorthbound},
            {Service::kBusinessToPerson, Direction::kSouthbound},
            kDomesticCorridor,
        };
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            apply(rail, open);
            const bool fps = rail == Rail::kFps;
            for (const BankCode& bank : banks_of(rail)) {
                apply(rail, fps ? AdmitBank{bank, everywhere, money, money, 0}
                                : AdmitBank{bank, everywhere, 0, 0, money});
            }
            apply(rail, fps ? OpenLink{"X90", money, 0} : OpenLink{"999000000009", 0, money});
            apply(rail, LinkState{true});
            apply(rail, SetReferenceRate{{today(), 92'000'000, 720'000'000}});
            for (const BankCode& bank : banks_of(rail))
                apply(rail, SessionUp{bank, 1});
        }
    }

    static std::vector<BankCode> banks_of(Rail rail) {
        return rail == Rail::kFps ? std::vector{kHk, kOtherHk}
                                  : std::vector{kMainland, kOtherMainland};
    }
    static Rail rail_of(const BankCode& bank) {
        return bank.size() == 3 ? Rail::kFps : Rail::kIbps;
    }

    /// One command; what it says over the link waits for deliver().
    Texts apply(Rail rail, const Command& command) {
        ++now.sequence;
        answer = ledger.apply(now, rail, command, remembers);
        complaints.insert(complaints.end(), answer.complaints.begin(), answer.complaints.end());
        Texts texts;
        for (const Said& said : answer.said) {
            texts.push_back(short_text(said));
            if (said.link) on_the_way[static_cast<std::size_t>(rail)].push_back(said);
        }
        return texts;
    }
    /// A bank's message, with its next number.
    template <class Message>
    Texts say(Message message) {
        message.number = ++numbers_[message.bank];
        return apply(rail_of(message.bank), message);
    }
    /// The next message on the link from this rail.
    Texts deliver(Rail from) {
        auto& way = on_the_way[static_cast<std::size_t>(from)];
        if (way.empty()) return {"nothing on the link"};
        const Said said = way.front();
        way.pop_front();
        return apply(scheme::other(from), LinkDelivery{said.number, *said.link});
    }
    /// All messages on the link, and what they bring.
    Texts deliver_all() {
        Texts all;
        for (bool moved = true; moved;) {
            moved = false;
            for (const Rail from : {Rail::kFps, Rail::kIbps}) {
                while (!on_the_way[static_cast<std::size_t>(from)].empty()) {
                    const Texts one = deliver(from);
                    all.insert(all.end(), one.begin(), one.end());
                    moved = true;
                }
            }
        }
        return all;
    }
    void pass(Duration duration) {
        now.elapsed = now.elapsed + duration;
        now.scheme = now.scheme + duration;
    }
    /// Scheme time alone.
    void at(const std::string& utc8) { now.scheme = *scheme::parse_utc8(utc8); }
    Texts set(Rail rail, Parameter parameter, const Corridor& corridor, std::int64_t value,
              const BankCode& bank = {}, SchemeTime effective = {}) {
        SetParameters command;
        command.settings.push_back(
            {{static_cast<std::uint32_t>(parameter), corridor, bank}, value});
        command.effective = effective;
        return apply(rail, command);
    }

    /// CNY 1.00 from the bank's first customer, as the rules want it.
    [[nodiscard]] CreditTransfer transfer(std::uint64_t number, const BankCode& from,
                                          const BankCode& to, Amount amount = 100) const {
        const bool fps = rail_of(from) == Rail::kFps;
        CreditTransfer one;
        one.bank = from;
        one.uetr = uetr(number);
        one.service = rail_of(from) == rail_of(to) ? Service::kDomestic : Service::kP2pRemittance;
        one.payee_agent = to;
        one.amount = amount;
        one.creation_time = now.scheme;
        one.payer.document = fps ? scheme::DocumentType::kHkid : scheme::DocumentType::kMainlandId;
        one.payer.token_version = 1;
        one.payer.tokens.current = {1, fps ? 1U : 2U};
        return one;
    }
    Texts pay(std::uint64_t number, const BankCode& from, const BankCode& to, Amount amount = 100) {
        return say(transfer(number, from, to, amount));
    }
    Texts accept(std::uint64_t number, const BankCode& bank) {
        return say(CreditTransferAnswer{bank, 0, uetr(number), ResultCode::kAccepted});
    }
    /// From the instruction to the payer's bank's word.
    void settle(std::uint64_t number, const BankCode& from, const BankCode& to,
                Amount amount = 100) {
        pay(number, from, to, amount);
        deliver_all();
        accept(number, to);
        deliver_all();
    }
    Texts send_back(std::uint64_t number, std::uint64_t original, const BankCode& bank,
                    Amount amount) {
        return say(PaymentReturn{bank, 0, uetr(number), uetr(original), amount,
                                 scheme::ReturnReason::kMd06});
    }

    [[nodiscard]] const RailState& rail(Rail which) const { return ledger.rail(which); }
    [[nodiscard]] Amount balance(Rail which, const std::string& account) const {
        return rail(which).accounts.at(account).balance;
    }
    [[nodiscard]] Amount reserved(Rail which, const std::string& account) const {
        return rail(which).accounts.at(account).reserved;
    }
    [[nodiscard]] const Payment& payment(Rail which, std::uint64_t number) const {
        return rail(which).payments.at(rail(which).arrivals.at(uetr(number)).back());
    }
    [[nodiscard]] std::int64_t today() const { return scheme::day_number(now.scheme); }
    /// What must hold after every test: nothing complained of, both books in order.
    void expect_order() const {
        EXPECT_EQ(complaints, Texts{});
        EXPECT_EQ(check_book(rail(Rail::kFps)), Texts{});
        EXPECT_EQ(check_book(rail(Rail::kIbps)), Texts{});
    }

    ReferenceLedger ledger;
    Stamp now{0, scheme::kDefaultSchemeStart, ElapsedTime{0}};
    Answer answer;  ///< Of the last command.
    Texts complaints;
    Remembers remembers = remembers_all;
    std::array<std::deque<Said>, 2> on_the_way;  ///< By the rail that said it.

private:
    std::map<BankCode, std::uint64_t> numbers_;
};

class ReferenceTest : public testing::Test {
protected:
    void TearDown() override { bench.expect_order(); }

    Bench bench;
};

}  // namespace lowu::reference
