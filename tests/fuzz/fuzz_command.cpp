// A history of both rails, told by bytes: what banks, operators, link and time bring to two cells.
// The laws of the scheme hold all the time, and what went through the log decides alike. See
// targets.hpp.
//
// A step is a byte that says what happens and the bytes that say how. Only what a session and an
// engine let through comes to a cell: numbers follow each other, time does not go back, the link
// has no gaps. All else is for the bytes to say, sound or not.
#include <algorithm>
#include <array>
#include <string>

#include "common/scheme/party.hpp"
#include "common/scheme/proxy.hpp"
#include "common/scheme/return_reason.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/two_cells.hpp"

namespace lowu::fuzz {
namespace {

using core::AmountMinor;
using core::ParticipantIndex;
using core::Rail;
using core::Uetr;

constexpr int kMaxSteps = 400;
// To judge costs as much as there are payments, and what is broken stays broken: a long history is
// judged now and then.
constexpr int kJudgedSteps = 24;
constexpr int kThenJudgedEvery = 16;
constexpr std::int64_t kMostMinor = money::kMaxAmountMinor.value;
constexpr std::array<std::int64_t, 12> kAmounts{
    1, 100, 101, 5'000, 9'999, 99'999, 1'000'000, 1'000'001, 2'500'000, 500'000, kMostMinor, 333};

class Play {
public:
    explicit Play(std::span<const std::byte> bytes) : input_(bytes) {}

    int run() {
        for (int step = 0; step < kMaxSteps && !input_.empty(); ++step) {
            happen();
            if (step < kJudgedSteps || step % kThenJudgedEvery == 0) judge();
        }
        cells_.tick();
        judge();
        cells_.judge_state();
        return cells_.watcher(Rail::kFps).settled + cells_.watcher(Rail::kIbps).settled;
    }

private:
    void judge() { cells_.judge(); }

    void happen() {
        const std::uint8_t what = input_.byte();
        if (what < 64) return pay();
        if (what < 104) return answer();
        if (what < 120) return report();
        if (what < 136) return send_back();
        if (what < 148) return enquire();
        if (what < 180) return link(what & 7U);
        if (what < 208) return time(what & 7U);
        if (what < 224) return bank(what & 7U);
        return operate(what & 31U);
    }

    // Choices.

    Rail rail() { return kRails[input_.below(2)]; }
    ParticipantIndex participant() {
        return ParticipantIndex{static_cast<std::uint16_t>(input_.below(kBanks))};
    }
    AmountMinor amount() { return AmountMinor{kAmounts[input_.below(kAmounts.size())]}; }
    static Uetr uetr(std::uint64_t number) { return scheme::uetr_from_random(1, number); }
    /// One that has been used, the newest first; or one that has not.
    Uetr known() {
        const std::uint32_t back = input_.byte();
        return uetr(back < made_ ? made_ - back : 1'000 + back);
    }
    /// A bank and the payment it speaks of: mostly one in which it has its part.
    struct Speaker {
        Rail rail{};
        ParticipantIndex bank;
        Uetr about;
    };
    Speaker speaker(core::Side side) {
        const Uetr about = known();
        const std::uint8_t who = input_.byte();
        const Speaker anybody{kRails[who & 1U],
                              ParticipantIndex{static_cast<std::uint16_t>((who >> 1U) & 1U)},
                              about};
        if (who < 32) return anybody;
        for (const Rail of : kRails) {
            const core::Cell& cell = cells_.cell(of);
            for (std::uint16_t i = 0; i < kBanks; ++i) {
                const ParticipantIndex bank{i};
                const bool has_part = side == core::Side::kPayer
                                          ? cell.begun_by(bank, about).has_value()
                                          : cell.asked_of(bank, about).has_value();
                if (has_part) return {of, bank, about};
            }
        }
        return anybody;
    }
    SchemeTime around_now() {
        constexpr std::array<std::int64_t, 8> kMinutes{0, 0, 1, -9, -11, 2, 60, 60 * 24};
        return cells_.now().scheme + Duration::from_minutes(kMinutes[input_.below(8)]);
    }
    core::Corridor corridor() {
        return core::Corridor{static_cast<std::uint8_t>(input_.below(core::kCorridors))};
    }
    core::PersonTokens person(Rail of) {
        const std::uint8_t number = input_.byte();
        core::PersonTokens tokens;
        tokens.current = {static_cast<std::uint64_t>(of) + 1, number % 3U + 1U};
        if (number >= 240) tokens.previous = {static_cast<std::uint64_t>(of) + 1, number};
        return tokens;
    }
    /// The bank's next number, if its credit has room for another.
    std::optional<core::MessageNumber> number(Rail of, ParticipantIndex index) {
        const core::MessageNumber next = cells_.cell(of).participant(index).last_number + 1;
        if (next > cells_.cell(of).credit_limit(index)) return std::nullopt;
        return next;
    }
    /// The command from a bank, with its number and what the cells had forgotten of `about`.
    template <class Command>
    void say(Rail of, Command command, std::initializer_list<Uetr> about,
             const journal::Body& body = {}) {
        for (const Uetr& one : about) {
            if (!cells_.recollect(one)) return;
        }
        const auto next = number(of, command.participant);
        if (!next) return;
        command.number = *next;
        cells_.apply(of, command, body);
    }

    // What banks say about payments.

    core::AgentCode payee_agent(Rail of, bool domestic, ParticipantIndex payer) {
        const Rail to = domestic ? of : scheme::other(of);
        const std::uint8_t which = input_.byte();
        if (domestic && which < 224) return bank_agent(to, 1U - payer.value);
        if (which < 240) return bank_agent(to, which % kBanks);
        return which < 248 && !domestic ? link_agent(to) : bank_agent(to, 5);
    }
    /// Mostly what is paid for by this service, and by whom.
    core::Purpose purpose(core::Service service) {
        const std::uint8_t which = input_.byte();
        if (which >= 192) return *scheme::purpose_from_number(1 + which % 7);
        if (service == core::Service::kFeeCollection) return core::Purpose::kTuition;
        return service == core::Service::kBusinessToPerson ? core::Purpose::kSalary
                                                           : core::Purpose::kPersonal;
    }
    core::Payer payer(Rail of, core::Service service) {
        core::Payer payer;
        const std::uint8_t kind = input_.byte();
        const int usual = service == core::Service::kBusinessToPerson ? 2 : 1;
        payer.kind = *scheme::party_kind_from_number(kind < 208 ? usual : 1 + kind % 3);
        if (payer.kind != core::PartyKind::kPerson) return payer;
        const bool needed =
            service == core::Service::kP2pRemittance || service == core::Service::kFeeCollection;
        payer.document = scheme::document_of(of);
        if (!needed && kind < 96) return payer;
        payer.token_version = kind < 200 ? 1 : kind;
        payer.tokens = person(of);
        return payer;
    }
    struct Proxy {
        scheme::ProxyKind kind{};
        std::string value;
    };
    Proxy proxy(Rail directory) {
        const std::uint8_t which = input_.byte();
        const std::string digit(1, static_cast<char>('0' + which % 3));
        if (directory == Rail::kIbps) return {scheme::ProxyKind::kMobile, "+86-1380000000" + digit};
        if (which < 128) return {scheme::ProxyKind::kMobile, "+852-9123000" + digit};
        return which < 192 ? Proxy{scheme::ProxyKind::kEmail, "chan" + digit + "@example.com"}
                           : Proxy{scheme::ProxyKind::kFpsId, "123000" + digit};
    }
    void pay_by_proxy(Rail directory, core::CreditTransfer& command, journal::Body& body) {
        const Proxy to = proxy(directory);
        body.payee_proxy = to.value;
        body.proxy_kind = static_cast<std::uint8_t>(to.kind);
        const Hash128 hash = scheme::proxy_hash(to.kind, to.value);
        const auto* held = cells_.cell(directory).directory().find_default(hash);
        body.proxy_reference =
            held == nullptr || input_.below(8) == 0 ? 1 + input_.byte() : held->reference.value;
        command.payee_proxy.reference = core::ProxyReference{body.proxy_reference};
    }
    void exchange(core::CreditTransfer& command, journal::Body& body) {
        const std::uint8_t which = input_.byte();
        command.exchange.rate = core::Rate{which < 128 ? 100'000'000 : 92'000'000};
        command.exchange.hkd = which < 192 ? command.amount : amount();
        body.quote_id = "11111111-1111-4111-8111-111111111111";
        body.hkd = command.exchange.hkd;
        body.rate = command.exchange.rate;
    }

    void pay() {
        const std::uint8_t shape = input_.byte();
        const Rail of = kRails[shape & 1U];
        core::CreditTransfer command;
        journal::Body body;
        command.participant = ParticipantIndex{static_cast<std::uint16_t>((shape >> 1U) & 1U)};
        command.service = *scheme::service_from_number(1 + ((shape >> 2U) & 3U));
        const bool domestic = command.service == core::Service::kDomestic;
        command.uetr = shape < 224 ? uetr(++made_) : known();
        command.payee_agent = payee_agent(of, domestic, command.participant);
        command.amount = amount();
        command.purpose = purpose(command.service);
        command.creation_time = shape < 208 ? cells_.now().scheme : around_now();
        command.payer = payer(of, command.service);
        const std::uint8_t more = input_.byte();
        if (domestic && of == Rail::kFps && more >= 192) command.currency = core::Currency::kHkd;
        body.payer_account = "payer";
        body.payee_account = (more & 1U) == 0 ? "payee" : "other";
        body.creation_time = command.creation_time;
        body.purpose = command.purpose;
        body.payer_kind = command.payer.kind;
        if ((more & 6U) == 6) {
            body.payee_account.clear();
            pay_by_proxy(domestic ? of : scheme::other(of), command, body);
        }
        if ((more & 24U) == 24 && !domestic) exchange(command, body);
        journal::hash_body(body, command);
        say(of, command, {command.uetr}, body);
    }

    void answer() {
        const Speaker who = speaker(core::Side::kPayee);
        const std::uint8_t how = input_.byte();
        core::CreditTransferAnswer command{who.bank, 0, who.about, core::ResultCode::kAccepted};
        if (how >= 192) {
            command.result = *core::payee_agent_result((how & 1U) == 0 ? "AC03" : "MS03");
        }
        say(who.rail, command, {command.uetr});
    }

    void report() {
        const Speaker who = speaker(core::Side::kPayee);
        say(who.rail, core::CreditReport{who.bank, 0, who.about}, {who.about});
    }

    void send_back() {
        const Speaker who = speaker(core::Side::kPayee);
        const Uetr own = input_.below(8) == 0 ? known() : uetr(++made_);
        const auto reason = scheme::kReturnReasons[input_.below(scheme::kReturnReasons.size())];
        say(who.rail, core::PaymentReturn{who.bank, 0, own, who.about, amount(), reason},
            {who.about, own});
    }

    void enquire() {
        const core::Side side = input_.chance() ? core::Side::kPayer : core::Side::kPayee;
        const Speaker who = speaker(side);
        core::StatusRequest command{who.bank, 0, who.about, side, std::nullopt};
        command.archived = cells_.archived_answer(who.rail, who.bank, who.about, side);
        say(who.rail, command, {});
    }

    // Link and time.

    void link(std::uint32_t what) {
        const Rail from = kRails[what & 1U];
        if (what < 4) {
            cells_.deliver_all();
        } else if (what == 4) {
            static_cast<void>(cells_.deliver(input_.chance() ? from : scheme::other(from)));
        } else if (what == 5) {
            cells_.deliver_again(rail(), input_.below(4));
        } else if (what == 6) {
            cells_.acknowledge_link(rail());
        } else {
            cells_.set_link(input_.below(4) != 0);
        }
    }

    void time(std::uint32_t what) {
        constexpr std::array<std::int64_t, 6> kSeconds{1, 5, 10, 30, 600, 90'000};
        if (what < kSeconds.size()) return cells_.pass(Duration::from_seconds(kSeconds[what]));
        if (what == 6) return cells_.pass(Duration::from_ms(input_.byte()));
        cells_.advance(Duration::from_hours(1 + input_.byte() * 20));
    }

    // Banks.

    void acknowledge(Rail of, ParticipantIndex index) {
        const core::Outbox& outbox = cells_.cell(of).participant(index).outbox;
        const core::MessageNumber waiting = outbox.next() - outbox.first();
        if (waiting == 0) return;
        const core::MessageNumber but = input_.byte() % waiting;
        cells_.apply(of, core::OutboxAcknowledged{index, outbox.next() - 1 - but});
    }

    void bank(std::uint32_t what) {
        const Rail of = rail();
        const ParticipantIndex index = participant();
        const core::Participant& one = cells_.cell(of).participant(index);
        switch (what) {
            case 0:
                return cells_.apply(of, core::SessionDown{index});
            case 1:
                return cells_.apply(of, core::SessionUp{index, one.incarnation + 1});
            case 2: {
                const core::Rate bid{90'000'000 + input_.byte()};
                if (of != Rail::kFps) return;
                return say(of,
                           core::FxRateSheet{index, 0, bid, core::Rate{100'000'000}, around_now()},
                           {});
            }
            case 3:
                return say(of, core::AvailabilityRequest{index, 0, input_.chance(), around_now()},
                           {});
            case 4: {
                journal::Body body;
                body.carried = "must be sound";
                return say(of, core::RejectMessage{index, 0, scheme::Field::kAmount, known()}, {},
                           body);
            }
            case 5:
            case 6:
            case 7:
                return acknowledge(of, index);
        }
    }

    // Operators, and what an engine does by itself.

    void operate(std::uint32_t what) {
        const Rail of = rail();
        if (what < 8) return cells_.forget();
        if (what < 16) return set_parameter(of);
        if (what < 22) return register_proxy(of, what);
        if (what < 24) return set_rate(of);
        const ParticipantIndex index = participant();
        if (what < 26) {
            return cells_.apply(of, core::ForceAvailability{index, input_.chance(), around_now()});
        }
        if (what < 28) {
            return cells_.apply(
                of, core::SetPriorUse{person(of), 2025 + (input_.byte() & 1), amount()});
        }
        if (what == 28 && input_.below(4) == 0) {
            return cells_.apply(of, core::DeclareDefault{index});
        }
        static_cast<void>(cells_.recollect(known()));
    }

    void set_parameter(Rail of) {
        constexpr std::array<std::int64_t, 8> kValues{0,     1,  1'000,     60'000,
                                                      1'440, -1, 1'200'000, 127};
        core::SetParameters command;
        const std::uint32_t count = 1 + input_.below(3);
        for (std::uint32_t i = 0; i < count; ++i) {
            core::ParameterSetting setting;
            setting.key.id = static_cast<core::ParameterId>(1 + input_.below(40));
            setting.key.corridor = corridor();
            const std::uint32_t bank = input_.below(8);
            if (bank < kBanks + 1U) {
                setting.key.participant = ParticipantIndex{static_cast<std::uint16_t>(bank)};
            }
            setting.value = kValues[input_.below(8)];
            command.settings.push_back(setting);
        }
        command.effective = around_now();
        cells_.apply(of, command);
    }

    void register_proxy(Rail of, std::uint32_t what) {
        const Proxy named = proxy(of);
        const Hash128 hash = scheme::proxy_hash(named.kind, named.value);
        const ParticipantIndex index = participant();
        if (what == 21) return cells_.apply(of, core::RemoveProxy{hash, index});
        journal::Body body;
        body.payee_proxy = named.value;
        body.proxy_kind = static_cast<std::uint8_t>(named.kind);
        if (what == 20) return cells_.apply(of, core::SetProxyWarning{hash, input_.chance()}, body);
        body.name_en = "C*** K* Y**";
        core::RegisterProxy command;
        command.registration.proxy = hash;
        command.registration.participant = index;
        const std::uint8_t flags = input_.byte();
        command.registration.holder = *scheme::party_kind_from_number(1 + flags % 3);
        command.registration.default_receiver = (flags & 64U) != 0;
        command.registration.cross_boundary = (flags & 128U) == 0;
        cells_.apply(of, command, body);
    }

    void set_rate(Rail of) {
        const std::int64_t day = scheme::day_number(cells_.now().scheme) + input_.below(40) - 4;
        cells_.apply(of, core::SetReferenceRate{{static_cast<std::int32_t>(day),
                                                 core::Rate{92'000'000}, core::Rate{720'000'000}}});
    }

    Input input_;
    TwoCells cells_;
    std::uint64_t made_ = 0;
};

}  // namespace

int fuzz_command(std::span<const std::byte> bytes) {
    return Play(bytes).run();
}

}  // namespace lowu::fuzz
