// A bank's tables at their limits: quotes, proxies, resolutions, the outbox.
#include <string>

#include "bank_sim/model/outbox.hpp"
#include "bank_sim/model/proxy_book.hpp"
#include "bank_sim/model/quote_book.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

Quote quote(std::uint64_t number, std::int64_t expires, QuoteKind kind = QuoteKind::kBid) {
    Quote made;
    made.kind = kind;
    made.terms = {scheme::uetr_from_random(number, 0), money::AmountMinor{100}, money::Rate{5}};
    made.cny = money::AmountMinor{90};
    made.expires = SchemeTime{expires};
    made.account = CustomerId{3};
    return made;
}

TEST(QuoteBook, TheOldestMakesRoomWhenItIsOverOrUsed) {
    QuoteBook book(2);
    EXPECT_TRUE(book.add(quote(1, 10), SchemeTime{0}));
    EXPECT_TRUE(book.add(quote(2, 20), SchemeTime{0}));
    EXPECT_FALSE(book.add(quote(3, 20), SchemeTime{10})) << "the oldest still holds";
    EXPECT_TRUE(book.add(quote(3, 20), SchemeTime{11}));
    EXPECT_EQ(book.find(quote(1, 0).terms.quote, QuoteKind::kBid), nullptr);
    book.spend(quote(2, 0).terms.quote);
    EXPECT_TRUE(book.add(quote(4, 20), SchemeTime{11}));
    EXPECT_NE(book.find(quote(3, 0).terms.quote, QuoteKind::kBid), nullptr);
    EXPECT_FALSE(book.add(quote(4, 20), SchemeTime{99})) << "an identity is used once";
}

TEST(QuoteBook, JudgesInOneOrder) {
    QuoteBook book(4);
    ASSERT_TRUE(book.add(quote(1, 10), SchemeTime{0}));
    const ExchangeTerms terms = quote(1, 0).terms;
    const auto judge = [&](const ExchangeTerms& given, QuoteKind kind, std::uint32_t account,
                           std::int64_t cny, std::int64_t now) {
        return book.judge(given, kind, CustomerId{account}, money::AmountMinor{cny},
                          SchemeTime{now});
    };
    EXPECT_EQ(judge(terms, QuoteKind::kBid, 3, 90, 10), std::nullopt) << "its last moment";
    EXPECT_EQ(judge(terms, QuoteKind::kAsk, 3, 90, 10), "This bank has not issued such a quote.");
    EXPECT_EQ(judge(terms, QuoteKind::kBid, 3, 91, 10), "The quote is for another amount.");
    EXPECT_EQ(judge({terms.quote, money::AmountMinor{101}, terms.rate}, QuoteKind::kBid, 3, 90, 10),
              "The quote is for another amount.");
    EXPECT_EQ(judge({terms.quote, terms.hkd, money::Rate{6}}, QuoteKind::kBid, 3, 91, 10),
              "The quote has another rate.");
    EXPECT_EQ(judge(terms, QuoteKind::kBid, 4, 91, 10), "The quote is for another account.");
    EXPECT_EQ(judge(terms, QuoteKind::kBid, 4, 91, 11), "The quote has expired.");
    book.spend(terms.quote);
    EXPECT_EQ(judge(terms, QuoteKind::kBid, 4, 91, 11), "The quote has been used.");
}

v1::Proxy mobile(const std::string& number) {
    v1::Proxy proxy;
    proxy.set_kind(v1::PROXY_KIND_MOBILE);
    proxy.set_value("+852-" + number);
    return proxy;
}

TEST(ProxyBook, KnowsAProxyInEverySpelling) {
    ProxyBook book;
    book.set({mobile("91230001"), CustomerId{1}, 5});
    ASSERT_NE(book.find(mobile("9123-0001")), nullptr);
    EXPECT_EQ(book.find(mobile("91230002")), nullptr);
    book.set({mobile("9123(0001)"), CustomerId{2}, 6});
    EXPECT_EQ(book.size(), 1U);
    EXPECT_TRUE(book.of(CustomerId{1}).empty());
    ASSERT_EQ(book.of(CustomerId{2}).size(), 1U);
    book.remove(mobile("91230001"));
    book.remove(mobile("91230001"));
    EXPECT_EQ(book.size(), 0U);
    EXPECT_TRUE(book.of(CustomerId{2}).empty());
}

TEST(ProxyBook, OneChangeAtATime) {
    ProxyBook book;
    EXPECT_EQ(book.begin_change(mobile("91230001"), true), std::nullopt);
    EXPECT_EQ(book.begin_change(mobile("9123-0001"), false)->reason, "PROXY_CHANGING");
    EXPECT_EQ(book.begin_change(mobile("91230002"), true), std::nullopt);
    book.end_change(mobile("91230001"));
    EXPECT_EQ(book.begin_change(mobile("91230001"), true), std::nullopt);
}

TEST(ResolutionBook, ForgetsTheOldest) {
    ResolutionBook book;
    const auto add = [&book](std::uint64_t reference) {
        v1::ResolveProxyResponse found;
        found.mutable_payee_proxy()->set_reference(reference);
        found.set_payee_agent(std::to_string(reference));
        book.add(mobile("91230001"), found);
    };
    for (std::uint64_t reference = 1; reference <= kMaxResolutions; ++reference)
        add(reference);
    add(kMaxResolutions);
    ASSERT_NE(book.find(mobile("91230001"), 1), nullptr);
    add(kMaxResolutions + 1);
    EXPECT_EQ(book.find(mobile("91230001"), 1), nullptr);
    ASSERT_NE(book.find(mobile("91230001"), 2), nullptr);
    EXPECT_EQ(book.find(mobile("91230001"), 2)->payee_agent(), "2");
    EXPECT_EQ(book.find(mobile("91230002"), 2), nullptr);
}

TEST(Outbox, OwnMessagesAnswersAndHeldPlacesHaveRoomApart) {
    Outbox outbox;
    const std::size_t answers = kMaxOutbox - kMaxOutboxOwn;
    EXPECT_EQ(outbox.answer_room(), answers);
    outbox.hold_answer();
    EXPECT_EQ(outbox.answer_room(), answers - 1);
    outbox.add_rate_sheet().set_bid_e8(1);
    outbox.add_availability().set_available(true);
    EXPECT_EQ(outbox.answer_room(), answers - 1) << "of the bank itself";
    EXPECT_TRUE(outbox.has_own_room(kMaxOutboxOwn - 2));
    EXPECT_FALSE(outbox.has_own_room(kMaxOutboxOwn - 1));
    outbox.release_answer();
    outbox.add_answer().set_uetr(kUetr);
    EXPECT_EQ(outbox.answer_room(), answers - 1);
    outbox.drop_before(outbox.end_position());
    EXPECT_EQ(outbox.answer_room(), answers);
    EXPECT_TRUE(outbox.has_own_room(kMaxOutboxOwn));
    while (outbox.has_spare_answer_room())
        outbox.add_answer().clear_uetr();
    EXPECT_EQ(outbox.answer_room(), kReceiveWindow) << "what the switch may ask has its place";
}

}  // namespace
}  // namespace lowu::bank
