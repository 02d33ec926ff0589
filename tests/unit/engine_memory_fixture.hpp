// An engine whose cells forget as soon as they may, with a map for an archive: for the tests of
// what is forgotten and of starts from a snapshot. One thread.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {

using core::ResultCode;

inline constexpr std::array kRails{Rail::kFps, Rail::kIbps};
inline constexpr std::uint64_t kSegment = core::kMinSegmentPayments;
inline constexpr Duration kMemory = Duration::from_minutes(20);

/// Segments of 64 payments, remembered for twenty minutes.
inline Genesis forgetful_genesis(std::uint32_t payments_max = core::kMinSegments *
                                                              core::kMinSegmentPayments) {
    Genesis genesis = small_genesis(payments_max);
    for (const Rail rail : kRails) {
        core::SetParameters memory;
        memory.settings = {
            {{core::ParameterId::kPaymentMemory, {}, core::kNoParticipant}, kMemory.whole_ms()}};
        genesis.emplace_back(rail, memory);
    }
    return genesis;
}

class EngineMemoryTest : public EngineTest {
protected:
    explicit EngineMemoryTest(Genesis genesis = forgetful_genesis())
        : EngineTest(std::move(genesis)) {
        connect_all();
    }

    void connect_all() {
        payer_ = connect(kFpsBank);
        other_payer_ = connect(kOtherFpsBank);
        payee_ = connect(kIbpsBank);
    }

    [[nodiscard]] SchemeTime scheme_now() { return engine().cell(Rail::kFps).last_stamp().scheme; }
    const core::Payment* leg(Rail rail, std::uint64_t number) {
        const auto index = engine().cell(rail).find_payment(uetr(number));
        return index ? &engine().cell(rail).payment(*index) : nullptr;
    }
    [[nodiscard]] bool forgotten(std::uint64_t number) {
        return leg(Rail::kFps, number) == nullptr && leg(Rail::kIbps, number) == nullptr;
    }
    std::array<std::int64_t, 2> positions() {
        std::array<std::int64_t, 2> found{};
        for (const std::string* bank : {&fps_, &kIbpsBank}) {
            const Rail rail = *scheme::rail_of_code(*bank);
            found[static_cast<std::size_t>(rail)] =
                engine().cell(rail).ledger().account(participant(*bank).cny).balance.value;
        }
        return found;
    }

    /// An instruction of this moment.
    Input fresh(Input input) {
        auto& command = std::get<core::CreditTransfer>(input.command);
        command.creation_time = input.body.creation_time = scheme_now();
        journal::hash_body(input.body, command);
        return input;
    }
    /// Payments northbound with the numbers from `first` on, each to its end.
    void pay_many(std::uint64_t first, std::uint64_t count, bool reported = true) {
        std::vector<Input> instructions;
        std::vector<Input> answers;
        std::vector<Input> reports;
        for (std::uint64_t number = first; number < first + count; ++number) {
            instructions.push_back(transfer(number, kIbpsBank));
            answers.push_back(answer(number, number == kRefused ? ResultCode::kPayeeAccountUnknown
                                                                : ResultCode::kAccepted));
            if (number != kRefused) reports.push_back(report(number));
        }
        say_durably(payer_, instructions);
        say_durably(payee_, answers);
        if (reported) say_durably(payee_, reports);
        acknowledge(payer_);
        acknowledge(payee_);
    }
    /// So many that a segment of each rail is full, of this moment.
    void pay_fresh_segment(std::uint64_t first) {
        for (std::uint64_t number = first; number < first + kSegment; ++number) {
            say_durably(payer_, {fresh(transfer(number, kIbpsBank))});
            say_durably(payee_, {answer(number), report(number)});
        }
        acknowledge(payer_);
        acknowledge(payee_);
    }
    void pass_scheme(Duration by) {
        engine().advance_scheme_time(ChangeId{++last_request_}, scheme_now() + by);
        process_->sync();
        for (BankEnd* end : {&payer_, &other_payer_, &payee_})
            acknowledge(*end);
    }
    /// Keeps what the cells remember of payments that have ended, as the follower would.
    void archive_all() {
        for (const Rail rail : kRails) {
            const core::PaymentTable& table = engine().cell(rail).payments();
            table.for_each([&](core::PaymentIndex index, const core::Payment& payment) {
                if (!core::is_final(payment.state)) return;
                archive_[static_cast<std::size_t>(rail)][payment.uetr][index] =
                    core::Recollect{index, table.whole(index)};
            });
        }
    }
    void forget_all() {
        archive_all();
        for (core::Sequence before{~std::uint64_t{0}}; before != engine().last_forget();) {
            before = engine().last_forget();
            engine().forget_old(engine().durable());
            process_->sync();
        }
    }
    /// A segment of payments, number 1 to 64, that both rails have forgotten.
    void forget_a_segment() {
        pay_many(1, kSegment);
        pass_scheme(kMemory + Duration::from_seconds(1));
        forget_all();
        ASSERT_TRUE(forgotten(1));
        ASSERT_TRUE(forgotten(kSegment));
        heard_ = outlet_->messages.size();
    }

    /// Of all that had the UETR what fits, else the newest, as the archive does.
    Recollection look_up(const Wanted& wanted) {
        Recollection found{wanted, {}};
        for (const Rail rail : kRails) {
            auto& leg = found.legs[static_cast<std::size_t>(rail)];
            bool fitting = false;
            for (const auto& [index, back] :
                 archive_[static_cast<std::size_t>(rail)][wanted.uetr]) {
                const bool fits = wanted.fits(rail, back.leg.payment);
                if (fitting && !fits) continue;
                leg = back;
                fitting = fits;
            }
        }
        return found;
    }
    /// As the runner does: asks first what is wanted, then hands in the frame with what the archive
    /// has; what is left over of it again, once there is room. All that was wanted.
    std::vector<scheme::Uetr> say_looked_up(BankEnd& end, std::vector<Input> inputs) {
        InboundFrame frame;
        frame.first_number = end.next;
        frame.acknowledged = end.received;
        frame.credit = end.credit;
        end.next += inputs.size();
        frame.inputs = std::move(inputs);
        std::vector<scheme::Uetr> all;
        for (parts_ = 1; parts_ < 100; ++parts_) {
            std::vector<Recollection> found;
            for (const Wanted& wanted : engine().wanted(end.session, frame)) {
                all.push_back(wanted.uetr);
                found.push_back(look_up(wanted));
            }
            const bool whole = engine().on_frame(end.session, frame, found);
            process_->sync();
            if (whole) break;
            archive_all();
            engine().forget_old(core::Sequence{0});
            process_->sync();
        }
        return all;
    }
    /// What a bank has been sent since it was last looked at.
    std::vector<core::OutboxEntry> heard(const BankEnd& end) {
        std::vector<core::OutboxEntry> entries;
        for (std::size_t i = heard_; i < outlet_->messages.size(); ++i) {
            if (outlet_->messages[i].session == end.session)
                entries.push_back(outlet_->messages[i].entry);
        }
        heard_ = outlet_->messages.size();
        return entries;
    }
    core::OutboxEntry only_heard(const BankEnd& end) {
        const auto entries = heard(end);
        EXPECT_EQ(entries.size(), 1U);
        return entries.empty() ? core::OutboxEntry{} : entries.front();
    }

    static constexpr std::uint64_t kRefused = 7;
    const std::string fps_ = kFpsBank;
    BankEnd payer_;
    BankEnd other_payer_;
    BankEnd payee_;
    using Generations = std::map<core::PaymentIndex, core::Recollect>;
    std::array<std::map<scheme::Uetr, Generations>, 2> archive_;  ///< By rail.
    int parts_ = 0;  ///< In which the last frame was taken.
    std::size_t heard_ = 0;
};

}  // namespace lowu::engine
