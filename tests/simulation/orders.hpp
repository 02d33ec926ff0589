// What the customers of one bank order: all services, within and across rails, by account and by
// proxy, with and without a quote; some of it such that a rule must stand against it. Pure, from a
// seed. One thread.
#pragma once

#include <optional>
#include <string>

#include "common/base/prng.hpp"
#include "tests/simulation/scheme.hpp"

namespace lowu::simulation {

struct Order {
    v1::SendRemittanceRequest request;
    /// The rate that must be had first.
    std::optional<v1::QuoteOrder> quote;
};

class Orders {
public:
    Orders(const BankPlan& bank, Prng prng) : bank_(bank), prng_(prng) {}

    [[nodiscard]] Order next();
    /// Of a payment of so much that this bank was paid: the whole or a part.
    [[nodiscard]] v1::ReturnPaymentRequest send_back(const std::string& uetr,
                                                     std::int64_t amount_minor);

private:
    [[nodiscard]] Order remittance();
    [[nodiscard]] Order by_proxy();
    [[nodiscard]] Order out_of_hkd();
    [[nodiscard]] Order fee();
    [[nodiscard]] Order bill();
    [[nodiscard]] Order salary();
    [[nodiscard]] Order domestic();

    [[nodiscard]] Order begin(v1::Service service, const std::string& payer_account);
    void pay_to(Order& order, const std::string& payee_account);
    [[nodiscard]] const std::string& some_person();
    [[nodiscard]] std::string some_bank(Rail rail);
    [[nodiscard]] std::int64_t some_amount();
    [[nodiscard]] Rail there() const { return scheme::other(bank_.rail); }

    const BankPlan& bank_;
    Prng prng_;
};

}  // namespace lowu::simulation
