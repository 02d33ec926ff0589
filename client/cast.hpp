// The customers that the show of `lowu up` lets pay and be paid, found among the accounts that the
// banks opened. Exists so that the show depends on no account number. Called by show.cpp; any
// thread.
#pragma once

#include <vector>

#include "client/network.hpp"
#include "common/base/result.hpp"

namespace lowu::client {

struct Cast {
    // Persons with a CNY account that can pay, one a bank and two or more a side.
    std::vector<v1::Account> hk;
    std::vector<v1::Account> mainland;
    v1::Account hkd_payer;    // a person in Hong Kong with an HKD account that can pay
    v1::Account hkd_payee;    // another one, at another bank
    v1::Account proxy_payee;  // a person in Hong Kong who has registered a proxy
    v1::Account institution;  // registered for fees, in Hong Kong
    v1::Account company;      // on the Mainland: no person
};

// kNotFound says which customer is missing.
[[nodiscard]] Result<Cast> find_cast(const Network& network);

}  // namespace lowu::client
