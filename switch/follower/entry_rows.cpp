// Entry rows; see entry_rows.hpp.
//
//   first sequence, first time; how much later the last time is
//   number of accounts; each: account and rail, balance before the row's first entry
//   number of entries; each: sequence and time since the one before, rail and how its payment is
//   told, the payment, places of debit and credit in the table of accounts, amount
#include "switch/follower/entry_rows.hpp"

#include "common/base/assert.hpp"
#include "switch/core/limits.hpp"

namespace lowu::follower {
namespace {

constexpr std::uint64_t kRailBit = 1;
constexpr std::uint64_t kOutsideBit = 2;   ///< Of no payment.
constexpr std::uint64_t kSameUetrBit = 4;  ///< Of the same payment as the entry before.
constexpr unsigned kFlagBits = 3;

core::AmountMinor plus(core::AmountMinor left, core::AmountMinor right) {
    return core::AmountMinor{left.value + right.value};
}

core::AmountMinor minus(core::AmountMinor left, core::AmountMinor right) {
    return core::AmountMinor{left.value - right.value};
}

std::optional<BatchTimes> read_times(Unpacker& in) {
    BatchTimes times;
    times.first = core::Sequence{in.number()};
    times.first_time = SchemeTime{in.signed_number()};
    const std::int64_t longer = in.number_up_to(std::numeric_limits<std::int64_t>::max());
    times.last_time = times.first_time + Duration::from_ms(longer);
    if (!in.ok()) return std::nullopt;
    return times;
}

}  // namespace

std::uint64_t EntryRowBuilder::place_of(core::Rail rail, core::AccountIndex account,
                                        core::AmountMinor before) {
    auto& places = places_[static_cast<std::size_t>(rail)];
    if (account.value >= places.size()) places.resize(account.value + 1U, 0);
    std::uint32_t& place = places[account.value];
    if (place == 0) {
        openings_.push_back({rail, account, before});
        place = static_cast<std::uint32_t>(openings_.size());
    }
    return place - 1U;
}

void EntryRowBuilder::add(const ArchivedEntry& entry) {
    // A bank that pays its own customer is debited first.
    const bool own = entry.debit == entry.credit;
    const std::uint64_t debit =
        place_of(entry.rail, entry.debit,
                 own ? entry.debit_balance : plus(entry.debit_balance, entry.amount));
    const std::uint64_t credit =
        place_of(entry.rail, entry.credit, minus(entry.credit_balance, entry.amount));
    std::uint64_t flags = entry.rail == core::Rail::kIbps ? kRailBit : 0;
    if (!entry.uetr) {
        flags |= kOutsideBit;
    } else if (entry.uetr == last_uetr_) {
        flags |= kSameUetrBit;
    }
    Packer out(body_);
    out.number((entry.sequence.value - last_sequence_.value) << kFlagBits | flags);
    out.signed_number(entry.time.value - last_time_.value);
    if ((flags & (kOutsideBit | kSameUetrBit)) == 0) out.uetr(*entry.uetr);
    out.number(debit);
    out.number(credit);
    out.number(static_cast<std::uint64_t>(entry.amount.value));
    last_sequence_ = entry.sequence;
    last_time_ = entry.time;
    last_uetr_ = entry.uetr;
    ++count_;
}

std::string EntryRowBuilder::take(const BatchTimes& times) {
    std::string row;
    row.reserve(32 + openings_.size() * 12 + body_.size());
    Packer out(row);
    out.number(times.first.value);
    out.signed_number(times.first_time.value);
    out.number(static_cast<std::uint64_t>((times.last_time - times.first_time).whole_ms()));
    out.number(openings_.size());
    for (const Opening& one : openings_) {
        out.number(std::uint64_t{one.account.value} << 1U |
                   (one.rail == core::Rail::kIbps ? kRailBit : 0));
        out.signed_number(one.balance.value);
    }
    out.number(count_);
    row.append(body_);
    clear();
    return row;
}

void EntryRowBuilder::clear() {
    for (const Opening& one : openings_)
        places_[static_cast<std::size_t>(one.rail)][one.account.value] = 0;
    openings_.clear();
    body_.clear();
    last_sequence_ = core::Sequence{};
    last_time_ = SchemeTime{};
    last_uetr_.reset();
    count_ = 0;
}

EntryRowReader::EntryRowReader(std::string_view row) : in_(row) {
    const auto times = read_times(in_);
    if (!times) return;
    times_ = *times;
    read_accounts();
    left_ = in_.number();
}

void EntryRowReader::read_accounts() {
    const auto count = in_.number_up_to(std::size_t{2} * core::kMaxAccounts);
    for (std::size_t i = 0; i < count && in_.ok(); ++i) {
        const std::uint64_t packed = in_.number_up_to(std::uint64_t{2} * core::kMaxAccounts);
        Account account;
        account.rail = (packed & kRailBit) != 0 ? core::Rail::kIbps : core::Rail::kFps;
        account.account = core::AccountIndex{static_cast<std::uint32_t>(packed >> 1U)};
        account.opening = account.balance = core::AmountMinor{in_.signed_number()};
        accounts_.push_back(account);
    }
}

std::optional<core::AmountMinor> EntryRowReader::opening(core::Rail rail,
                                                         core::AccountIndex account) const {
    for (const Account& one : accounts_) {
        if (one.rail == rail && one.account == account) return one.opening;
    }
    return std::nullopt;
}

bool EntryRowReader::next(ArchivedEntry& entry) {
    if (left_ == 0 || !in_.ok()) return false;
    --left_;
    const std::uint64_t packed = in_.number();
    sequence_.value += packed >> kFlagBits;
    time_ = time_ + Duration::from_ms(in_.signed_number());
    if ((packed & kOutsideBit) != 0) {
        uetr_.reset();
    } else if ((packed & kSameUetrBit) == 0) {
        uetr_ = in_.uetr();
    }
    const std::uint64_t debit = in_.number();
    const std::uint64_t credit = in_.number();
    const std::int64_t amount = in_.number_up_to(std::numeric_limits<std::int64_t>::max());
    if (!in_.ok() || debit >= accounts_.size() || credit >= accounts_.size()) {
        in_.fail();
        return false;
    }
    entry.sequence = sequence_;
    entry.time = time_;
    entry.rail = (packed & kRailBit) != 0 ? core::Rail::kIbps : core::Rail::kFps;
    entry.uetr = uetr_;
    entry.debit = accounts_[debit].account;
    entry.credit = accounts_[credit].account;
    entry.amount = core::AmountMinor{amount};
    accounts_[debit].balance = minus(accounts_[debit].balance, entry.amount);
    entry.debit_balance = accounts_[debit].balance;
    accounts_[credit].balance = plus(accounts_[credit].balance, entry.amount);
    entry.credit_balance = accounts_[credit].balance;
    return true;
}

std::optional<BatchTimes> times_of_row(std::string_view row) {
    Unpacker in(row);
    return read_times(in);
}

}  // namespace lowu::follower
