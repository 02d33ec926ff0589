// Reading a scenario's head, sides and banks. See read_scenario.hpp.
#include "simulator/scenario/read_scenario.hpp"

#include <algorithm>
#include <set>

#include "common/scheme/agent_code.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/institutions.hpp"
#include "simulator/scenario/limits.hpp"

namespace lowu::simulator {
namespace {

using scheme::Rail;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::uint32_t kUsualWeight = 1'000;

bool is_marked_as_invented(Rail rail, const std::string& code) {
    return code.starts_with(rail == Rail::kFps ? "X" : "999");
}

void read_side(const config::v1::SimulationSide& from, Rail rail, Side& side, FirstFault& first) {
    const std::string path = rail == Rail::kFps ? "hong_kong." : "mainland.";
    const std::int64_t most_hkd = rail == Rail::kFps ? kMaxBalanceMinor : 0;
    const std::int64_t most_cap = rail == Rail::kFps ? 0 : kMaxBalanceMinor;
    const auto money = [&](const char* field, std::int64_t value, std::int64_t most) {
        return first.range(path + field, value, 0, most);
    };
    first.range(path + "persons", from.persons(), 1, kMaxPersons);
    first.range(path + "institutions", from.institutions(), 0, kMaxInstitutions);
    side.proxy_permille = first.permille(path + "proxy_permille", from.proxy_permille());
    side.proxy_hkd_permille = first.range<std::uint32_t>(
        path + "proxy_hkd_permille", from.proxy_hkd_permille(), 0, rail == Rail::kFps ? 1'000 : 0);
    side.regulars_permille = first.permille(path + "regulars_permille", from.regulars_permille());
    side.regulars_orders_permille =
        first.permille(path + "regulars_orders_permille", from.regulars_orders_permille());
    first.require((side.regulars_permille == 0) == (side.regulars_orders_permille == 0),
                  path + "regulars_orders_permille",
                  "must be 0 where regulars_permille is, and only there");
    side.person_cny_minor = money("person_cny_minor", from.person_cny_minor(), kMaxBalanceMinor);
    side.person_hkd_minor = money("person_hkd_minor", from.person_hkd_minor(), most_hkd);
    side.institution_cny_minor =
        money("institution_cny_minor", from.institution_cny_minor(), kMaxBalanceMinor);
    side.institution_hkd_minor =
        money("institution_hkd_minor", from.institution_hkd_minor(), most_hkd);
    money("bank_opening_cny_minor", from.bank_opening_cny_minor(), most_hkd);
    money("bank_opening_hkd_minor", from.bank_opening_hkd_minor(), most_hkd);
    money("bank_net_debit_cap_minor", from.bank_net_debit_cap_minor(), most_cap);
    side.answer = first.latency(path + "answer", from.answer());
}

template <class Number>
Number or_of_side(Number own, Number of_side) {
    return own == 0 ? of_side : own;
}

// Names and code of a bank: the file's, else those of the table of institutions.
void read_identity(const std::string& path, const config::v1::SimulationBank& from, Bank& bank,
                   FirstFault& first) {
    const auto rule = scheme::check_agent_code(bank.rail, from.code());
    first.require(!rule, path + ".code", rule.value_or(""));
    if (!first.none()) return;
    bank.code = from.code();
    bank.invented = from.invented();
    first.require(!bank.invented || is_marked_as_invented(bank.rail, bank.code), path + ".code",
                  "must begin with X (FPS) or 999 (IBPS): the bank is invented");
    const scheme::Institution* known =
        scheme::find_institution(*scheme::parse_agent_code(bank.code));
    const auto name = [&](const char* field, const std::string& own, std::string_view table) {
        return first.text(path + field, own.empty() ? std::string(table) : own, kMaxTitleBytes);
    };
    bank.name_en = name(".name_en", from.name_en(), known == nullptr ? "" : known->name_en);
    bank.name_zh = name(".name_zh", from.name_zh().empty() ? bank.name_en : from.name_zh(),
                        known == nullptr ? "" : known->name_zh);
    if (known != nullptr && from.name_zh().empty()) bank.name_zh = std::string(known->name_zh);
}

void read_participation(const std::string& path, const config::v1::SimulationBank& from,
                        const Scenario& scenario, Bank& bank, FirstFault& first) {
    bank.joins = from.joins().empty()
                     ? scenario.first_day
                     : std::max(scenario.first_day, first.date(path + ".joins", from.joins()));
    bank.leaves = from.leaves().empty() ? kNoDay : first.date(path + ".leaves", from.leaves());
    first.require(bank.leaves > bank.joins, path + ".leaves", "must be later than it joins");
    bank.directions = {!from.no_northbound(), !from.no_southbound()};
    bank.services.fill(true);
    for (int index = 0; index < from.no_service_size(); ++index) {
        const auto service = scheme::service_from_number(from.no_service(index));
        first.require(service.has_value(), indexed(path + ".no_service", index),
                      "must be a service");
        if (service) bank.services[static_cast<std::size_t>(*service)] = false;
    }
    bank.payer_weight = or_of_side(
        first.range<std::uint32_t>(path + ".payer_weight", from.payer_weight(), 0, kMaxWeight),
        kUsualWeight);
    bank.payee_weight = or_of_side(
        first.range<std::uint32_t>(path + ".payee_weight", from.payee_weight(), 0, kMaxWeight),
        kUsualWeight);
}

void read_size(const std::string& path, const config::v1::SimulationBank& from,
               const config::v1::SimulationSide& side, Bank& bank, FirstFault& first) {
    const bool fps = bank.rail == Rail::kFps;
    bank.persons = static_cast<std::uint32_t>(
        or_of_side(first.range<std::int32_t>(path + ".persons", from.persons(), 0, kMaxPersons),
                   side.persons()));
    bank.institutions = static_cast<std::uint32_t>(or_of_side(
        first.range<std::int32_t>(path + ".institutions", from.institutions(), 0, kMaxInstitutions),
        side.institutions()));
    const auto money = [&](const char* field, std::int64_t own, std::int64_t of_side, bool held) {
        return or_of_side(first.range(path + field, own, 0, held ? kMaxBalanceMinor : 0), of_side);
    };
    bank.opening_cny_minor =
        money(".opening_cny_minor", from.opening_cny_minor(), side.bank_opening_cny_minor(), fps);
    bank.opening_hkd_minor =
        money(".opening_hkd_minor", from.opening_hkd_minor(), side.bank_opening_hkd_minor(), fps);
    bank.net_debit_cap_minor = money(".net_debit_cap_minor", from.net_debit_cap_minor(),
                                     side.bank_net_debit_cap_minor(), !fps);
}

LinkAgent read_agent(const std::string& field, const std::string& code, Rail rail,
                     const std::string& money_field, std::int64_t money_minor,
                     const Scenario& scenario, FirstFault& first) {
    const std::size_t bank = read_bank(field, code, scenario, first);
    first.require(!first.none() || scenario.banks[bank].rail == rail, field,
                  "must be a bank of the agent's own rail");
    first.require(!first.none() || scenario.banks[bank].joins == scenario.first_day, field,
                  "must be a bank that is there from the start");
    return {code, first.range(money_field, money_minor, 1, kMaxBalanceMinor)};
}

}  // namespace

Rail read_rail(const std::string& field, v1::Rail rail, FirstFault& first) {
    first.require(rail == v1::RAIL_FPS || rail == v1::RAIL_IBPS, field,
                  "must be RAIL_FPS or RAIL_IBPS");
    return rail == v1::RAIL_IBPS ? Rail::kIbps : Rail::kFps;
}

std::size_t read_bank(const std::string& field, const std::string& code, const Scenario& scenario,
                      FirstFault& first) {
    const auto found = scenario.find_bank(code);
    first.require(found.has_value(), field, "must be the code of one of the banks");
    return found.value_or(0);
}

std::size_t read_invented_bank(const std::string& field, const std::string& code,
                               const Scenario& scenario, FirstFault& first) {
    const std::size_t bank = read_bank(field, code, scenario, first);
    first.require(!first.none() || scenario.banks[bank].invented, field,
                  "must be an invented bank: no real institution is shown to fail");
    return bank;
}

void read_head(const File& file, Scenario& scenario, FirstFault& first) {
    scenario.title = first.text("title", file.title(), kMaxTitleBytes);
    first.count("notes", file.notes_size(), kMaxNotes);
    for (int index = 0; index < file.notes_size(); ++index) {
        scenario.notes.push_back(
            first.text(indexed("notes", index), file.notes(index), kMaxNoteBytes));
    }
    scenario.start = first.moment("start", file.start());
    first.require(scenario.start.value % kHourMs == 0, "start", "must be a full hour");
    scenario.first_day = scheme::day_number(scenario.start);
    scenario.days = first.range("days", file.days(), 1, kMaxDays);
    first.require(file.seed() > 0, "seed", "must be 1 or more");
    scenario.seed = file.seed();
    scenario.volume_permille = or_of_side(
        first.range<std::uint32_t>("volume_permille", file.volume_permille(), 0, 1'000), 1'000U);
}

void read_sides(const File& file, Scenario& scenario, FirstFault& first) {
    read_side(file.hong_kong(), Rail::kFps, scenario.sides[0], first);
    read_side(file.mainland(), Rail::kIbps, scenario.sides[1], first);
}

void read_banks(const File& file, Scenario& scenario, FirstFault& first) {
    std::array<std::size_t, 2> counts{};
    std::set<std::string> codes;
    for (int index = 0; index < file.banks_size() && first.none(); ++index) {
        const config::v1::SimulationBank& from = file.banks(index);
        const std::string path = indexed("banks", index);
        Bank bank;
        bank.rail = read_rail(path + ".rail", from.rail(), first);
        read_identity(path, from, bank, first);
        read_participation(path, from, scenario, bank, first);
        const bool fps = bank.rail == Rail::kFps;
        read_size(path, from, fps ? file.hong_kong() : file.mainland(), bank, first);
        first.require(codes.insert(bank.code).second, path + ".code", "must be in the list once");
        ++counts[static_cast<std::size_t>(bank.rail)];
        scenario.banks.push_back(std::move(bank));
    }
    for (const std::size_t count : counts) {
        first.require(count > 0 && count <= kMaxBanks, "banks",
                      "must hold 1 to " + std::to_string(kMaxBanks) + " of each rail");
    }
    const config::v1::LinkConfig& link = file.link();
    scenario.link_agents[0] =
        read_agent("link.fps_agent", link.fps_agent(), Rail::kFps, "link.fps_opening_cny_minor",
                   link.fps_opening_cny_minor(), scenario, first);
    scenario.link_agents[1] = read_agent("link.ibps_agent", link.ibps_agent(), Rail::kIbps,
                                         "link.ibps_net_debit_cap_minor",
                                         link.ibps_net_debit_cap_minor(), scenario, first);
}

}  // namespace lowu::simulator
