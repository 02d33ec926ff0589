// Two cells with participants and endless instructions between them, for the micro benchmarks. One
// thread.
#pragma once

#include <string>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/core/cell.hpp"

namespace lowu::bench {

/// Both rails with one bank each, opened and online; commands are stamped and applied at once.
/// Payments come from `persons` persons in turn, under limits that nobody reaches; 0: from one, and
/// under none.
class TwoCells {
public:
    TwoCells(std::uint32_t payments_max, std::uint64_t persons) : persons_(persons) {
        core::Parameters parameters;
        parameters.payments_max = payments_max;
        constexpr core::AmountMinor kMoney{1'000'000'000'000'000};
        const auto admit = [&](const char* code, bool fps) {
            return core::AdmitParticipant{*scheme::parse_agent_code(code),
                                          {core::kAllParticipation},
                                          fps ? kMoney : core::AmountMinor{0},
                                          core::AmountMinor{0},
                                          fps ? core::AmountMinor{0} : kMoney};
        };
        apply(fps_, core::OpenCell{core::Rail::kFps, parameters, scheme::kDefaultSchemeStart});
        apply(fps_, admit("004", true));
        apply(fps_, core::OpenLink{*scheme::parse_agent_code("012"), kMoney, core::AmountMinor{0}});
        apply(ibps_, core::OpenCell{core::Rail::kIbps, parameters, scheme::kDefaultSchemeStart});
        apply(ibps_, admit("102100099996", false));
        apply(ibps_, core::OpenLink{*scheme::parse_agent_code("104100000004"), core::AmountMinor{0},
                                    kMoney});
        limit(persons == 0 ? 0 : money::kMaxAmountMinor.value);
        apply(fps_, core::LinkState{true});
        apply(ibps_, core::LinkState{true});
        apply(ibps_, core::SessionUp{core::ParticipantIndex{0}, 1});
    }

    /// One northbound payment, all the way: instruction, link, request, answer, both postings,
    /// credit report, acknowledgements.
    void pay() {
        ++payments_;
        const core::Uetr uetr = scheme::uetr_from_random(mix64(payments_), mix64(payments_, 7));
        core::CreditTransfer transfer;
        transfer.number = ++fps_number_;
        transfer.uetr = uetr;
        transfer.service = core::Service::kP2pRemittance;
        transfer.payee_agent = *scheme::parse_agent_code("102100099996");
        transfer.amount = core::AmountMinor{100};
        transfer.creation_time = stamp_.scheme;
        transfer.payer.document = core::DocumentType::kHkid;
        transfer.payer.token_version = 1;
        const std::uint64_t person = persons_ == 0 ? 0 : payments_ % persons_;
        transfer.payer.tokens.current = {mix64(person, 11), mix64(person, 13)};
        apply(fps_, transfer);
        deliver(fps_, ibps_);
        apply(ibps_, core::CreditTransferAnswer{core::ParticipantIndex{0}, ++ibps_number_, uetr,
                                                core::ResultCode::kAccepted});
        deliver(ibps_, fps_);
        apply(ibps_, core::CreditReport{core::ParticipantIndex{0}, ++ibps_number_, uetr});
        if (payments_ % 64 == 0) acknowledge();
    }

    [[nodiscard]] const core::Cell& fps() const { return fps_; }

private:
    void limit(std::int64_t hkd_cents) {
        constexpr core::Corridor kNorthbound =
            core::corridor_of(core::Direction::kNorthbound, core::Service::kP2pRemittance);
        core::SetParameters command;
        for (const auto id :
             {core::ParameterId::kPersonDayLimit, core::ParameterId::kPersonYearLimit}) {
            command.settings.push_back({{id, kNorthbound, core::kNoParticipant}, hkd_cents});
        }
        apply(fps_, command);
        const auto today = static_cast<std::int32_t>(scheme::day_number(stamp_.scheme));
        apply(fps_,
              core::SetReferenceRate{{today, core::Rate{91'330'000}, core::Rate{716'950'000}}});
    }
    void apply(core::Cell& cell, const core::Command& command) {
        stamp_.sequence = stamp_.sequence.next();
        stamp_.elapsed.value += 1;
        cell.apply(stamp_, command, effects_);
        effects_.clear();
    }
    void deliver(core::Cell& from, core::Cell& to) {
        for (core::MessageNumber number = to.link_received() + 1;
             number < from.link_outbox().next(); ++number) {
            apply(to, core::LinkDelivery{number, from.link_outbox().entry(number).message});
        }
    }
    void acknowledge() {
        for (core::Cell* cell : {&fps_, &ibps_}) {
            const core::ParticipantIndex bank{0};
            apply(*cell, core::OutboxAcknowledged{bank, cell->participant(bank).outbox.next() - 1});
            core::Cell& other = cell == &fps_ ? ibps_ : fps_;
            apply(*cell, core::LinkAcknowledged{other.link_received()});
        }
    }

    core::Cell fps_;
    core::Cell ibps_;
    core::Stamp stamp_{core::Sequence{0}, scheme::kDefaultSchemeStart, ElapsedTime{0}};
    core::Effects effects_;
    const std::uint64_t persons_;
    std::uint64_t payments_ = 0;
    core::MessageNumber fps_number_ = 0;
    core::MessageNumber ibps_number_ = 0;
};

}  // namespace lowu::bench
