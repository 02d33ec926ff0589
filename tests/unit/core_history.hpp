// A random life of one FPS cell: every kind of command, each one that could come next. Two cells
// that are given the same commands must go the same way. Used by core_state_test.cpp; one thread.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "common/base/prng.hpp"
#include "tests/unit/core_archive.hpp"

namespace lowu::core {

class History {
public:
    static constexpr std::uint16_t kBanks = 4;
    static constexpr std::uint32_t kPayments = 1'024;

    struct Step {
        Stamp stamp;
        Command command;
    };

    History(std::uint64_t seed, const Cell& cell, ArchivingWitness& witness)
        : prng_(seed), cell_(cell), witness_(witness) {}

    /// What opens the cell, in order; then what comes next, as the cell stands.
    [[nodiscard]] Step next() {
        Command command = opened_ < genesis().size() ? genesis()[opened_++] : some_command();
        stamp_.sequence = stamp_.sequence.next();
        if (opened_ == genesis().size()) {
            stamp_.scheme = stamp_.scheme + Duration::from_ms(prng_.between(0, 20'000));
            stamp_.elapsed = stamp_.elapsed + Duration::from_ms(prng_.between(0, 900));
        }
        return {stamp_, std::move(command)};
    }
    /// How many commands of each kind there were.
    [[nodiscard]] const std::set<std::size_t>& kinds() const { return kinds_; }
    void count(const Command& command) { kinds_.insert(command.index()); }

private:
    [[nodiscard]] static std::vector<Command> genesis() {
        Parameters parameters = small_tables(kPayments);
        std::vector<Command> commands{OpenCell{Rail::kFps, parameters, {}}};
        for (std::uint16_t i = 1; i <= kBanks; ++i)
            commands.emplace_back(
                AdmitParticipant{code(i), {kAllParticipation}, AmountMinor{50'000'000}, {}, {}});
        commands.emplace_back(OpenLink{kFpsAgent, AmountMinor{50'000'000}, {}});
        commands.emplace_back(LinkState{true});
        ReferenceRate rate{static_cast<std::int32_t>(scheme::day_number(kStart)), Rate{92'000'000},
                           Rate{720'000'000}};
        commands.emplace_back(SetReferenceRate{rate});
        // So that segments become old within the run.
        commands.emplace_back(
            SetParameters{{{{ParameterId::kPaymentMemory, {}, kNoParticipant}, 1'200'000},
                           {{ParameterId::kEnquiryAfter, {}, kNoParticipant}, 1'000}},
                          {}});
        for (std::uint16_t i = 0; i < kBanks; ++i)
            commands.emplace_back(SessionUp{ParticipantIndex{i}, 1});
        return commands;
    }

    [[nodiscard]] ParticipantIndex some_bank() {
        return ParticipantIndex{static_cast<std::uint16_t>(prng_.below(kBanks))};
    }
    [[nodiscard]] MessageNumber number(ParticipantIndex bank) const {
        return cell_.participant(bank).last_number + 1;
    }
    [[nodiscard]] AmountMinor some_amount() { return AmountMinor{prng_.between(1, 3'000)}; }
    /// A remembered payment that is one of these, looking at some of the newest; or null.
    template <class Wanted>
    [[nodiscard]] const Payment* some_payment(Wanted&& wanted) {
        const std::uint32_t count = cell_.payments_so_far();
        for (int tries = 0; count > 0 && tries < 60; ++tries) {
            const std::uint64_t back = prng_.below(std::min<std::uint64_t>(count, 150));
            const auto index = PaymentIndex{static_cast<std::uint32_t>(count - 1 - back)};
            const Payment* payment = cell_.payments().get(index);
            if (payment != nullptr && wanted(*payment)) return payment;
        }
        return nullptr;
    }
    [[nodiscard]] ParticipantIndex payee_of(const Payment& payment) const {
        return payment.leg == Leg::kDestination
                   ? payment.local_agent
                   : cell_.find_participant(payment.remote_agent).value_or(kNoParticipant);
    }

    [[nodiscard]] Command some_command() {
        const PaymentIndex through = cell_.forgettable_through();
        if (through > cell_.first_remembered() && prng_.chance(1, 5)) return Forget{through};
        if (cell_.short_of_recollections()) return Forget{cell_.first_remembered()};
        const std::uint64_t what = prng_.below(100);
        if (what < 25) return some_transfer();
        if (what < 43) return some_link_message();
        if (what < 58) return some_answer();
        if (what < 66) return some_report();
        if (what < 71) return some_return();
        if (what < 82) return some_acknowledgement();
        if (what < 86) return Tick{};
        if (what < 89) return some_recollection();
        if (what < 92) return some_enquiry();
        return some_change();
    }

    [[nodiscard]] Command some_transfer() {
        CreditTransfer transfer;
        const std::uint64_t number_of_it =
            prng_.chance(1, 10) && made_ > 0 ? 1 + prng_.below(made_) : ++made_;
        const std::uint64_t kind = prng_.below(3);
        const std::int64_t amount = some_amount().value;
        const ParticipantIndex payer = some_bank();
        // One of the other banks, or none: a bank pays its own customers by itself.
        const auto payee =
            static_cast<std::uint32_t>(1 + (payer.value + prng_.between(1, kBanks)) % (kBanks + 1));
        if (kind == 0) transfer = remittance(number_of_it, amount);
        if (kind == 1) transfer = salary(number_of_it, amount);
        if (kind == 2) transfer = domestic(number_of_it, amount, code(payee));
        if (kind == 0) transfer.payer = person(1 + prng_.below(5));
        transfer.participant = payer;
        transfer.number = number(transfer.participant);
        transfer.creation_time = stamp_.scheme;
        return transfer;
    }
    [[nodiscard]] Command some_link_message() {
        LinkMessage message;
        const std::uint64_t kind = prng_.below(8);
        if (kind < 3) {
            const auto payee = static_cast<std::uint32_t>(prng_.between(1, kBanks + 1));
            message = transfer_message(1'000'000 + ++come_, code(payee), some_amount().value);
            message.acceptance_time = stamp_.scheme;
        } else if (kind == 3) {
            message.kind = LinkKind::kCancel;
            const Payment* given_up = some_payment(
                [](const Payment& one) { return one.leg == Leg::kDestination && !one.credited; });
            message.uetr = given_up == nullptr || prng_.chance(1, 9) ? uetr(1'000'000 + ++come_)
                                                                     : given_up->uetr;
        } else if (kind == 4) {
            const Payment* original = some_payment([](const Payment& one) {
                return one.leg == Leg::kOrigin && one.state == PaymentState::kSettled;
            });
            if (original == nullptr) return Tick{};
            message.kind = LinkKind::kReturn;
            message.uetr = uetr(2'000'000 + ++come_);
            message.original = original->uetr;
            message.service = original->service;
            message.payer_agent = original->remote_agent;
            message.amount = AmountMinor{1 + original->amount.value / 3};
            message.return_reason = scheme::ReturnReason::kMd06;
        } else {
            const Payment* waits = some_payment([](const Payment& one) {
                return begins(one.leg) && one.leg != Leg::kDomestic && !is_final(one.state);
            });
            if (waits == nullptr) return Tick{};
            message.uetr = waits->uetr;
            message.kind = prng_.chance(1, 3) ? LinkKind::kRefused : LinkKind::kSettled;
            if (message.kind == LinkKind::kRefused) message.result = ResultCode::kPayeeAgentSilent;
        }
        return LinkDelivery{cell_.link_received() + 1, message};
    }
    [[nodiscard]] Command some_answer() {
        const Payment* asked =
            some_payment([](const Payment& one) { return one.state == PaymentState::kAsked; });
        if (asked == nullptr) return Tick{};
        const ParticipantIndex bank = payee_of(*asked);
        const ResultCode result =
            prng_.chance(1, 8) ? *payee_agent_result("AC03") : ResultCode::kAccepted;
        return CreditTransferAnswer{bank, number(bank), asked->uetr, result};
    }
    [[nodiscard]] Command some_report() {
        const Payment* settled = some_payment([](const Payment& one) {
            return one.asked && one.state == PaymentState::kSettled && !one.credited;
        });
        if (settled == nullptr) return Tick{};
        const ParticipantIndex bank = payee_of(*settled);
        return CreditReport{bank, number(bank), settled->uetr};
    }
    [[nodiscard]] Command some_return() {
        const Payment* settled = some_payment(
            [](const Payment& one) { return one.asked && one.state == PaymentState::kSettled; });
        if (settled == nullptr) return Tick{};
        const ParticipantIndex bank = payee_of(*settled);
        return PaymentReturn{bank,
                             number(bank),
                             uetr(3'000'000 + ++come_),
                             settled->uetr,
                             AmountMinor{1 + settled->amount.value / 2},
                             scheme::ReturnReason::kAm09};
    }
    [[nodiscard]] Command some_acknowledgement() {
        if (prng_.chance(1, 4)) {
            const LinkOutbox& outbox = cell_.link_outbox();
            return LinkAcknowledged{outbox.first() - 1 + prng_.below(outbox.size() + 1)};
        }
        const ParticipantIndex bank = some_bank();
        const Outbox& outbox = cell_.participant(bank).outbox;
        return OutboxAcknowledged{bank, outbox.first() - 1 + prng_.below(outbox.size() + 1)};
    }
    [[nodiscard]] Command some_recollection() {
        if (witness_.archived.empty() || cell_.room_to_recollect() == 0) return Tick{};
        auto one = witness_.archived.begin();
        std::advance(one, static_cast<std::ptrdiff_t>(prng_.below(witness_.archived.size())));
        return Recollect{one->first, one->second};
    }

    [[nodiscard]] Command some_enquiry() {
        const Payment* known = some_payment([](const Payment&) { return true; });
        if (known == nullptr) return Tick{};
        const bool payer = begins(known->leg) && prng_.chance(2, 3);
        const ParticipantIndex bank = payer ? known->local_agent : payee_of(*known);
        if (bank == kNoParticipant) return Tick{};
        StatusRequest request{bank, number(bank), known->uetr, payer ? Side::kPayer : Side::kPayee,
                              std::nullopt};
        if (prng_.chance(1, 4)) {  // About one that is forgotten.
            request.uetr = uetr(4'000'000);
            request.archived = ArchivedAnswer{cell_.participant(bank).code, PaymentState::kSettled,
                                              ResultCode::kAccepted};
        }
        return request;
    }

    [[nodiscard]] Command some_change() {
        const ParticipantIndex bank = some_bank();
        const Hash128 proxy{1 + prng_.below(9), 7};
        const SchemeTime soon = stamp_.scheme + Duration::from_minutes(prng_.between(-1, 90));
        // Late in its life one of the banks fails.
        const ParticipantIndex last{kBanks - 1};
        if (made_ > 1'000 && !cell_.participant(last).in_default) return DeclareDefault{last};
        switch (prng_.below(14)) {
            case 0:
                return SessionDown{bank};
            case 1:
                return FxRateSheet{bank, number(bank), Rate{prng_.between(1, 9)}, Rate{9}, soon};
            case 2:
                return AvailabilityRequest{bank, number(bank), prng_.chance(4, 5), soon};
            case 3:
                return SetParameters{
                    {{{ParameterId::kAmountMaximum, kNorthboundP2p, kNoParticipant},
                      prng_.between(1'000, 9'000)},
                     {{ParameterId::kPersonDayLimit, kNorthboundP2p, bank},
                      prng_.between(100'000, 900'000)}},
                    soon};
            case 4: {
                const std::int64_t today = scheme::day_number(stamp_.scheme);
                return SetReferenceRate{{static_cast<std::int32_t>(today + prng_.between(0, 3)),
                                         Rate{92'000'000 + prng_.between(0, 9)},
                                         Rate{720'000'000}}};
            }
            case 5:
                return ForceAvailability{bank, prng_.chance(4, 5), soon};
            case 6:
                return SetPriorUse{person(1 + prng_.below(7)).tokens, 2025, some_amount()};
            case 7:
            case 8:
                return RegisterProxy{
                    {proxy, {}, bank, PartyKind::kPerson, prng_.chance(1, 2), prng_.chance(1, 2)}};
            case 9:
                return RemoveProxy{proxy, bank};
            case 10:
                return SetProxyWarning{proxy, prng_.chance(1, 2)};
            case 11:
                return AdvanceSchemeTime{};
            case 12:
                return RejectMessage{bank, number(bank), scheme::Field::kAmount, uetr(1)};
        }
        return SessionUp{bank, cell_.participant(bank).incarnation + 1};
    }

    Prng prng_;
    const Cell& cell_;
    ArchivingWitness& witness_;
    Stamp stamp_{Sequence{0}, kStart, ElapsedTime{0}};
    std::size_t opened_ = 0;
    std::uint64_t made_ = 0;
    std::uint64_t come_ = 0;
    std::set<std::size_t> kinds_;
};

}  // namespace lowu::core
