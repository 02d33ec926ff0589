// Steps that change the scheme while it runs: parameters, rates, absences, prior use, proxies, the
// date. See player.hpp.
#include "common/scheme/calendar.hpp"
#include "tests/scenario/announcements.hpp"
#include "tests/scenario/player.hpp"

namespace lowu::scenario {
namespace {

/// Where a parameter is set, as far as a line says so.
struct Place {
    std::optional<scheme::Rail> rail;
    std::optional<scheme::Direction> direction;
    core::Service service = core::Service::kP2pRemittance;
    SchemeTime effective;
};

bool take_place_word(Words& words, const std::string& word, Place& place) {
    if (const auto rail = scheme::parse_rail(word)) {
        place.rail = rail;
    } else if (const auto direction = scheme::parse_direction(word)) {
        place.direction = direction;
    } else if (const auto service = parse_short_service(word)) {
        place.service = *service;
    } else if (word == "at") {
        place.effective = words.take_moment();
    } else {
        return false;
    }
    return true;
}

core::Corridor corridor_of(const Place& place, core::ParameterScope scope) {
    if (scope == core::ParameterScope::kRail) return {};
    return core::corridor_of(place.direction.value_or(scheme::Direction::kNorthbound),
                             place.service);
}

/// The rails that are meant: the one that is named, else the origin of the direction, else both.
std::vector<scheme::Rail> rails_of(const Place& place) {
    if (place.rail) return {*place.rail};
    if (place.direction) return {scheme::origin_of(*place.direction)};
    return {kRails.begin(), kRails.end()};
}

}  // namespace

Result<void> Player::parameter(Words& words) {
    Place place;
    core::SetParameters change;
    auto scope = core::ParameterScope::kRail;
    const auto take_setting = [&] {
        const std::string name = words.take("name of a parameter");
        const core::ParameterRow* row = core::find_parameter(name);
        if (row == nullptr) return words.fail("'" + name + "' is no parameter");
        scope = row->scope;
        change.settings.push_back({{row->id, {}, core::kNoParticipant}, take_value(words)});
    };
    take_setting();
    core::ParticipantIndex own = core::kNoParticipant;
    while (!words.empty() && words.ok()) {
        const std::string word = words.take("place");
        if (word == "and") {
            take_setting();
        } else if (word == "bank") {
            const Bank* bank = take_bank(words);
            if (bank == nullptr) break;
            own = bank->participant;
            place.rail = bank->rail;
        } else if (!take_place_word(words, word, place)) {
            words.fail("'" + word + "' is no place");
        }
    }
    if (const auto read = words.finish(); !read) return read;
    change.effective = place.effective;
    for (core::ParameterSetting& setting : change.settings) {
        setting.key.corridor = corridor_of(place, scope);
        setting.key.participant = own;
    }
    for (const scheme::Rail rail : rails_of(place))
        world_->apply(rail, change);
    return {};
}

Result<void> Player::rate(Words& words) {
    if (!world_ && !genesis_.rates) genesis_.rates.emplace();
    if (!world_ && words.take_if("none")) return words.finish();
    core::ReferenceRate rate;
    rate.day = words.take_day();
    words.expect("hkd");
    rate.cny_per_hkd = words.take_rate();
    words.expect("usd");
    rate.cny_per_usd = words.take_rate();
    if (const auto read = words.finish(); !read) return read;
    if (!world_) {
        genesis_.rates->push_back(rate);
        return {};
    }
    for (const scheme::Rail rail : kRails)
        world_->apply(rail, core::SetReferenceRate{rate});
    return {};
}

Result<void> Player::rates(Words& words) {
    Bank* bank = take_online_bank(words);
    core::FxRateSheet sheet;
    words.expect("bid");
    sheet.bid = words.take_rate();
    words.expect("ask");
    sheet.ask = words.take_rate();
    words.expect("until");
    sheet.valid_until = words.take_moment();
    if (const auto read = words.finish(); !read) return read;
    sheet.participant = bank->participant;
    sheet.number = world_->next_number(*bank);
    world_->apply(bank->rail, sheet);
    const auto& rates = world_->cell(bank->rail).participant(bank->participant).rates;
    transcript_.write(scheme::to_string(bank->rail),
                      scheme::format_agent_code(bank->code) + " buys HKD at " +
                          money::format_rate(rates->bid) + " and sells it at " +
                          money::format_rate(rates->ask) + " until " +
                          scheme::format_utc8(rates->valid_until));
    return {};
}

// Planned absence.

Player::Availability Player::take_availability(Words& words) {
    Availability one;
    one.available = words.take_if("on");
    if (!one.available) words.expect("off");
    one.bank = take_bank(words);
    if (!one.available && words.take_if("until")) one.expected_back = words.take_moment();
    return one;
}

Result<void> Player::log_off_or_on(Words& words) {
    const Availability one = take_availability(words);
    if (one.bank != nullptr && !one.bank->online) {
        words.fail("a bank that is offline says nothing");
    }
    if (const auto read = words.finish(); !read) return read;
    world_->apply(one.bank->rail,
                  core::AvailabilityRequest{one.bank->participant, world_->next_number(*one.bank),
                                            one.available, one.expected_back});
    return {};
}

Result<void> Player::force_off_or_on(Words& words) {
    const Availability one = take_availability(words);
    if (const auto read = words.finish(); !read) return read;
    world_->apply(one.bank->rail,
                  core::ForceAvailability{one.bank->participant, one.available, one.expected_back});
    return {};
}

Result<void> Player::declare_default(Words& words) {
    const Bank* bank = take_bank(words);
    if (const auto read = words.finish(); !read) return read;
    world_->apply(bank->rail, core::DeclareDefault{bank->participant});
    return {};
}

// Quotas and time.

Result<void> Player::prior_use(Words& words) {
    const std::string person = words.take("name of a person");
    core::SetPriorUse change;
    change.year = static_cast<std::int32_t>(words.take_number("year"));
    change.amount = words.take_amount();
    const bool in_hong_kong = words.take_if("fps");
    const scheme::Rail rail = in_hong_kong ? scheme::Rail::kFps : scheme::Rail::kIbps;
    if (const auto read = words.finish(); !read) return read;
    const std::uint32_t version = world_->cell(rail).rules().token_version();
    change.person = tokens_of(person, version, version > 1);
    world_->apply(rail, change);
    return {};
}

Result<void> Player::advance(Words& words) {
    const SchemeTime time = words.take_moment();
    if (words.ok() && time < world_->scheme_now()) words.fail("that is past already");
    for (const scheme::Rail rail : kRails) {
        if (world_->cell(rail).pending() > 0) words.fail("a payment is pending");
    }
    if (const auto read = words.finish(); !read) return read;
    world_->advance(time);
    return {};
}

// Proxies.

Hash128 proxy_of_name(const std::string& name) {
    return hash128(name);
}

Result<void> Player::register_proxy(Words& words) {
    words.expect("proxy");
    core::ProxyRegistration one;
    one.proxy = proxy_of_name(words.take("proxy"));
    one.cross_boundary = true;
    one.holder = core::PartyKind::kPerson;
    words.expect("bank");
    const Bank* bank = take_bank(words);
    one.default_receiver = words.take_if("default");
    if (words.take_if("domestic-only")) one.cross_boundary = false;
    if (words.take_if("institution")) one.holder = core::PartyKind::kRegisteredInstitution;
    if (const auto read = words.finish(); !read) return read;
    one.participant = bank->participant;
    world_->apply(bank->rail, core::RegisterProxy{one});
    return {};
}

Result<void> Player::remove_proxy(Words& words) {
    words.expect("proxy");
    const Hash128 proxy = proxy_of_name(words.take("proxy"));
    words.expect("bank");
    const Bank* bank = take_bank(words);
    if (const auto read = words.finish(); !read) return read;
    world_->apply(bank->rail, core::RemoveProxy{proxy, bank->participant});
    return {};
}

Result<void> Player::warn(Words& words) {
    words.expect("proxy");
    const Hash128 proxy = proxy_of_name(words.take("proxy"));
    const bool over = words.take_if("over");
    const scheme::Rail rail = words.take_rail();
    if (const auto read = words.finish(); !read) return read;
    world_->apply(rail, core::SetProxyWarning{proxy, !over});
    return {};
}

/// `look up NAME RAIL`: the default receiver; `look up NAME BANK`: that bank's registration.
Result<void> Player::look_up(Words& words) {
    words.expect("up");
    const std::string name = words.take("proxy");
    const Hash128 proxy = proxy_of_name(name);
    const bool named = !words.next_is("fps") && !words.next_is("ibps");
    const Bank* bank = named ? take_bank(words) : nullptr;
    const scheme::Rail rail =
        named ? (bank != nullptr ? bank->rail : scheme::Rail::kFps) : words.take_rail();
    if (const auto read = words.finish(); !read) return read;
    const core::Cell& cell = world_->cell(rail);
    const core::ProxyRegistration* found = named ? cell.directory().find(proxy, bank->participant)
                                                 : cell.directory().find_default(proxy);
    std::string line = name + " is known to nobody";
    if (found != nullptr) {
        looked_up_[name] = {proxy, found->reference};
        line =
            name + " is at " + scheme::format_agent_code(cell.participant(found->participant).code);
        if (found->default_receiver) line += ", its default receiver";
        if (!found->cross_boundary) line += ", not enabled for receipt from across the boundary";
    }
    if (cell.directory().suspicious(proxy)) line += "; the payer is warned of it";
    transcript_.write(scheme::to_string(rail), line);
    return {};
}

}  // namespace lowu::scenario
