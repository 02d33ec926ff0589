// What the customers of one bank order: all services, within and across rails, by account and by
// proxy, with and without a quote; some of it such that a rule must stand against it. Pure, from a
// seed. One thread.
#pragma once

#include <optional>
#include <string>

#include "common/base/prng.hpp"
#include "simulator/world/scheme.hpp"

namespace lowu::simulator {

struct CustomerOrder {
    v1::SendRemittanceRequest request;
    /// The rate that must be had first.
    std::optional<v1::QuoteOrder> quote;
};

class Orders {
public:
    Orders(const BankPlan& bank, Prng prng) : bank_(bank), prng_(prng) {}

    void draw_from(Prng prng) { prng_ = prng; }
    [[nodiscard]] CustomerOrder next();
    /// Of a payment of so much that this bank was paid: the whole or a part.
    [[nodiscard]] v1::ReturnPaymentRequest send_back(const std::string& uetr,
                                                     std::int64_t amount_minor);

private:
    [[nodiscard]] CustomerOrder remittance();
    [[nodiscard]] CustomerOrder by_proxy();
    [[nodiscard]] CustomerOrder out_of_hkd();
    [[nodiscard]] CustomerOrder fee();
    [[nodiscard]] CustomerOrder bill();
    [[nodiscard]] CustomerOrder salary();
    [[nodiscard]] CustomerOrder domestic();

    [[nodiscard]] CustomerOrder begin(v1::Service service, const std::string& payer_account);
    void pay_to(CustomerOrder& order, const std::string& payee_account);
    [[nodiscard]] const std::string& some_person();
    [[nodiscard]] std::string some_bank(Rail rail);
    [[nodiscard]] std::int64_t some_amount();
    [[nodiscard]] Rail there() const { return scheme::other(bank_.rail); }

    const BankPlan& bank_;
    Prng prng_;
};

}  // namespace lowu::simulator
