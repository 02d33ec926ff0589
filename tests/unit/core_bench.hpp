// One bare FPS cell and whatever a test does to it: shown what no scenario can show, because it
// takes a full table, a bank without credit, or thousands of payments. Used by core_*_test.cpp; one
// thread.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/core/cell.hpp"
#include "switch/core/state_io.hpp"

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
    void on_forget(const Payment&, PaymentIndex) override {}
};

using Bytes = std::vector<std::byte>;

/// Appends what is written to `bytes`.
inline StateWriter::Sink into(Bytes& bytes) {
    return [&bytes](std::span<const std::byte> chunk) -> Result<void> {
        bytes.insert(bytes.end(), chunk.begin(), chunk.end());
        return {};
    };
}

/// Reads `bytes` from the beginning, in uneven pieces.
inline StateReader::Source out_of(std::span<const std::byte> bytes) {
    return [bytes, at = std::size_t{0},
            piece = std::size_t{1}](std::span<std::byte> to) mutable -> Result<std::size_t> {
        const std::size_t now = std::min({to.size(), bytes.size() - at, piece});
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), now, to.begin());
        at += now;
        piece = piece * 7 % 65'521;
        return now;
    };
}

inline Bytes saved(const Cell& cell) {
    Bytes bytes;
    StateWriter writer(into(bytes));
    cell.save(writer);
    LOWU_ASSERT(writer.finish().ok(), "memory takes everything");
    return bytes;
}

/// Into a fresh cell.
inline Result<void> load(std::span<const std::byte> bytes, Cell& cell) {
    StateReader reader(out_of(bytes));
    return cell.load(reader);
}

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
    /// A copy has been saved and loaded.
    Bench(const Bench& other) : scheme_(other.scheme_), sequence_(other.sequence_) {
        LOWU_ASSERT(load(saved(other.cell_), cell_).ok(), "what was saved can be loaded");
    }
    Bench& operator=(const Bench&) = delete;

    void apply(const Command& command) { apply(command, elapsed_); }
    void apply(const Command& command, ElapsedTime elapsed) {
        effects_.clear();
        cell_.apply({Sequence{++sequence_}, scheme_, elapsed}, command, effects_);
    }
    /// Later commands are stamped with this time.
    void set_scheme(SchemeTime time) { scheme_ = time; }
    /// Later commands are stamped so much later, in both times.
    void pass(Duration duration) {
        scheme_ = scheme_ + duration;
        elapsed_ = elapsed_ + duration;
    }
    [[nodiscard]] ElapsedTime elapsed() const { return elapsed_; }
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
    void answer(ParticipantIndex bank, const Uetr& request,
                ResultCode result = ResultCode::kAccepted) {
        apply(CreditTransferAnswer{bank, next_number(bank), request, result});
    }
    void deliver(const LinkMessage& message) {
        apply(LinkDelivery{cell_.link_received() + 1, message});
    }

    [[nodiscard]] MessageNumber next_number(ParticipantIndex bank) const {
        return cell_.participant(bank).last_number + 1;
    }
    /// It holds all that was put out to it, but the last `but` messages.
    void acknowledge(ParticipantIndex bank, std::uint64_t but = 0) {
        apply(OutboxAcknowledged{bank, cell_.participant(bank).outbox.next() - 1 - but});
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
    [[nodiscard]] std::optional<ElapsedTime> next_deadline() { return cell_.next_deadline(); }

private:
    Cell cell_;
    Effects effects_;
    SchemeTime scheme_ = kStart;
    ElapsedTime elapsed_;
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

/// Asks the bank, which has the link agent's money to get, for as many salaries as it has room for.
inline void congest_payee(Bench& bench, AgentCode payee_agent) {
    for (std::uint32_t i = 0; i < kRequestSlots / 2; ++i)
        bench.deliver(transfer_message(1'000 + i, payee_agent, 1, Service::kBusinessToPerson));
}

using Faults = std::vector<ResultCode>;

inline bool has(const Faults& faults, ResultCode fault) {
    return std::find(faults.begin(), faults.end(), fault) != faults.end();
}

}  // namespace lowu::core
