// Steps before `start`: what the two cells are opened with. See player.hpp.
#include <algorithm>

#include "common/scheme/calendar.hpp"
#include "tests/scenario/player.hpp"

namespace lowu::scenario {

using scheme::Direction;

Result<void> Player::parameters(Words& words) {
    core::Parameters all = genesis_.parameters;
    while (!words.empty() && words.ok()) {
        const std::string name = words.take("parameter");
        const Duration value = words.take_duration();
        if (name == "payee-deadline") {
            all.payee_deadline = value;
        } else if (name == "origin-deadline") {
            all.origin_deadline = value;
        } else if (name == "link-allowance") {
            all.link_allowance = value;
        } else if (name == "queue-allowance") {
            all.queue_allowance = value;
        } else if (name == "creation-window") {
            all.creation_window = value;
        } else if (name == "creation-skew") {
            all.creation_skew = value;
        } else {
            words.fail("'" + name + "' is no parameter");
        }
    }
    if (const char* rule = all.broken_rule()) words.fail(rule);
    const auto read = words.finish();
    if (read) genesis_.parameters = all;
    return read;
}

Result<void> Player::table(Words& words) {
    const scheme::Rail rail = words.take_rail();
    const bool quota = words.take_if("quota");
    const bool proxies = words.take_if("proxies");
    const std::uint32_t records_max = words.take_number("number of records");
    if (records_max == 0 || records_max > 100'000) words.fail("a table holds 1 to 100000");
    auto& tables = quota ? genesis_.quota_records_max
                         : (proxies ? genesis_.proxies_max : genesis_.payments_max);
    tables[static_cast<std::size_t>(rail)] = records_max;
    return words.finish();
}

Result<void> Player::limits(Words& words) {
    words.expect("off");
    genesis_.limits_off = true;
    return words.finish();
}

namespace {

/// northbound, southbound, with a service where it is not p2p; domestic; nowhere.
std::uint32_t take_live(Words& words) {
    if (words.take_if("nowhere")) return 0;
    if (words.take_if("domestic")) return 1U << core::kDomesticCorridor.index;
    const std::string where = words.take("direction");
    const auto direction = scheme::parse_direction(where);
    if (!direction) {
        words.fail("'" + where + "' is no direction");
        return 0;
    }
    core::Service service = core::Service::kP2pRemittance;
    if (words.take_if("fee")) service = core::Service::kFeeCollection;
    if (words.take_if("b2p")) service = core::Service::kBusinessToPerson;
    return core::Participation::bit(*direction, service);
}

}  // namespace

Result<void> Player::participant(Words& words) {
    const scheme::Rail rail = words.take_rail();
    core::AdmitParticipant one;
    one.code = words.take_code();
    one.participation.bits = core::kAllParticipation;
    if (words.ok() && scheme::rail_of(one.code) != rail) words.fail("the code is of another rail");
    while (!words.empty() && words.ok()) {
        const std::string name = words.take("option");
        if (name == "funds") {
            one.opening_cny = words.take_amount();
        } else if (name == "hkd" && rail == scheme::Rail::kFps) {
            one.opening_hkd = words.take_amount();
        } else if (name == "cap" && rail == scheme::Rail::kIbps) {
            one.net_debit_cap = words.take_amount();
        } else if (name == "live") {
            if (one.participation.bits == core::kAllParticipation) one.participation.bits = 0;
            one.participation.bits |= take_live(words);
        } else {
            words.fail("'" + name + "' is no option here");
        }
    }
    auto& admitted = genesis_.participants[static_cast<std::size_t>(rail)];
    const bool twice = std::any_of(admitted.begin(), admitted.end(),
                                   [&](const auto& other) { return other.code == one.code; });
    if (twice) words.fail(scheme::format_agent_code(one.code) + " is admitted already");
    const auto read = words.finish();
    if (read) admitted.push_back(one);
    return read;
}

Result<void> Player::agents(Words& words) {
    std::array<std::optional<core::OpenLink>, 2> links;
    for (const scheme::Rail rail : kRails) {
        words.expect(scheme::to_string(rail));
        core::OpenLink one;
        one.agent = words.take_code();
        while (words.next_is("funds") || words.next_is("cap")) {
            const bool funds = words.take("option") == "funds";
            (funds ? one.opening_cny : one.net_debit_cap) = words.take_amount();
        }
        if (rail == scheme::Rail::kFps && one.net_debit_cap.value != 0) {
            words.fail("a net debit cap is an IBPS thing");
        }
        links[static_cast<std::size_t>(rail)] = one;
    }
    const auto read = words.finish();
    if (read) genesis_.links = links;
    return read;
}

Result<void> Player::start(Words& words) {
    if (!words.empty()) {
        std::string moment = words.take("date");
        moment += " " + words.take("time of day");
        const auto time = scheme::parse_utc8(moment);
        if (!time) words.fail("'" + moment + "' is no moment: write 2025-06-22 09:00");
        genesis_.start = time.value_or(genesis_.start);
    }
    for (const auto& one : genesis_.links) {
        if (!one) words.fail("'agents' comes before 'start'");
    }
    if (const auto read = words.finish(); !read) return read;
    world_.emplace(genesis_, mode_, seed_, transcript_, instructions_);
    return {};
}

}  // namespace lowu::scenario
