// Customers' orders; see orders.hpp.
#include "simulator/world/orders.hpp"

namespace lowu::simulator {

const std::string& Orders::some_person() {
    return customers(bank_.rail)[prng_.below(3)].account;
}

std::int64_t Orders::some_amount() {
    return prng_.between(1, prng_.chance(1, 4) ? 150'000 : 15'000);
}

/// Never this bank itself; sometimes nobody.
std::string Orders::some_bank(Rail rail) {
    if (prng_.chance(1, 25)) return stranger(rail);
    std::vector<std::string> codes = codes_of(rail);
    std::erase(codes, bank_.code);
    return codes[prng_.below(codes.size())];
}

CustomerOrder Orders::begin(v1::Service service, const std::string& payer_account) {
    CustomerOrder order;
    order.request.set_bank(bank_.code);
    order.request.set_payer_account(payer_account);
    order.request.set_service(service);
    order.request.set_payee_agent(
        some_bank(service == v1::SERVICE_DOMESTIC ? bank_.rail : there()));
    order.request.set_amount_minor(some_amount());
    order.request.set_currency(v1::CURRENCY_CNY);
    order.request.set_remittance_information("生活費 é");
    return order;
}

void Orders::pay_to(CustomerOrder& order, const std::string& payee_account) {
    order.request.set_payee_account(prng_.chance(1, 20) ? "no-such-account" : payee_account);
    order.request.set_payee_name(prng_.chance(1, 20) ? "Somebody Else"
                                                     : customer_name(payee_account));
}

CustomerOrder Orders::next() {
    const std::uint64_t kind = prng_.below(100);
    if (kind < 38) return remittance();
    if (kind < 50) return by_proxy();
    if (kind < 62) return bank_.rail == Rail::kFps ? out_of_hkd() : bill();
    if (kind < 74) return fee();
    if (kind < 82) return salary();
    return domestic();
}

/// From a person to an account of anybody: some payees are no persons, some hold HKD.
CustomerOrder Orders::remittance() {
    CustomerOrder order = begin(v1::SERVICE_P2P_REMITTANCE, some_person());
    const auto& payees = customers(there());
    pay_to(order, payees[prng_.below(payees.size())].account);
    if (prng_.chance(1, 40)) order.request.set_purpose(v1::PURPOSE_SALARY);
    return order;
}

CustomerOrder Orders::by_proxy() {
    const bool within = prng_.chance(1, 4);
    CustomerOrder order =
        begin(within ? v1::SERVICE_DOMESTIC : v1::SERVICE_P2P_REMITTANCE, some_person());
    const Rail rail = within ? bank_.rail : there();
    *order.request.mutable_payee_proxy() = proxies(rail)[prng_.below(proxies(rail).size())];
    // On fps the default receiver is found without a bank's name.
    if (rail == Rail::kFps && prng_.chance(1, 2)) order.request.clear_payee_agent();
    return order;
}

/// Northbound from an HKD account, converted by the payer's bank.
CustomerOrder Orders::out_of_hkd() {
    CustomerOrder order = begin(v1::SERVICE_P2P_REMITTANCE, prng_.chance(1, 2) ? "H-0" : "H-1");
    pay_to(order, customer(Rail::kIbps, Holder::kPerson, v1::CURRENCY_CNY).account);
    v1::QuoteOrder quote;
    quote.set_bank(bank_.code);
    quote.set_payer_account(order.request.payer_account());
    quote.set_amount_minor(order.request.amount_minor());
    quote.set_currency(prng_.chance(1, 2) ? v1::CURRENCY_HKD : v1::CURRENCY_CNY);
    order.quote = quote;
    order.request.set_amount_minor(0);
    order.request.clear_currency();
    return order;
}

CustomerOrder Orders::fee() {
    CustomerOrder order = begin(v1::SERVICE_FEE_COLLECTION, some_person());
    pay_to(order, prng_.chance(1, 10) ? "C-0" : "I-0");
    order.request.set_purpose(
        static_cast<v1::Purpose>(prng_.between(v1::PURPOSE_TUITION, v1::PURPOSE_UTILITY)));
    return order;
}

/// Southbound: a bill in HKD, whose CNY the payee's bank fixes.
CustomerOrder Orders::bill() {
    CustomerOrder order = begin(v1::SERVICE_FEE_COLLECTION, some_person());
    pay_to(order, "J-0");
    v1::QuoteOrder quote;
    quote.set_bank(bank_.code);
    quote.set_payer_account(order.request.payer_account());
    quote.set_payee_agent(order.request.payee_agent());
    quote.set_payee_account(order.request.payee_account());
    quote.set_amount_minor(order.request.amount_minor());
    quote.set_currency(v1::CURRENCY_HKD);
    order.quote = quote;
    order.request.set_amount_minor(0);
    order.request.clear_currency();
    return order;
}

CustomerOrder Orders::salary() {
    CustomerOrder order = begin(v1::SERVICE_BUSINESS_TO_PERSON, "C-0");
    pay_to(order, customers(there())[prng_.below(3)].account);
    return order;
}

CustomerOrder Orders::domestic() {
    const bool hkd = bank_.rail == Rail::kFps && prng_.chance(1, 2);
    CustomerOrder order = begin(v1::SERVICE_DOMESTIC, hkd ? "H-1" : some_person());
    pay_to(order, hkd ? "H-0" : "C-0");
    if (hkd) order.request.set_currency(v1::CURRENCY_HKD);
    order.request.set_purpose(v1::PURPOSE_OTHER);
    return order;
}

v1::ReturnPaymentRequest Orders::send_back(const std::string& uetr, std::int64_t amount_minor) {
    v1::ReturnPaymentRequest request;
    request.set_bank(bank_.code);
    request.set_original_uetr(uetr);
    if (prng_.chance(1, 2)) request.set_amount_minor(prng_.between(1, amount_minor));
    return request;
}

}  // namespace lowu::simulator
