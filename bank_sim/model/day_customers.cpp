// Opening a day's customers. See day_customers.hpp.
#include "bank_sim/model/day_customers.hpp"

#include <string>
#include <variant>

#include "bank_sim/model/day_person.hpp"

namespace lowu::bank {
namespace {

std::optional<CallError> open(const DayPlan& plan, const DayPlace& place, bool hkd, ElapsedTime now,
                              Bank& bank) {
    const DaySide& side = plan.rules().side(place.rail);
    const DayName name = day_name(place, plan.seed());
    v1::OpenAccountRequest request;
    v1::Account& account = *request.mutable_account();
    account.set_account(hkd ? day_hkd_account(place, bank.code())
                            : day_cny_account(place, bank.code()));
    account.set_currency(hkd ? v1::CURRENCY_HKD : v1::CURRENCY_CNY);
    account.set_name_en(name.en);
    account.set_name_zh(name.zh);
    // Both accounts are of one person: its day's limit counts them together.
    account.set_document_number(day_document_number(place, bank.code()));
    request.set_opening_balance_minor(hkd ? side.opening_hkd_minor : side.opening_cny_minor);
    const auto opened = bank.open_or_find(request, now);
    const auto* error = std::get_if<CallError>(&opened);
    return error == nullptr ? std::nullopt : std::optional(*error);
}

v1::RegisterAccountProxyRequest proxy_of(const DayPlan& plan, const DayPlace& place,
                                         const Bank& bank) {
    const DayProxy proxy = day_proxy(place);
    v1::RegisterAccountProxyRequest wanted;
    wanted.set_bank(bank.code());
    wanted.set_account(plan.proxy_is_hkd(place) ? day_hkd_account(place, bank.code())
                                                : day_cny_account(place, bank.code()));
    wanted.mutable_proxy()->set_kind(static_cast<v1::ProxyKind>(proxy.kind));
    wanted.mutable_proxy()->set_value(proxy.value);
    return wanted;
}

}  // namespace

std::optional<CallError> open_day_customers(const DayPlan& plan, std::uint32_t bank_index,
                                            ElapsedTime now, Bank& bank) {
    const DaySide& side = plan.rules().side(bank.rail());
    for (std::uint32_t customer = 0; customer < side.customers_per_bank; ++customer) {
        const DayPlace place{bank.rail(), bank_index, customer};
        if (auto error = open(plan, place, false, now, bank)) {
            return error;
        }
        if (bank.rail() == scheme::Rail::kFps) {
            if (auto error = open(plan, place, true, now, bank)) {
                return error;
            }
        }
        if (plan.has_proxy(place)) {
            if (auto error = bank.want_proxy(proxy_of(plan, place, bank))) {
                return error;
            }
        }
    }
    return std::nullopt;
}

}  // namespace lowu::bank
