// The follower; see follower.hpp.
#include "switch/follower/follower.hpp"

#include "common/base/assert.hpp"

namespace lowu::follower {
namespace {

constexpr std::array kRails{core::Rail::kFps, core::Rail::kIbps};

std::size_t slot(core::Rail rail) {
    return static_cast<std::size_t>(rail);
}

bool matches(const PaymentFilter& filter, const PaymentView& view) {
    using Status = PaymentFilter::Status;
    if (filter.participant && *filter.participant != view.payer_agent &&
        *filter.participant != view.payee_agent) {
        return false;
    }
    const bool domestic = view.corridor.domestic();
    if (filter.domestic && !domestic) return false;
    if (filter.direction && (domestic || *filter.direction != view.corridor.direction())) {
        return false;
    }
    switch (filter.status) {
        case Status::kAny:
            return true;
        case Status::kPending:
            return !core::is_final(view.origin_state);
        case Status::kSettled:
            return view.origin_state == core::PaymentState::kSettled;
        case Status::kRejected:
            return view.origin_state == core::PaymentState::kRejected;
    }
    LOWU_UNREACHABLE("every status is handled");
}

}  // namespace

Follower::Follower(std::uint32_t timelines_max) : timelines_(timelines_max) {
    for (const core::Rail rail : kRails) {
        observers_[slot(rail)] = std::make_unique<Observer>(rail, timelines_);
        cells_[slot(rail)] = std::make_unique<core::Cell>(observers_[slot(rail)].get());
        observers_[slot(rail)]->watch(*cells_[slot(rail)]);
    }
}

Result<void> Follower::take(const log::BatchView& batch) {
    LOWU_ASSERT(batch.first_sequence == last_.sequence.value + 1, "batches come without gaps");
    if (auto opened = reader_.open(batch.payload, core::Sequence{batch.first_sequence});
        !opened.ok()) {
        return opened;
    }
    while (true) {
        const auto more = reader_.next(entry_);
        if (!more.ok()) return more.error();
        if (!*more) return {};
        core::Cell& cell = *cells_[slot(entry_.rail)];
        const std::uint32_t payments_before = cell.payments();
        observers_[slot(entry_.rail)]->begin(entry_.stamp, entry_.command);
        proxy_names_.before(cell, entry_.command);
        cell.apply(entry_.stamp, entry_.command, effects_);
        effects_.clear();
        proxy_names_.after(cell, entry_);
        last_ = entry_.stamp;
        const core::PaymentIndex newest{payments_before};
        if (cell.payments() > payments_before && core::begins(cell.payment(newest).leg)) {
            origin_payments_[slot(entry_.rail)].push_back(newest);
        }
    }
}

PaymentView Follower::view(core::Rail origin, core::PaymentIndex index) const {
    const core::Cell& here = cell(origin);
    const core::Cell& there = cell(scheme::other(origin));
    const core::Payment& payment = here.payment(index);
    PaymentView view;
    view.uetr = payment.uetr;
    view.origin = origin;
    view.corridor = core::corridor_of(scheme::direction_from(origin), payment.service);
    view.purpose = payment.purpose;
    view.payer_agent = here.participant(payment.local_agent).code;
    view.payee_agent = payment.remote_agent;
    view.amount = payment.amount;
    view.currency = payment.currency;
    if (core::is_return(payment.leg)) {
        const core::ReturnRecord& record = here.return_of(payment);
        view.original = here.payment(record.original).uetr;
        view.return_reason = record.reason;
    } else if (payment.hold != core::kNoHold) {
        view.quota = here.hold(payment.hold).amounts;
    }
    view.returned = here.returned(index);
    view.origin_state = payment.state;
    view.result = payment.result;
    view.acceptance_time = payment.acceptance_time;
    view.sequence = payment.body_sequence;
    view.duration_us = observer(origin).duration_us(index);
    if (payment.leg == core::Leg::kDomestic) {
        view.destination_state = payment.asked ? payment.state : core::PaymentState::kNone;
        view.credited = payment.credited;
        return view;
    }
    const auto other_leg = there.find_payment(payment.uetr);
    if (other_leg && !core::begins(there.payment(*other_leg).leg)) {
        view.destination_state = there.payment(*other_leg).state;
        view.credited = there.payment(*other_leg).credited;
    }
    return view;
}

std::optional<PaymentView> Follower::find(const core::Uetr& uetr) const {
    for (const core::Rail rail : kRails) {
        const auto index = cell(rail).find_payment(uetr);
        if (index && core::begins(cell(rail).payment(*index).leg)) return view(rail, *index);
    }
    return std::nullopt;
}

PaymentPage Follower::list(const PaymentFilter& filter, std::size_t page_size,
                           std::optional<core::Sequence> before) const {
    std::array<std::size_t, 2> left{};  // Of each rail's payments, those that come before `before`.
    for (const core::Rail rail : kRails) {
        const auto& all = origin_payments_[slot(rail)];
        left[slot(rail)] = all.size();
        if (!before) continue;
        const auto end =
            std::lower_bound(all.begin(), all.end(), *before,
                             [&](core::PaymentIndex index, core::Sequence sequence) {
                                 return cell(rail).payment(index).body_sequence < sequence;
                             });
        left[slot(rail)] = static_cast<std::size_t>(end - all.begin());
    }
    PaymentPage page;
    const auto newest = [&](core::Rail rail) {
        return left[slot(rail)] == 0
                   ? core::Sequence{0}
                   : cell(rail)
                         .payment(origin_payments_[slot(rail)][left[slot(rail)] - 1])
                         .body_sequence;
    };
    for (std::uint32_t scanned = 0; left[0] + left[1] > 0; ++scanned) {
        const core::Rail rail = newest(core::Rail::kFps) > newest(core::Rail::kIbps)
                                    ? core::Rail::kFps
                                    : core::Rail::kIbps;
        if (page.payments.size() == page_size || scanned == kScanMax) {
            page.before = newest(rail).next();
            return page;
        }
        left[slot(rail)] -= 1;
        const PaymentView one = view(rail, origin_payments_[slot(rail)][left[slot(rail)]]);
        if (matches(filter, one)) page.payments.push_back(one);
    }
    return page;
}

}  // namespace lowu::follower
