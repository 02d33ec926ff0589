// The proxy directory against a slow, obvious model; the reference rates against one; and the
// announcements that a cell keeps.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/prng.hpp"
#include "switch/core/directory.hpp"
#include "switch/core/reference_rates.hpp"
#include "switch/core/state_io.hpp"
#include "switch/core/system_event.hpp"

namespace lowu::core {
namespace {

// The directory.

constexpr std::uint64_t kProxies = 4;
constexpr std::uint16_t kBanks = 4;
constexpr std::uint32_t kMost = 10;

Hash128 proxy(std::uint64_t number) {
    return {number, number * 3 + 1};
}

bool same(const ProxyRegistration* left, const ProxyRegistration* right) {
    if (left == nullptr || right == nullptr) return left == right;
    return left->proxy == right->proxy && left->reference == right->reference &&
           left->participant == right->participant && left->holder == right->holder &&
           left->default_receiver == right->default_receiver &&
           left->cross_boundary == right->cross_boundary;
}

/// The registrations of each proxy in the order in which they were made; the default by its bank.
class DirectoryModel {
public:
    explicit DirectoryModel(bool has_default) : has_default_(has_default) {}

    void put(ProxyRegistration registration) {
        auto& list = lists_[registration.proxy.high];
        auto& chosen = defaults_[registration.proxy.high];
        const auto known = find_in(list, registration.participant);
        if (has_default_ && (registration.default_receiver || list.empty())) {
            chosen = registration.participant;
        }
        if (known == list.end()) {
            list.push_back(registration);
        } else {
            *known = registration;
        }
        mark(registration.proxy.high);
    }
    bool remove(std::uint64_t number, ParticipantIndex bank) {
        auto& list = lists_[number];
        const auto known = find_in(list, bank);
        if (known == list.end()) return false;
        list.erase(known);
        auto& chosen = defaults_[number];
        if (chosen == bank) {
            chosen = std::nullopt;
            if (!list.empty()) chosen = list.front().participant;
        }
        mark(number);
        return true;
    }
    [[nodiscard]] const ProxyRegistration* find(std::uint64_t number, ParticipantIndex bank) {
        auto& list = lists_[number];
        const auto known = find_in(list, bank);
        return known == list.end() ? nullptr : &*known;
    }
    [[nodiscard]] const ProxyRegistration* find_default(std::uint64_t number) {
        return defaults_[number] ? find(number, *defaults_[number]) : nullptr;
    }
    [[nodiscard]] std::uint32_t size() const {
        std::size_t size = 0;
        for (const auto& [number, list] : lists_)
            size += list.size();
        return static_cast<std::uint32_t>(size);
    }

private:
    using List = std::vector<ProxyRegistration>;

    static List::iterator find_in(List& list, ParticipantIndex bank) {
        return std::find_if(list.begin(), list.end(),
                            [&](const ProxyRegistration& one) { return one.participant == bank; });
    }
    void mark(std::uint64_t number) {
        for (ProxyRegistration& one : lists_[number])
            one.default_receiver = defaults_[number] == one.participant;
    }

    bool has_default_;
    std::map<std::uint64_t, List> lists_;
    std::map<std::uint64_t, std::optional<ParticipantIndex>> defaults_;
};

class DirectoryModelTest : public testing::TestWithParam<std::uint64_t> {
protected:
    void compare(ProxyDirectory& directory, DirectoryModel& model) {
        ASSERT_EQ(directory.size(), model.size());
        for (std::uint64_t number = 0; number < kProxies; ++number) {
            for (std::uint16_t bank = 0; bank < kBanks; ++bank) {
                ASSERT_TRUE(same(directory.find(proxy(number), ParticipantIndex{bank}),
                                 model.find(number, ParticipantIndex{bank})));
            }
            ASSERT_TRUE(same(directory.find_default(proxy(number)), model.find_default(number)));
        }
    }
};

TEST_P(DirectoryModelTest, TheDirectoryKnowsWhatTheModelDoes) {
    Prng random(GetParam());
    const bool has_default = GetParam() % 2 == 0;  // As on fps, or as on ibps.
    ProxyDirectory directory;
    directory.open(kMost);
    DirectoryModel model(has_default);
    for (std::uint64_t i = 1; i <= 4'000 && !HasFatalFailure(); ++i) {
        SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", operation " + std::to_string(i));
        const std::uint64_t number = random.below(kProxies);
        const ParticipantIndex bank{static_cast<std::uint16_t>(random.below(kBanks))};
        if (random.chance(2, 5)) {
            ASSERT_EQ(directory.remove(proxy(number), bank, has_default),
                      model.remove(number, bank));
        } else {
            const bool room = model.size() < kMost || model.find(number, bank) != nullptr;
            ASSERT_EQ(directory.has_room(proxy(number), bank), room);
            if (!room) continue;
            // The model's key is the proxy's first half.
            ProxyRegistration one{proxy(number),      ProxyReference{i},   bank,
                                  PartyKind::kPerson, random.chance(1, 3), random.chance(1, 2)};
            model.put(one);
            const ProxyRegistration put = directory.put(one, has_default);
            ASSERT_TRUE(same(&put, model.find(number, bank)));
        }
        compare(directory, model);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, DirectoryModelTest,
                         testing::Range(std::uint64_t{1}, std::uint64_t{9}));

Hash128 digest_of(const ProxyDirectory& directory) {
    Digest digest;
    DigestSink sink(digest);
    sink(directory);
    return digest.finish();
}

TEST(ProxyDirectory, WarnsOfSuspiciousProxiesWhoeverRegistersThem) {
    ProxyDirectory directory;
    directory.open(kMost);
    const Hash128 empty = digest_of(directory);
    directory.set_suspicious(proxy(1), true);
    directory.set_suspicious(proxy(1), true);
    directory.set_suspicious(proxy(2), true);
    EXPECT_TRUE(directory.suspicious(proxy(1)));
    EXPECT_FALSE(directory.suspicious(proxy(3)));
    EXPECT_EQ(directory.suspicious_count(), 2U);
    EXPECT_EQ(directory.size(), 0U) << "a list of its own";
    const Hash128 two = digest_of(directory);
    EXPECT_NE(two, empty);
    directory.set_suspicious(proxy(2), false);
    directory.set_suspicious(proxy(3), false);
    EXPECT_NE(digest_of(directory), two);
    directory.set_suspicious(proxy(2), true);
    EXPECT_EQ(digest_of(directory), two) << "whatever the order";
    directory.set_suspicious(proxy(1), false);
    directory.set_suspicious(proxy(2), false);
    EXPECT_EQ(digest_of(directory), empty);
}

// Reference rates.

ReferenceRate rate(std::int32_t day, std::int64_t value = 1) {
    return {day, Rate{value}, Rate{value * 8}};
}

TEST(ReferenceRates, HoldFromTheirDayForALimitedTime) {
    ReferenceRates rates;
    EXPECT_EQ(rates.in_force(100, 10), nullptr);
    rates.set(rate(100));
    rates.set(rate(105));
    EXPECT_EQ(rates.in_force(99, 10), nullptr) << "of a later day";
    EXPECT_EQ(rates.in_force(100, 10)->day, 100);
    EXPECT_EQ(rates.in_force(104, 10)->day, 100);
    EXPECT_EQ(rates.in_force(104, 4)->day, 100);
    EXPECT_EQ(rates.in_force(104, 3), nullptr) << "too old";
    EXPECT_EQ(rates.in_force(105, 0)->day, 105);
    EXPECT_EQ(rates.in_force(115, 10)->day, 105);
    EXPECT_EQ(rates.in_force(116, 10), nullptr);
    EXPECT_EQ(rates.of_day(104), nullptr);
    EXPECT_EQ(rates.of_day(105)->day, 105);
}

TEST(ReferenceRates, AreReplacedAndForgottenOldestFirst) {
    ReferenceRates rates;
    std::map<std::int32_t, std::int64_t> model;
    Prng random(7);
    for (int i = 0; i < 3'000; ++i) {
        const auto day = static_cast<std::int32_t>(random.between(1, 900));
        const std::int64_t value = random.between(1, 1'000);
        rates.set(rate(day, value));
        model[day] = value;
        if (model.size() > kMaxReferenceRates) model.erase(model.begin());
        ASSERT_EQ(rates.all().size(), model.size());
        const auto asked = static_cast<std::int32_t>(random.between(1, 950));
        const auto after = model.upper_bound(asked);
        const bool known = after != model.begin() && asked - std::prev(after)->first <= 5;
        const ReferenceRate* found = rates.in_force(asked, 5);
        ASSERT_EQ(found != nullptr, known);
        if (known) {
            ASSERT_EQ(*found, rate(std::prev(after)->first, std::prev(after)->second));
        }
    }
    EXPECT_EQ(rates.all().size(), kMaxReferenceRates);
}

// Announcements.

SystemEvent event(std::int64_t booked) {
    SystemEvent one;
    one.booked = SchemeTime{booked};
    return one;
}

TEST(SystemEvents, KeepTheNewest) {
    SystemEvents events;
    EXPECT_EQ(events.last(), 0U);
    EXPECT_EQ(events.find(0), nullptr);
    EXPECT_EQ(events.find(1), nullptr);
    constexpr EventNumber kAll = 2 * kMaxSystemEvents + 3;
    for (EventNumber number = 1; number <= kAll; ++number) {
        ASSERT_EQ(events.add(event(static_cast<std::int64_t>(number))), number);
        const EventNumber oldest = number <= kMaxSystemEvents ? 1 : number - kMaxSystemEvents + 1;
        ASSERT_NE(events.find(number), nullptr);
        ASSERT_EQ(events.find(oldest)->booked, SchemeTime{static_cast<std::int64_t>(oldest)});
        ASSERT_EQ(events.find(oldest - 1), nullptr);
        ASSERT_EQ(events.find(number + 1), nullptr);
    }
    for (EventNumber number = kAll - kMaxSystemEvents + 1; number <= kAll; ++number)
        ASSERT_EQ(events.find(number)->booked, SchemeTime{static_cast<std::int64_t>(number)});
}

}  // namespace
}  // namespace lowu::core
