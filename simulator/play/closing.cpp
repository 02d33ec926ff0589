// The judgement over books, each midnight and at the end; see player.hpp.
#include "common/base/hex.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/play/player.hpp"

namespace lowu::simulator {
namespace {

using money::Currency;
using scheme::Rail;

constexpr std::array kRails{Rail::kFps, Rail::kIbps};

/// Of the accounts of a kind.
std::int64_t balance_of(const core::Ledger& ledger, core::AccountKind kind) {
    std::int64_t sum = 0;
    for (std::uint32_t i = 0; i < ledger.size(); ++i) {
        const core::Account& account = ledger.account(core::AccountIndex{i});
        if (account.kind == kind) sum += account.balance.value;
    }
    return sum;
}

}  // namespace

void Player::look_through_books() {
    const SchemeTime now = tally_.moment(timeline_.now());
    if (now < scenario_.end()) timeline_.after(Duration::from_days(1), What::kMidnight);
    ++checks_;
    for (std::size_t bank = 0; bank < hall_.banks(); ++bank)
        check_bank(bank);
    if (!host_.running()) return;
    for (const Rail rail : kRails)
        check_rail(rail);
    const auto deadline =
        host_.cell(Rail::kFps).rules().rail_value(core::ParameterId::kCreditDeadline);
    tally_.look_at_obligations(timeline_.now(), payments_, Duration::from_ms(deadline));
}

/// Money is only moved.
void Player::check_rail(Rail rail) {
    const core::Ledger& ledger = host_.cell(rail).ledger();
    const std::string where = std::string(scheme::to_string(rail)) + ": ";
    for (const Currency currency : {Currency::kCny, Currency::kHkd}) {
        const std::int64_t sum = ledger.sum(currency).value;
        if (sum == 0) continue;
        complain(where + "the book of " + std::string(money::to_string(currency)) +
                 " does not sum to zero but to " + std::to_string(sum));
    }
    for (std::uint32_t i = 0; i < ledger.size(); ++i) {
        const core::Account& account = ledger.account(core::AccountIndex{i});
        const bool owned = account.kind == core::AccountKind::kSettlement ||
                           account.kind == core::AccountKind::kLinkAgent;
        if (account.reserved.value < 0) complain(where + "less than nothing is reserved");
        if (owned && account.available().value < 0) complain(where + "an account is overdrawn");
    }
}

void Player::check_bank(std::size_t index) {
    const BankBooks& books = hall_.bank(index).books;
    for (const Book& book : books) {
        if (book.difference() == 0) continue;
        complain("bank " + scheme::format_agent_code(hall_.bank(index).code) +
                 ": its own book differs by " + std::to_string(book.difference()));
    }
}

// The end.

void Player::close_books() {
    look_through_books();
    if (!host_.running()) return complain("the switch is down at the end");
    if (payments_.live() > 0) {
        complain(std::to_string(payments_.live()) + " payments have no end");
    }
    const PlayCounts& counts = tally_.counts();
    if (counts.final() != counts.ordered) {
        complain(std::to_string(counts.ordered - counts.final()) + " orders are not final");
    }
    if (tally_.obligations() != 0) {
        complain(std::to_string(tally_.obligations()) + " settled payments are not credited");
    }
    for (const Rail rail : kRails)
        close_rail(rail);
    const std::int64_t claims =
        balance_of(host_.cell(Rail::kFps).ledger(), core::AccountKind::kLinkClaim) +
        balance_of(host_.cell(Rail::kIbps).ledger(), core::AccountKind::kLinkClaim);
    if (claims != 0) complain("the link agents' claims differ by " + std::to_string(claims));
    for (std::size_t bank = 0; bank < hall_.banks(); ++bank)
        close_bank(bank);
}

void Player::close_rail(Rail rail) {
    const core::Cell& cell = host_.cell(rail);
    const std::string where = std::string(scheme::to_string(rail)) + ": ";
    if (cell.pending() > 0) {
        complain(where + std::to_string(cell.pending()) + " payments are pending");
    }
    if (cell.link_outbox().size() > 0) complain(where + "messages wait for the link");
    for (std::uint32_t i = 0; i < cell.ledger().size(); ++i) {
        if (cell.ledger().account(core::AccountIndex{i}).reserved.value == 0) continue;
        complain(where + "money is still reserved");
    }
}

/// The bank's own book and its position on the rail say the same.
void Player::close_bank(std::size_t index) {
    LightBank& bank = hall_.bank(index);
    const core::Cell& cell = host_.cell(bank.rail);
    const core::Participant& participant = cell.participant(bank.participant);
    const std::string who = "bank " + scheme::format_agent_code(bank.code) + ": ";
    if (bank.there && (participant.outbox.size() > 0 || !bank.outbox.empty())) {
        complain(who + "messages wait");
    }
    for (const Currency currency : {Currency::kCny, Currency::kHkd}) {
        const bool hkd = currency == Currency::kHkd;
        const Book& book = book_of(bank.books, currency);
        if (book.in_transit != 0) complain(who + "money is in transit");
        if (hkd && !participant.hkd) continue;
        const core::AccountIndex account = hkd ? *participant.hkd : participant.cny;
        const std::int64_t position =
            cell.ledger().account(account).balance.value - bank.opened_with[hkd ? 1 : 0];
        if (position == book.settled) continue;
        complain(who + "the rail's book has moved by " + std::to_string(position) +
                 ", its own by " + std::to_string(book.settled) + " " +
                 std::string(money::to_string(currency)));
    }
}

Played Player::conclude() {
    close_books();
    Played played;
    played.counts = tally_.counts();
    played.report = tally_.finish();
    played.records = host_.records();
    played.batches = host_.batches();
    played.recoveries = host_.recoveries();
    played.happenings = timeline_.planned();
    played.checks = checks_;
    Digest digest;
    digest.add(host_.chain_hash());
    if (host_.running()) {
        for (const Rail rail : kRails)
            digest.add(host_.cell(rail).digest());
    }
    digest.add(report::digest_of(played.report));
    played.digest = digest.finish();
    if (complaints_ > wrong_.size()) {
        wrong_.push_back("and " + std::to_string(complaints_ - wrong_.size()) + " more");
    }
    played.wrong = std::move(wrong_);
    return played;
}

}  // namespace lowu::simulator
