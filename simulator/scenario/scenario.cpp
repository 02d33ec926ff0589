// What follows from a scenario's values. See scenario.hpp.
#include "simulator/scenario/scenario.hpp"

#include "common/base/hash.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::simulator {

bool Bank::takes_part(const Corridor& corridor) const {
    if (!services[static_cast<std::size_t>(corridor.service)]) return false;
    return corridor.domestic() || directions[static_cast<std::size_t>(corridor.direction())];
}

bool Season::holds(Day day, const Corridor& corridor) const {
    if (day < from || day > until) return false;
    if (service && *service != corridor.service) return false;
    return !direction || (!corridor.domestic() && *direction == corridor.direction());
}

SchemeTime Scenario::end() const {
    return scheme::start_of_day(end_day());
}

std::uint32_t Scenario::persons_with_proxy(const Bank& bank) const {
    return bank.persons * side(bank.rail).proxy_permille / 1'000;
}

bool Scenario::proxy_is_hkd(const Bank& bank, std::uint32_t customer) const {
    return mix64(customer) % 1'000 < side(bank.rail).proxy_hkd_permille;
}

std::optional<std::size_t> Scenario::find_bank(std::string_view code) const {
    for (std::size_t index = 0; index < banks.size(); ++index) {
        if (banks[index].code == code) return index;
    }
    return std::nullopt;
}

}  // namespace lowu::simulator
