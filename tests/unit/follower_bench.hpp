// Two live cells with the link between them, and the log that they would have written, without an
// engine: for what the follower does over days of payments. Small tables: 64 payments a segment.
// One thread.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "common/scheme/calendar.hpp"
#include "switch/core/cell.hpp"
#include "switch/follower/follower.hpp"
#include "switch/journal/batch.hpp"

namespace lowu::follower {

using core::AccountIndex;
using core::AmountMinor;
using core::ParticipantIndex;
using core::PaymentIndex;
using core::Rail;
using core::Sequence;

/// Remembers every entry and every move of the accounts of one cell, as a slow model.
class BookKeeper final : public core::Witness {
public:
    struct Line {
        Sequence sequence;
        SchemeTime time;
        std::optional<core::Uetr> uetr;
        AmountMinor amount;
        AmountMinor balance;
    };
    struct Move {
        SchemeTime time;
        AmountMinor balance, reserved, lowest_available;
    };

    void watch(const core::Cell& cell) { cell_ = &cell; }
    void begin(const core::Stamp& stamp) { stamp_ = stamp; }
    std::map<AccountIndex, std::vector<Line>> lines;
    std::map<AccountIndex, std::vector<Move>> moves;

    void on_payment(const core::Payment&, PaymentIndex) override {}
    void on_check(const core::Uetr&, core::ResultCode, bool) override {}
    void on_state(const core::Payment&, core::PaymentState, core::PaymentEvent) override {}
    void on_reserve(const core::Payment&, AccountIndex account, AmountMinor before) override {
        move(account, before);
    }
    void on_release(const core::Payment&, AccountIndex account, AmountMinor before) override {
        move(account, before);
    }
    void on_entry(const core::Payment* payment, const core::Entry& entry, AmountMinor debit_before,
                  AmountMinor credit_before) override {
        const auto uetr = payment == nullptr ? std::nullopt : std::optional(payment->uetr);
        const bool own = entry.debit == entry.credit;
        const AmountMinor debit = cell_->ledger().account(entry.debit).balance;
        const AmountMinor credit = cell_->ledger().account(entry.credit).balance;
        lines[entry.debit].push_back({stamp_.sequence, stamp_.scheme, uetr,
                                      AmountMinor{-entry.amount.value},
                                      own ? AmountMinor{debit.value - entry.amount.value} : debit});
        lines[entry.credit].push_back({stamp_.sequence, stamp_.scheme, uetr, entry.amount, credit});
        move(entry.debit, debit_before);
        move(entry.credit, credit_before);
    }
    void on_timer_set(const core::Payment&, core::TimerKind, ElapsedTime) override {}
    void on_timer_fired(const core::Payment&, core::TimerKind) override {}
    void on_outbox(ParticipantIndex, core::MessageNumber, const core::OutboxEntry&) override {}
    void on_link_message(core::MessageNumber, const core::LinkMessage&) override {}
    void on_credited(const core::Payment&) override {}
    void on_quota(const core::Payment&, core::QuotaMove, const core::QuotaHold&) override {}
    void on_forget(const core::Payment&, PaymentIndex) override {}

private:
    void move(AccountIndex index, AmountMinor before) {
        const core::Account& account = cell_->ledger().account(index);
        moves[index].push_back({stamp_.scheme, account.balance, account.reserved,
                                std::min(before, account.available())});
    }
    const core::Cell* cell_ = nullptr;
    core::Stamp stamp_;
};

inline const core::AgentCode kHongKongBank = *scheme::parse_agent_code("X01");
inline const core::AgentCode kOtherHongKongBank = *scheme::parse_agent_code("X02");
inline const core::AgentCode kMainlandBank =
    *scheme::parse_agent_code(std::string("99910000001") + scheme::ibps_check_digit("99910000001"));

class FollowerBench {
public:
    explicit FollowerBench(std::uint32_t payments_max = 1'024) {
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            cells_[slot(rail)] = std::make_unique<core::Cell>(&books_[slot(rail)]);
            books_[slot(rail)].watch(*cells_[slot(rail)]);
        }
        begin(payments_max);
    }

    // What happens.

    void apply(Rail rail, const core::Command& command, const journal::Body& body = {}) {
        stamp_.sequence = stamp_.sequence.next();
        builder_.add(stamp_, rail, command, body);
        books_[slot(rail)].begin(stamp_);
        cells_[slot(rail)]->apply(stamp_, command, effects_);
        effects_.clear();
        if (link_open_) pump();
        if (builder_.count() >= batch_records) seal();
    }
    void pass(Duration duration) {
        stamp_.scheme = stamp_.scheme + duration;
        stamp_.elapsed = stamp_.elapsed + duration;
    }
    /// An instruction from kHongKongBank to kMainlandBank; of one person each.
    void send(std::uint64_t number, std::int64_t amount = 100) {
        instruct(Rail::kFps, transfer(number, kMainlandBank, amount));
    }
    /// From kMainlandBank to kHongKongBank.
    void send_south(std::uint64_t number, std::int64_t amount = 100) {
        instruct(Rail::kIbps, transfer(number, kHongKongBank, amount));
    }
    /// From kHongKongBank to kOtherHongKongBank.
    void send_domestic(std::uint64_t number, std::int64_t amount = 100) {
        core::CreditTransfer domestic = transfer(number, kOtherHongKongBank, amount);
        domestic.service = core::Service::kDomestic;
        domestic.payer = core::Payer{};
        instruct(Rail::kFps, domestic);
    }
    void answer(Rail rail, ParticipantIndex bank, std::uint64_t number,
                core::ResultCode result = core::ResultCode::kAccepted) {
        apply(rail,
              core::CreditTransferAnswer{bank, next_number(rail, bank), uetr(number), result});
    }
    void report(Rail rail, ParticipantIndex bank, std::uint64_t number) {
        apply(rail, core::CreditReport{bank, next_number(rail, bank), uetr(number)});
    }
    void send_back(Rail rail, ParticipantIndex bank, std::uint64_t number, std::uint64_t original,
                   std::int64_t amount) {
        apply(rail, core::PaymentReturn{bank, next_number(rail, bank), uetr(number), uetr(original),
                                        AmountMinor{amount}, scheme::ReturnReason::kAm09});
    }
    /// Northbound, to its end.
    void pay(std::uint64_t number, std::int64_t amount = 100) {
        send(number, amount);
        answer(Rail::kIbps, kFirst, number);
        report(Rail::kIbps, kFirst, number);
    }
    /// All banks hold all that was said to them.
    void acknowledge() {
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            for (std::uint16_t i = 0; i < cell(rail).participants(); ++i) {
                const core::Outbox& outbox = cell(rail).participant(ParticipantIndex{i}).outbox;
                if (outbox.size() == 0) continue;
                apply(rail, core::OutboxAcknowledged{ParticipantIndex{i}, outbox.next() - 1});
            }
        }
    }
    /// Whatever may be forgotten now.
    void forget() {
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            apply(rail, core::Tick{});
            while (cell(rail).forgettable_through() > cell(rail).first_remembered())
                apply(rail, core::Forget{cell(rail).forgettable_through()});
        }
    }
    /// A day goes by, and with it the memory of what was before.
    void next_day() {
        acknowledge();
        pass(Duration::from_days(1));
        set_rates();
        forget();
    }

    // What came of it.

    /// Ends the batch at hand.
    void seal() {
        if (builder_.empty()) return;
        log::BatchBuffer buffer;
        Stored& stored = log_.emplace_back();
        stored.view.epoch = 1;
        stored.view.first_sequence = builder_.first().value;
        stored.view.count = builder_.count();
        stored.view.previous_hash = log_.size() == 1 ? Hash128{} : log_[log_.size() - 2].view.hash;
        builder_.take(buffer);
        stored.payload.assign(buffer.payload().begin(), buffer.payload().end());
        stored.view.payload = stored.payload;
        stored.view.hash = hash128(stored.view.payload, stored.view.first_sequence);
        stored.decisions = {cells_[0]->decisions(), cells_[1]->decisions()};
    }
    /// Lets a follower take what it has not; after each batch it must be as the live cells were.
    void follow(Follower& follower) {
        seal();
        for (const Stored& stored : log_) {
            if (stored.view.last_sequence() <= follower.replayed().value) continue;
            const auto taken = follower.take(stored.view);
            ASSERT_TRUE(taken.ok()) << taken.error().what;
            ASSERT_EQ(follower.decisions(), stored.decisions);
        }
    }
    [[nodiscard]] journal::SnapshotHeader header() const {
        journal::SnapshotHeader header;
        header.identity = identity();
        header.last = {Sequence{log_.back().view.last_sequence()}, stamp_.scheme, stamp_.elapsed};
        header.epoch = 1;
        header.chain_hash = log_.back().view.hash;
        return header;
    }
    [[nodiscard]] static journal::SnapshotIdentity identity() {
        return {"fps/0+ibps/0", 1, kLogId};
    }
    [[nodiscard]] const core::Cell& cell(Rail rail) const { return *cells_[slot(rail)]; }
    [[nodiscard]] const BookKeeper& books(Rail rail) const { return books_[slot(rail)]; }
    [[nodiscard]] const core::Stamp& now() const { return stamp_; }
    [[nodiscard]] std::size_t batches() const { return log_.size(); }
    [[nodiscard]] static core::Uetr uetr(std::uint64_t number) {
        return scheme::uetr_from_random(0xabcd'0000, number);
    }
    /// A transfer's messages wait at the link until it is opened again.
    void hold_link(bool held) {
        link_open_ = !held;
        if (link_open_) pump();
    }

    static constexpr ParticipantIndex kFirst{0};   ///< kHongKongBank, kMainlandBank.
    static constexpr ParticipantIndex kSecond{1};  ///< kOtherHongKongBank.
    static constexpr log::LogId kLogId{0x7777, 0x8888};

    std::uint32_t batch_records = 16;
    std::size_t carried_bytes = 0;  ///< Of an instruction.

private:
    struct Stored {
        std::vector<std::byte> payload;
        log::BatchView view;
        std::array<std::uint64_t, 2> decisions{};
    };
    static std::size_t slot(Rail rail) { return static_cast<std::size_t>(rail); }

    void begin(std::uint32_t payments_max) {
        stamp_.scheme = scheme::kDefaultSchemeStart;
        core::Parameters parameters;
        parameters.payments_max = payments_max;
        parameters.quota_records_max = std::max(65'536U, 2 * payments_max);
        parameters.proxies_max = 1'024;
        const core::Participation all{core::kAllParticipation};
        const AmountMinor money{1'000'000'000};
        const AmountMinor none{0};
        apply(Rail::kFps, core::OpenCell{Rail::kFps, parameters, stamp_.scheme});
        apply(Rail::kFps, core::AdmitParticipant{kHongKongBank, all, money, money, none});
        apply(Rail::kFps, core::AdmitParticipant{kOtherHongKongBank, all, money, money, none});
        apply(Rail::kFps, core::OpenLink{*scheme::parse_agent_code("X90"), money, none});
        apply(Rail::kIbps, core::OpenCell{Rail::kIbps, parameters, stamp_.scheme});
        apply(Rail::kIbps, core::AdmitParticipant{kMainlandBank, all, none, none, money});
        apply(Rail::kIbps, core::OpenLink{*scheme::parse_agent_code("999900000017"), none, money});
        set_rates();
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            for (std::uint16_t i = 0; i < cell(rail).participants(); ++i)
                apply(rail, core::SessionUp{ParticipantIndex{i}, 1});
            apply(rail, core::LinkState{true});
        }
        link_open_ = true;
    }
    void set_rates() {
        core::ReferenceRate rate;
        rate.day = static_cast<std::int32_t>(scheme::day_number(stamp_.scheme));
        rate.cny_per_hkd = core::Rate{92'000'000};
        rate.cny_per_usd = core::Rate{720'000'000};
        for (const Rail rail : {Rail::kFps, Rail::kIbps})
            apply(rail, core::SetReferenceRate{rate});
    }
    core::CreditTransfer transfer(std::uint64_t number, core::AgentCode payee_agent,
                                  std::int64_t amount) {
        const Rail origin = *scheme::rail_of(payee_agent) == Rail::kFps ? Rail::kIbps : Rail::kFps;
        core::CreditTransfer command;
        command.number = next_number(origin, kFirst);
        if (payee_agent == kOtherHongKongBank) command.number = next_number(Rail::kFps, kFirst);
        command.uetr = uetr(number);
        command.service = core::Service::kP2pRemittance;
        command.payee_agent = payee_agent;
        command.amount = AmountMinor{amount};
        command.creation_time = stamp_.scheme;
        command.payer.document = scheme::document_of(origin);
        command.payer.token_version = 1;
        command.payer.tokens.current = {0x7070'0000, number + 1};
        return command;
    }
    void instruct(Rail rail, core::CreditTransfer command) {
        journal::Body body;
        body.payer_account = "012-875-10001";
        body.payee_account = "6222000000000001";
        body.carried.assign(carried_bytes, 'x');
        body.creation_time = command.creation_time;
        journal::hash_body(body, command);
        apply(rail, command, body);
    }
    [[nodiscard]] core::MessageNumber next_number(Rail rail, ParticipantIndex bank) const {
        return cell(rail).participant(bank).last_number + 1;
    }
    void pump() {
        link_open_ = false;  // Deliveries pump nothing themselves.
        for (bool more = true; more;) {
            more = false;
            for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
                const Rail there = scheme::other(rail);
                const core::LinkOutbox& outbox = cell(rail).link_outbox();
                if (outbox.size() == 0) continue;
                const core::MessageNumber number = outbox.first();
                apply(there, core::LinkDelivery{number, outbox.entry(number).message});
                apply(rail, core::LinkAcknowledged{number});
                more = true;
            }
        }
        link_open_ = true;
    }

    std::array<BookKeeper, 2> books_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    journal::BatchBuilder builder_;
    std::deque<Stored> log_;
    core::Stamp stamp_;
    core::Effects effects_;
    bool link_open_ = false;
};

}  // namespace lowu::follower
