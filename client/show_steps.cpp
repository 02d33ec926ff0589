// The payments of the show. See show_steps.hpp.
#include "client/show_steps.hpp"

namespace lowu::client {

namespace {

constexpr const char* kUnknownAccount = "NO-SUCH-ACCOUNT";

std::string chinese_name(const v1::Account& account) {
    return account.name_zh().empty() ? account.name_en() : account.name_zh();
}

Step step(std::string title, scheme::Rail payer_rail, const v1::Account& payer,
          const v1::Account& payee, std::string payee_name, std::int64_t amount_minor,
          std::string text) {
    Step made;
    made.title = std::move(title);
    made.payer_rail = payer_rail;
    made.payer = payer;
    made.payee = payee;
    made.payee_name = std::move(payee_name);
    made.amount_minor = amount_minor;
    made.text = std::move(text);
    return made;
}

Step northbound(std::string title, const v1::Account& payer, const v1::Account& payee,
                std::string payee_name, std::int64_t amount_minor, std::string text) {
    return step(std::move(title), scheme::Rail::kFps, payer, payee, std::move(payee_name),
                amount_minor, std::move(text));
}

Step southbound(std::string title, const v1::Account& payer, const v1::Account& payee,
                std::string payee_name, std::int64_t amount_minor, std::string text) {
    return step(std::move(title), scheme::Rail::kIbps, payer, payee, std::move(payee_name),
                amount_minor, std::move(text));
}

Step refused(Step made, std::string reason) {
    made.expected_reason = std::move(reason);
    return made;
}

}  // namespace

std::vector<Step> steps_that_settle(const Cast& cast) {
    const v1::Account& hk = cast.hk[0];
    const v1::Account& mainland = cast.mainland[0];
    std::vector<Step> steps;
    steps.push_back(northbound("Northbound, by account, to a name in Chinese", hk, mainland,
                               chinese_name(mainland), 12'800, "生日快樂"));
    steps.back().with_timeline = true;

    steps.push_back(southbound("Southbound, by account", mainland, hk, hk.name_en(), 30'000,
                               "thank you, café and all"));
    steps.back().with_timeline = true;

    steps.push_back(northbound("Northbound out of an HKD account, with a quote", cast.hkd_payer,
                               cast.mainland[1], cast.mainland[1].name_en(), 100'000,
                               "rent, June"));
    steps.back().currency = v1::CURRENCY_HKD;

    steps.push_back(southbound("Southbound by proxy: the payer sees a masked name first",
                               cast.mainland[1], cast.proxy_payee, "", 8'880, "谢谢"));
    steps.back().proxy = cast.proxy_payee.proxies(0);

    steps.push_back(southbound("Southbound, a fee to a registered institution", mainland,
                               cast.institution, cast.institution.name_en(), 50'000,
                               "electricity, June"));
    steps.back().service = v1::SERVICE_FEE_COLLECTION;
    steps.back().purpose = v1::PURPOSE_UTILITY;
    // A bill in HKD, where the institution takes HKD: its bank quotes over the link.
    steps.back().currency = cast.institution.currency();

    steps.push_back(northbound("Domestic, within Hong Kong, in HKD: no link and no agent",
                               cast.hkd_payer, cast.hkd_payee, cast.hkd_payee.name_en(), 25'000,
                               "dinner"));
    steps.back().service = v1::SERVICE_DOMESTIC;
    steps.back().currency = v1::CURRENCY_HKD;
    return steps;
}

std::vector<Step> steps_that_go_on(const Cast& cast) {
    const v1::Account& hk = cast.hk[0];
    const v1::Account& mainland = cast.mainland[0];
    std::vector<Step> steps = {
        northbound("Northbound, by account", hk, mainland, chinese_name(mainland), 1'250, ""),
        southbound("Southbound, by account", mainland, hk, hk.name_en(), 3'000, "")};
    for (Step& each : steps) {
        each.may_be_refused = true;
    }
    return steps;
}

std::vector<Step> steps_that_are_refused(const Cast& cast) {
    const v1::Account& hk = cast.hk[0];
    const v1::Account& mainland = cast.mainland[0];
    v1::Account unknown = mainland;
    unknown.set_account(kUnknownAccount);
    constexpr std::int64_t kAboveDayLimitMinor = 1'000'001;
    Step above_limit = northbound("one cent above HKD 10,000.00 a day", cast.hkd_payer, mainland,
                                  mainland.name_en(), kAboveDayLimitMinor, "");
    above_limit.currency = v1::CURRENCY_HKD;
    Step salary =
        northbound("a salary, paid by a person", hk, mainland, mainland.name_en(), 500, "");
    salary.service = v1::SERVICE_BUSINESS_TO_PERSON;
    salary.purpose = v1::PURPOSE_SALARY;
    Step tuition = northbound("tuition as a remittance between persons", hk, mainland,
                              mainland.name_en(), 500, "");
    tuition.service = v1::SERVICE_P2P_REMITTANCE;
    tuition.purpose = v1::PURPOSE_TUITION;
    return {
        refused(northbound("to an account that does not exist", hk, unknown, mainland.name_en(),
                           500, ""),
                "AC03"),
        refused(northbound("to a person by another's name", hk, mainland, hk.name_en(), 500, ""),
                "BE01"),
        refused(northbound("between persons, to a company", hk, cast.company,
                           cast.company.name_en(), 500, ""),
                "AC14"),
        refused(tuition, "FF07"),
        refused(salary, "AG01"),
        refused(above_limit, "AM02")};
}

}  // namespace lowu::client
