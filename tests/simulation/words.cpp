// A plan's items in words, and lists of their numbers; see plan.hpp.
#include <algorithm>
#include <charconv>

#include "common/base/assert.hpp"
#include "common/money/amount.hpp"
#include "simulator/world/orders.hpp"
#include "simulator/world/scheme.hpp"
#include "tests/simulation/plan.hpp"

namespace lowu::simulator {
namespace {

std::string thousandths(std::int64_t value) {
    const std::string rest = std::to_string(value % 1'000);
    return std::to_string(value / 1'000) + "." + std::string(3 - rest.size(), '0') + rest;
}

std::string seconds(ElapsedTime time) {
    return thousandths(time.value / 1'000) + " s";
}

std::string seconds(Duration duration) {
    return thousandths(duration.us / 1'000) + " s";
}

/// What the customer will order: it is drawn from the item's seed alone, as the run does.
std::string order_in_words(const Item& item) {
    const BankPlan& bank = bank_plans()[item.bank];
    Prng prng(item.seed);
    Orders orders(bank, prng.fork());
    const CustomerOrder order = orders.next();
    const v1::SendRemittanceRequest& request = order.request;
    const auto service = static_cast<scheme::Service>(request.service());
    const std::string payee =
        request.has_payee_proxy() ? request.payee_proxy().value() : request.payee_account();
    const std::string agent =
        request.payee_agent().empty() ? "whoever answers" : request.payee_agent();
    std::string money = "an amount by quote";
    if (request.amount_minor() > 0) {
        money = money::format_amount(money::AmountMinor{request.amount_minor()}) +
                (request.currency() == v1::CURRENCY_HKD ? " HKD" : " CNY");
    }
    return request.payer_account() + " pays " + money + " to " + payee + " at " + agent + ", " +
           std::string(scheme::to_string(service));
}

const char* word_of(Death death) {
    switch (death) {
        case Death::kKilled:
            return "is killed";
        case Death::kPowerLost:
            return "loses power";
        case Death::kPowerLostSync:
            return "loses power in a sync";
        case Death::kWriteFailed:
            return "finds that a write fails";
    }
    LOWU_UNREACHABLE("every death has a word");
}

/// Without when and who.
std::string what_in_words(const Item& item) {
    switch (item.what) {
        case What::kLateFrames:
            return "some frames are late";
        case What::kSlowWrites:
            return "some connections take no bytes for a while";
        case What::kSlowSyncs:
            return "some syncs are slow";
        case What::kFailedStarts:
            return "some starts fail";
        case What::kLaggingFollower:
            return "the follower lags now and then";
        case What::kBadSnapshots:
            return "some snapshots fail or are damaged";
        case What::kMisbehaviour:
            return "banks answer late, twice, otherwise or not";
        case What::kDeath:
            return "the switch " + std::string(word_of(item.death)) + ", once payments wait";
        case What::kCut:
            return "its connection breaks";
        case What::kReconnect:
            return "connects anew while its connection is up";
        case What::kFreeze:
            return "reads nothing for " + seconds(item.lasts);
        case What::kLoss:
            return "loses all requests for " + seconds(item.lasts);
        case What::kStall:
            return "the switch stands still for " + seconds(item.lasts);
        case What::kClockStep:
            return "the switch's clock goes ahead by " + seconds(item.lasts);
        case What::kRule:
            return "the operator changes a rule";
        case What::kPriorUse:
            return "the operator tells of prior use";
        case What::kWarning:
            return "the operator warns of a proxy";
        case What::kRates:
            return "publishes other rates";
        case What::kForcedOff:
            return "the operator forces a bank off for " + seconds(item.lasts);
        case What::kAbsence:
            return "logs off, and on again";
        case What::kTokenKey:
            return "the operator changes the token key";
        case What::kNextRate:
            return "the operator sets the next day's reference rate";
        case What::kAdvance:
            return item.advance == 0 ? "scheme time goes on to the next day"
                                     : "scheme time goes on by more than the memory of payments";
        case What::kProxyChange:
            return "changes a proxy of its customers";
        case What::kOrder:
            return order_in_words(item);
        case What::kReturn:
            return "a customer sends something back";
        case What::kOldBusiness:
            return "goes through what is over";
    }
    LOWU_UNREACHABLE("every item has words");
}

bool is_of_a_bank(What what) {
    switch (what) {
        case What::kCut:
        case What::kReconnect:
        case What::kFreeze:
        case What::kLoss:
        case What::kRates:
        case What::kAbsence:
        case What::kProxyChange:
        case What::kOrder:
        case What::kReturn:
        case What::kOldBusiness:
            return true;
        case What::kLateFrames:
        case What::kSlowWrites:
        case What::kSlowSyncs:
        case What::kFailedStarts:
        case What::kLaggingFollower:
        case What::kBadSnapshots:
        case What::kMisbehaviour:
        case What::kDeath:
        case What::kStall:
        case What::kClockStep:
        case What::kRule:
        case What::kPriorUse:
        case What::kWarning:
        case What::kForcedOff:
        case What::kTokenKey:
        case What::kNextRate:
        case What::kAdvance:
            return false;
    }
    LOWU_UNREACHABLE("every item is somebody's or nobody's");
}

}  // namespace

std::string in_words(const Item& item) {
    std::string when = "always";
    if (item.what == What::kOldBusiness) {
        when = seconds(item.at) + " after advance " + std::to_string(item.advance + 1);
    } else if (item.at.value > 0) {
        when = seconds(item.at);
    }
    const std::string who =
        is_of_a_bank(item.what) ? "bank " + bank_plans()[item.bank].code + ": " : std::string();
    return std::to_string(item.number) + "  " + when + "  " + who + what_in_words(item);
}

std::string format_numbers(const std::vector<std::uint32_t>& numbers) {
    if (numbers.empty()) return "none";
    std::string text;
    for (std::size_t first = 0; first < numbers.size();) {
        std::size_t last = first;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
            ++last;
        if (!text.empty()) text += ",";
        text += std::to_string(numbers[first]);
        if (last > first) text += "-" + std::to_string(numbers[last]);
        first = last + 1;
    }
    return text;
}

std::optional<std::vector<std::uint32_t>> parse_numbers(std::string_view text) {
    constexpr std::uint32_t kMost = 100'000;
    std::vector<std::uint32_t> numbers;
    if (text == "none") return numbers;
    if (text.empty()) return std::nullopt;
    const char* place = text.data();
    const char* const end = place + text.size();
    const auto number = [&](std::uint32_t& value) {
        const auto [behind, error] = std::from_chars(place, end, value);
        place = behind;
        return error == std::errc{} && value <= kMost;
    };
    while (place != end) {
        std::uint32_t first = 0;
        if (!number(first)) return std::nullopt;
        std::uint32_t last = first;
        if (place != end && *place == '-' && (++place, !number(last))) return std::nullopt;
        for (; first <= last; ++first)
            numbers.push_back(first);
        if (place == end) break;
        if (*place++ != ',' || place == end) return std::nullopt;
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

}  // namespace lowu::simulator
