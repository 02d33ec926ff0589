// The small scheme of the simulation; see scheme.hpp.
#include "simulator/world/scheme.hpp"

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::simulator {
namespace {

using core::AmountMinor;
using core::ParameterId;

constexpr std::array kRails{Rail::kFps, Rail::kIbps};

std::string ibps_code(const std::string& first_eleven_digits) {
    return first_eleven_digits + scheme::ibps_check_digit(first_eleven_digits);
}

core::AgentCode packed(const std::string& code) {
    const auto agent = scheme::parse_agent_code(code);
    LOWU_ASSERT(agent.has_value(), "the plan's codes are codes");
    return *agent;
}

/// So narrow that a day's traffic meets them. A reference rate is its day's only. Just before
/// midnight all hours are open, so that payments cross it.
core::SetParameters limits(Rail rail, SchemeTime start) {
    core::SetParameters command;
    const auto set = [&](ParameterId id, core::Corridor corridor, std::int64_t value) {
        command.settings.push_back({{id, corridor, core::kNoParticipant}, value});
    };
    set(ParameterId::kReferenceRateDays, {}, 0);
    set(ParameterId::kPaymentMemory, {}, kPaymentMemory.whole_ms());
    set(ParameterId::kEnquiryAfter, {}, 500);
    if (rail == Rail::kFps) {
        set(ParameterId::kPersonDayLimit, kNorthboundP2p, 150'000);
        set(ParameterId::kPersonYearLimit, kNorthboundP2p, 220'000);
        return command;
    }
    set(ParameterId::kBankPaymentLimit, kSouthboundP2p, 120'000);
    set(ParameterId::kPersonDayLimit, kSouthboundP2p, 150'000);
    set(ParameterId::kPersonYearLimit, kSouthboundP2p, 32'000);
    if (scheme::time_of_day_ms(start) > 23 * 3'600'000) {
        for (const core::Service service :
             {core::Service::kP2pRemittance, core::Service::kFeeCollection}) {
            const auto corridor = core::corridor_of(core::Direction::kSouthbound, service);
            set(ParameterId::kOpensAt, corridor, 0);
            set(ParameterId::kClosesAt, corridor, 1'440);
        }
    }
    return command;
}

std::string document_number(int person) {
    return "PERSON-" + std::to_string(person);
}

/// Simulated, and different for each side and version.
scheme::TokenKey key_of(Rail rail, std::uint32_t version) {
    scheme::TokenKey key{};
    key.fill(static_cast<std::uint8_t>(version * 16 + static_cast<std::uint32_t>(rail)));
    return key;
}

}  // namespace

const std::array<BankPlan, 4>& bank_plans() {
    static const std::array<BankPlan, 4> plans{BankPlan{Rail::kFps, "X01"},
                                               BankPlan{Rail::kFps, "X02"},
                                               BankPlan{Rail::kIbps, ibps_code("99910000001")},
                                               BankPlan{Rail::kIbps, ibps_code("99910000002")}};
    return plans;
}

std::vector<std::string> codes_of(Rail rail) {
    std::vector<std::string> codes;
    for (const BankPlan& plan : bank_plans()) {
        if (plan.rail == rail) codes.push_back(plan.code);
    }
    return codes;
}

const std::string& stranger(Rail rail) {
    static const std::string fps = "X77";
    static const std::string ibps = ibps_code("99977000007");
    return rail == Rail::kFps ? fps : ibps;
}

const std::array<SchemeTime, 3>& starts() {
    static const std::array<SchemeTime, 3> starts{scheme::kDefaultSchemeStart,
                                                  *scheme::parse_utc8("2025-06-22 22:59:56"),
                                                  *scheme::parse_utc8("2025-12-31 23:59:57")};
    return starts;
}

core::Parameters parameters() {
    core::Parameters parameters;
    parameters.payee_deadline = 2_s;
    parameters.origin_deadline = 5_s;
    parameters.link_allowance = 1_s;
    parameters.queue_allowance = 500_ms;
    parameters.payments_max = 1'024;
    parameters.quota_records_max = 1'024;
    parameters.proxies_max = 1'024;
    LOWU_ASSERT(parameters.broken_rule() == nullptr, "the plan's parameters are possible");
    return parameters;
}

core::ReferenceRate reference_rate(std::int64_t day) {
    return {static_cast<std::int32_t>(day), core::Rate{92'000'000 + day % 10 * 10'000},
            core::Rate{720'000'000 - day % 7 * 100'000}};
}

engine::Genesis genesis(SchemeTime start) {
    engine::Genesis commands;
    for (const Rail rail : kRails) {
        commands.emplace_back(rail, core::OpenCell{rail, parameters(), start});
        for (const BankPlan& plan : bank_plans()) {
            if (plan.rail != rail) continue;
            core::AdmitParticipant admit;
            admit.code = packed(plan.code);
            admit.participation.bits = core::kAllParticipation;
            (rail == Rail::kFps ? admit.opening_cny : admit.net_debit_cap) = AmountMinor{400'000};
            if (rail == Rail::kFps) admit.opening_hkd = AmountMinor{60'000};
            commands.emplace_back(rail, admit);
        }
        core::OpenLink link;
        link.agent = packed(rail == Rail::kFps ? "X90" : ibps_code("99990000001"));
        (rail == Rail::kFps ? link.opening_cny : link.net_debit_cap) = AmountMinor{500'000};
        commands.emplace_back(rail, link);
        commands.emplace_back(rail, limits(rail, start));
        commands.emplace_back(rail,
                              core::SetReferenceRate{reference_rate(scheme::day_number(start))});
    }
    return commands;
}

// Customers.

const std::vector<CustomerPlan>& customers(Rail rail) {
    static const std::vector<CustomerPlan> mainland{
        {"A-0", Holder::kPerson, v1::CURRENCY_CNY, 0},
        {"A-1", Holder::kPerson, v1::CURRENCY_CNY, 1},
        {"A-2", Holder::kPerson, v1::CURRENCY_CNY, 2},
        {"C-0", Holder::kCompany, v1::CURRENCY_CNY},
        {"I-0", Holder::kInstitution, v1::CURRENCY_CNY}};
    static const std::vector<CustomerPlan> hong_kong = [] {
        std::vector<CustomerPlan> all = mainland;
        all.push_back({"H-0", Holder::kPerson, v1::CURRENCY_HKD, 0});
        all.push_back({"H-1", Holder::kPerson, v1::CURRENCY_HKD, 3});
        all.push_back({"J-0", Holder::kInstitution, v1::CURRENCY_HKD});
        return all;
    }();
    return rail == Rail::kFps ? hong_kong : mainland;
}

const CustomerPlan& customer(Rail rail, Holder holder, v1::Currency currency) {
    for (const CustomerPlan& plan : customers(rail)) {
        if (plan.holder == holder && plan.currency == currency) return plan;
    }
    LOWU_UNREACHABLE("the caller knows who there is");
}

std::string customer_name(const std::string& account) {
    return "Customer " + account;
}

v1::OpenAccountRequest opening(Rail rail, const CustomerPlan& plan) {
    v1::OpenAccountRequest request;
    v1::Account& account = *request.mutable_account();
    account.set_account(plan.account);
    account.set_currency(plan.currency);
    account.set_name_en(customer_name(plan.account));
    account.set_name_zh("客户");
    request.set_opening_balance_minor(kCustomerOpeningMinor);
    switch (plan.holder) {
        case Holder::kPerson:
            account.set_holder(v1::PARTY_KIND_PERSON);
            account.set_document(static_cast<v1::DocumentType>(scheme::document_of(rail)));
            account.set_document_number(document_number(plan.person));
            return request;
        case Holder::kCompany:
            account.set_holder(v1::PARTY_KIND_COMPANY);
            return request;
        case Holder::kInstitution:
            account.set_holder(v1::PARTY_KIND_REGISTERED_INSTITUTION);
            return request;
    }
    LOWU_UNREACHABLE("every holder is of some kind");
}

scheme::PersonToken token_of(Rail rail, int person, std::uint32_t version) {
    return scheme::person_token(key_of(rail, version), scheme::document_of(rail),
                                document_number(person));
}

bank::TokenKeys token_keys(Rail rail) {
    bank::TokenKeys keys;
    for (const std::uint32_t version : {1U, 2U}) {
        const bool added = keys.add(version, key_of(rail, version));
        LOWU_ASSERT(added, "versions are different");
    }
    return keys;
}

const std::vector<v1::Proxy>& proxies(Rail rail) {
    static const auto mobiles = [](const std::string& prefix) {
        std::vector<v1::Proxy> all;
        for (int i = 0; i < 4; ++i) {
            all.emplace_back().set_kind(v1::PROXY_KIND_MOBILE);
            all.back().set_value(prefix + std::to_string(i));
        }
        return all;
    };
    static const std::vector<v1::Proxy> hong_kong = mobiles("+852-9123456");
    static const std::vector<v1::Proxy> mainland = mobiles("+86-1380013800");
    return rail == Rail::kFps ? hong_kong : mainland;
}

}  // namespace lowu::simulator
