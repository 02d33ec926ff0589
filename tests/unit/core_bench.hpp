// One bare FPS cell and whatever a test does to it: shown what no scenario can show, because it
// takes a full table, a bank without credit, or thousands of payments. Used by core_*_test.cpp; one
// thread.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/scheme/calendar.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {

inline const AgentCode kFpsAgent = *scheme::parse_agent_code("X90");
inline const AgentCode kRemoteBank = *scheme::parse_agent_code("999100000011");
/// 2025-06-22 09:00 UTC+8.
inline constexpr SchemeTime kStart{1'750'554'000'000};

inline Uetr uetr(std::uint64_t number) {
    return scheme::uetr_from_random(number, number);
}

/// The bank with this clearing code: "001".
inline AgentCode code(std::uint32_t number) {
    std::string text = std::to_string(number);
    text.insert(0, 3 - text.size(), '0');
    return *scheme::parse_agent_code(text);
}

/// Remembers which rules were checked, in order.
class CheckRecorder final : public Witness {
public:
    std::vector<ResultCode> checked;

    void on_payment(const Payment&, PaymentIndex) override {}
    void on_check(const Uetr&, ResultCode rule, bool) override { checked.push_back(rule); }
    void on_state(const Payment&, PaymentState, PaymentEvent) override {}
    void on_reserve(const Payment&, AccountIndex, AmountMinor) override {}
    void on_release(const Payment&, AccountIndex, AmountMinor) override {}
    void on_entry(const Payment*, const Entry&, AmountMinor, AmountMinor) override {}
    void on_timer_set(const Payment&, TimerKind, ElapsedTime) override {}
    void on_timer_fired(const Payment&, TimerKind) override {}
    void on_outbox(ParticipantIndex, MessageNumber, const OutboxEntry&) override {}
    void on_link_message(MessageNumber, const LinkMessage&) override {}
    void on_credited(const Payment&) override {}
    void on_quota(const Payment&, QuotaMove, const QuotaHold&) override {}
};

/// Tables as small as a test needs them: a large one is reserved at once.
inline Parameters small_tables(std::uint32_t payments_max) {
    Parameters parameters;
    parameters.payments_max = payments_max;
    parameters.quota_records_max = 100;
    parameters.proxies_max = 100;
    return parameters;
}

class Bench {
public:
    explicit Bench(const Parameters& parameters, Witness* witness = nullptr) : cell_(witness) {
        apply(OpenCell{Rail::kFps, parameters, {}});
    }
    explicit Bench(std::uint32_t payments_max, Witness* witness = nullptr)
        : Bench(small_tables(payments_max), witness) {}

    void apply(const Command& command, ElapsedTime elapsed = ElapsedTime{0}) {
        effects_.clear();
        cell_.apply({Sequence{++sequence_}, scheme_, elapsed}, command, effects_);
    }
    /// Later commands are stamped with this time.
    void set_scheme(SchemeTime time) { scheme_ = time; }
    [[nodiscard]] Sequence sequence() const { return Sequence{sequence_}; }

    ParticipantIndex admit(AgentCode bank, std::int64_t funds, std::uint32_t bits) {
        apply(AdmitParticipant{bank, {bits}, AmountMinor{funds}, {}, {}});
        return *cell_.find_participant(bank);
    }
    void open_link(std::int64_t agent_funds) {
        apply(OpenLink{kFpsAgent, AmountMinor{agent_funds}, {}});
        apply(LinkState{true});
    }
    void set_rate() {
        ReferenceRate rate;
        rate.day = static_cast<std::int32_t>(scheme::day_number(scheme_));
        rate.cny_per_hkd = Rate{92'000'000};
        rate.cny_per_usd = Rate{720'000'000};
        apply(SetReferenceRate{rate});
    }
    void set(ParameterId id, Corridor corridor, std::int64_t value) {
        apply(SetParameters{{{{id, corridor, kNoParticipant}, value}}, {}});
    }
    void send(ParticipantIndex bank, CreditTransfer transfer) {
        transfer.participant = bank;
        transfer.number = next_number(bank);
        apply(transfer);
    }
    void answer(ParticipantIndex bank, const Uetr& request) {
        apply(CreditTransferAnswer{bank, next_number(bank), request, ResultCode::kAccepted});
    }
    void deliver(const LinkMessage& message) {
        apply(LinkDelivery{cell_.link_received() + 1, message});
    }

    [[nodiscard]] MessageNumber next_number(ParticipantIndex bank) const {
        return cell_.participant(bank).last_number + 1;
    }
    [[nodiscard]] const OutboxEntry& last_told(ParticipantIndex bank) const {
        const Outbox& outbox = cell_.participant(bank).outbox;
        return outbox.entry(outbox.next() - 1);
    }
    [[nodiscard]] const LinkMessage& last_sent() const {
        return cell_.link_outbox().entry(cell_.link_outbox().next() - 1).message;
    }
    [[nodiscard]] const Effects& effects() const { return effects_; }
    [[nodiscard]] const Cell& cell() const { return cell_; }

private:
    Cell cell_;
    Effects effects_;
    SchemeTime scheme_ = kStart;
    std::uint64_t sequence_ = 0;
};

inline constexpr Corridor kNorthboundP2p =
    corridor_of(Direction::kNorthbound, Service::kP2pRemittance);
inline constexpr Corridor kSouthboundP2p =
    corridor_of(Direction::kSouthbound, Service::kP2pRemittance);

inline Payer person(std::uint64_t number) {
    Payer payer;
    payer.kind = PartyKind::kPerson;
    payer.document = DocumentType::kHkid;
    payer.token_version = 1;
    payer.tokens.current = {number, number};
    return payer;
}

/// A northbound remittance by person 1.
inline CreditTransfer remittance(std::uint64_t number, std::int64_t amount) {
    CreditTransfer transfer;
    transfer.uetr = uetr(number);
    transfer.service = Service::kP2pRemittance;
    transfer.purpose = Purpose::kPersonal;
    transfer.payee_agent = kRemoteBank;
    transfer.amount = AmountMinor{amount};
    transfer.creation_time = kStart;
    transfer.payer = person(1);
    return transfer;
}

/// A salary: under no quota.
inline CreditTransfer salary(std::uint64_t number, std::int64_t amount) {
    CreditTransfer transfer = remittance(number, amount);
    transfer.service = Service::kBusinessToPerson;
    transfer.purpose = Purpose::kSalary;
    transfer.payer = {};
    transfer.payer.kind = PartyKind::kCompany;
    return transfer;
}

inline CreditTransfer domestic(std::uint64_t number, std::int64_t amount, AgentCode payee_agent) {
    CreditTransfer transfer = remittance(number, amount);
    transfer.service = Service::kDomestic;
    transfer.payee_agent = payee_agent;
    return transfer;
}

/// A southbound transfer that comes over the link.
inline LinkMessage transfer_message(std::uint64_t number, AgentCode payee_agent,
                                    std::int64_t amount,
                                    Service service = Service::kP2pRemittance) {
    LinkMessage message;
    message.kind = LinkKind::kTransfer;
    message.uetr = uetr(number);
    message.service = service;
    message.payer_agent = kRemoteBank;
    message.payee_agent = payee_agent;
    message.amount = AmountMinor{amount};
    message.acceptance_time = kStart;
    return message;
}

using Faults = std::vector<ResultCode>;

inline bool has(const Faults& faults, ResultCode fault) {
    return std::find(faults.begin(), faults.end(), fault) != faults.end();
}

}  // namespace lowu::core
