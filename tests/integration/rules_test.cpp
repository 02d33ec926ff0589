// The rules of the scheme on real processes, by the commands that people use: services, proxies,
// quotes, quotas, parameters, absence, misbehaviour, returns. Each test pays from accounts of its
// own, so that quotas and balances do not meet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/integration/running_scheme.hpp"

namespace lowu::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHk = "012";
constexpr const char* kOtherHk = "015";
constexpr const char* kMainland = "102100099996";
constexpr const char* kOtherMainland = "308584000013";

class Rules : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        scheme_ = std::make_unique<RunningScheme>();
        ASSERT_TRUE(scheme_->start());
    }
    static void TearDownTestSuite() { scheme_.reset(); }

    void SetUp() override { ASSERT_NE(scheme_, nullptr); }

    static Finished lowu(const std::vector<std::string>& words) { return scheme_->lowu(words); }

    /// Opens an account and returns it as BANK/ACCOUNT.
    static std::string open(const std::string& bank, const std::string& account,
                            const std::vector<std::string>& more = {}) {
        const std::string which = bank + "/" + account;
        std::vector<std::string> words = {"open-account", which, "--name", "CHAN Tai Man"};
        words.insert(words.end(), more.begin(), more.end());
        const Finished opened = lowu(words);
        EXPECT_EQ(opened.exit_code, 0) << opened.errors;
        return which;
    }

    static Finished pay(const std::string& from, const std::string& to, const std::string& amount,
                        const std::vector<std::string>& more = {}) {
        std::vector<std::string> words = {"pay",    "--from",       from,       "--to", to,
                                          "--name", "CHAN Tai Man", "--amount", amount};
        words.insert(words.end(), more.begin(), more.end());
        return lowu(words);
    }

    static void expect_refused(const Finished& paid, const std::string& reason) {
        EXPECT_EQ(paid.exit_code, 3) << paid.output << paid.errors;
        EXPECT_THAT(paid.output, HasSubstr("RJCT " + reason));
        EXPECT_THAT(paid.output, HasSubstr("Why: lowu explain LW"));
    }

    static void expect_books_agree() {
        const Finished reconciled = lowu({"reconcile", "--brief", "--wait-ms", "20000"});
        EXPECT_EQ(reconciled.exit_code, 0) << reconciled.output << reconciled.errors;
    }

    static std::unique_ptr<RunningScheme> scheme_;
};

std::unique_ptr<RunningScheme> Rules::scheme_;

const std::vector<std::string> kRich = {"--opening-balance", "500000.00"};
const std::vector<std::string> kRichInHkd = {"--opening-balance", "500000.00", "--currency", "HKD"};

TEST_F(Rules, EachServiceHasItsPayersPayeesAndPurposes) {
    const std::string person = open(kHk, "SERVICES-PERSON", kRich);
    const std::string company =
        open(kHk, "SERVICES-COMPANY", {"--opening-balance", "500000.00", "--holder", "company"});
    const std::string employee = open(kMainland, "SERVICES-EMPLOYEE");
    const std::string hospital = open(kMainland, "SERVICES-HOSPITAL", {"--holder", "institution"});

    const Finished fee =
        pay(person, hospital, "20000.00", {"--service", "fee", "--purpose", "medical"});
    EXPECT_EQ(fee.exit_code, 0) << fee.output << fee.errors;
    EXPECT_THAT(fee.output, HasSubstr("service fee, purpose medical"));
    const Finished salary = pay(company, employee, "30000.00");
    EXPECT_EQ(salary.exit_code, 0) << salary.output << salary.errors;
    EXPECT_THAT(salary.output, HasSubstr("service b2p, purpose salary"));

    expect_refused(pay(person, hospital, "1.00"), "AC14");
    expect_refused(pay(person, employee, "1.00", {"--service", "fee"}), "AC14");
    expect_refused(pay(person, employee, "1.00", {"--purpose", "tuition"}), "FF07");
    expect_refused(pay(person, employee, "1.00", {"--service", "b2p"}), "AG01");
    expect_refused(lowu({"pay", "--from", person, "--to", employee, "--name", "LEE Siu Ming",
                         "--amount", "1.00"}),
                   "BE01");
    expect_books_agree();
}

TEST_F(Rules, DomesticPaymentsStayOnTheirRail) {
    const std::string payer = open(kHk, "DOMESTIC-PAYER", kRichInHkd);
    const std::string payee = open(kOtherHk, "DOMESTIC-PAYEE", {"--currency", "HKD"});
    const Finished paid =
        pay(payer, payee, "250.00", {"--currency", "HKD", "--json", "--wait-credit"});
    ASSERT_EQ(paid.exit_code, 0) << paid.output << paid.errors;
    const std::string uetr = json::parse(paid.output)["uetr"];
    const Finished seen = lowu({"get", uetr});
    EXPECT_THAT(seen.output, HasSubstr("domestic on fps"));
    EXPECT_THAT(seen.output, HasSubstr("HKD 250.00"));
    EXPECT_THAT(seen.output, Not(HasSubstr("ibps")));
    EXPECT_THAT(lowu({"list", "--direction", "domestic"}).output, HasSubstr(uetr));

    const std::string at_home = open(kMainland, "DOMESTIC-PAYER", kRich);
    const std::string neighbour = open(kOtherMainland, "DOMESTIC-PAYEE");
    EXPECT_EQ(pay(at_home, neighbour, "70000.00").exit_code, 0) << "under no quota";
    EXPECT_EQ(pay(at_home, neighbour, "1.00", {"--currency", "HKD"}).exit_code, 2);
    expect_books_agree();
}

TEST_F(Rules, OutOfAnHkdAccountAQuoteIsShownAndPaidOnce) {
    const std::string payer = open(kHk, "QUOTE-PAYER", kRichInHkd);
    const std::string payee = open(kMainland, "QUOTE-PAYEE");
    const Finished paid =
        lowu({"pay", "--from", payer, "--to", payee, "--name", "CHAN Tai Man", "--hkd", "100.00"});
    EXPECT_EQ(paid.exit_code, 0) << paid.output << paid.errors;
    EXPECT_THAT(paid.output, HasSubstr("Quote: HKD 100.00 at 0."));
    EXPECT_THAT(paid.output, HasSubstr("account debited HKD 100.00"));
    const std::string uetr = paid.output.substr(paid.output.find("More: lowu get ") + 15, 36);
    const Finished seen = lowu({"get", uetr});
    EXPECT_THAT(seen.output, HasSubstr("exchange HKD 100.00 at 0."));
    EXPECT_THAT(seen.output, HasSubstr("counts HKD 100.00 of the payer's day"));
    // An amount in CNY out of the same account is quoted, too.
    const Finished in_cny = pay(payer, payee, "91.00");
    EXPECT_EQ(in_cny.exit_code, 0) << in_cny.output << in_cny.errors;
    EXPECT_THAT(in_cny.output, HasSubstr("= CNY 91.00"));

    const Finished quoted = lowu({"quote", "--from", payer, "--amount", "50.00", "--json"});
    ASSERT_EQ(quoted.exit_code, 0) << quoted.errors;
    const std::string quote = json::parse(quoted.output)["exchange"]["quote_id"];
    const std::vector<std::string> with_quote = {"pay",    "--from",       payer,     "--to", payee,
                                                 "--name", "CHAN Tai Man", "--quote", quote};
    EXPECT_EQ(lowu(with_quote).exit_code, 0);
    expect_refused(lowu(with_quote), "AB04");
    EXPECT_THAT(lowu({"rates"}).output, HasSubstr("012 Bank of China (Hong Kong)"));
    expect_books_agree();
}

TEST_F(Rules, ARepeatWithTheSameUetrPaysAQuotedPaymentOnce) {
    const std::string payer = open(kHk, "REPEAT-PAYER", kRichInHkd);
    const std::string payee = open(kMainland, "REPEAT-PAYEE");
    const std::vector<std::string> order = {"pay",
                                            "--from",
                                            payer,
                                            "--to",
                                            payee,
                                            "--name",
                                            "CHAN Tai Man",
                                            "--hkd",
                                            "30.00",
                                            "--uetr",
                                            "6f9619ff-8b86-4011-b42d-00c04fc964ff"};
    EXPECT_EQ(lowu(order).exit_code, 0);
    const Finished again = lowu(order);
    EXPECT_EQ(again.exit_code, 0) << again.output << again.errors;
    EXPECT_THAT(lowu({"accounts", payer}).output, HasSubstr("499970.00"));
}

TEST_F(Rules, ABillInHkdIsQuotedByThePayeesBank) {
    const std::string payer = open(kMainland, "BILL-PAYER", kRich);
    const std::string school =
        open(kOtherHk, "BILL-SCHOOL", {"--currency", "HKD", "--holder", "institution"});
    const Finished paid =
        lowu({"pay", "--from", payer, "--to", school, "--name", "CHAN Tai Man", "--bill-hkd",
              "5000.00", "--service", "fee", "--purpose", "tuition", "--wait-credit"});
    EXPECT_EQ(paid.exit_code, 0) << paid.output << paid.errors;
    EXPECT_THAT(paid.output, HasSubstr("Quote: HKD 5000.00"));
    EXPECT_THAT(lowu({"accounts", school}).output, HasSubstr("5000.00"));
    const Finished no_payee = lowu({"quote", "--from", payer, "--amount", "5000.00"});
    EXPECT_EQ(no_payee.exit_code, 2);
    EXPECT_THAT(no_payee.errors, HasSubstr("payee must be named"));
    expect_books_agree();
}

TEST_F(Rules, AProxyIsLookedUpShownAndPaid) {
    const std::string payer = open(kMainland, "PROXY-PAYER", kRich);
    const std::string payee = open(kHk, "PROXY-PAYEE", {"--name-zh", "陳大文"});
    const std::string mobile = "+852-60000001";
    ASSERT_EQ(lowu({"proxy", "register", payee, mobile}).exit_code, 0);
    EXPECT_THAT(lowu({"proxy", "list", kHk, "--limit", "1000"}).output, HasSubstr(mobile));
    const Finished resolved = lowu({"resolve", mobile, "--from", payer});
    EXPECT_EQ(resolved.exit_code, 0) << resolved.errors;
    EXPECT_THAT(resolved.output, HasSubstr("CHAN T*** M*** (陳**), person, at 012"));
    const Finished by_switch = lowu({"resolve", mobile, "--from", kMainland, "--json"});
    EXPECT_EQ(json::parse(by_switch.output)["payee_agent"], kHk) << by_switch.errors;

    const std::vector<std::string> order = {"pay",  "--from",   payer,  "--proxy",
                                            mobile, "--amount", "88.00"};
    const Finished paid = lowu(order);
    EXPECT_EQ(paid.exit_code, 0) << paid.output << paid.errors;
    EXPECT_THAT(paid.output, HasSubstr("Payee: CHAN T*** M*** (陳**)"));
    EXPECT_THAT(paid.output, HasSubstr("payee by mobile " + mobile));

    // A suspicious one is paid by who says so: there is no terminal here to ask on.
    ASSERT_EQ(lowu({"proxy", "warn", mobile}).exit_code, 0);
    const Finished warned = lowu(order);
    EXPECT_EQ(warned.exit_code, 2);
    EXPECT_THAT(warned.errors, HasSubstr("High Risk"));
    EXPECT_THAT(warned.errors, HasSubstr("--yes is needed"));
    std::vector<std::string> nevertheless = order;
    nevertheless.emplace_back("--yes");
    EXPECT_EQ(lowu(nevertheless).exit_code, 0);
    ASSERT_EQ(lowu({"proxy", "unwarn", mobile}).exit_code, 0);
    EXPECT_EQ(lowu(order).exit_code, 0);

    ASSERT_EQ(lowu({"proxy", "remove", kHk, mobile}).exit_code, 0);
    EXPECT_EQ(lowu({"proxy", "remove", kHk, mobile}).exit_code, 1);
    const Finished gone = lowu(order);
    EXPECT_EQ(gone.exit_code, 3) << gone.output << gone.errors;
    EXPECT_EQ(lowu({"resolve", mobile, "--from", payer}).exit_code, 1);
    expect_books_agree();
}

TEST_F(Rules, ADaysQuotaIsCountedAndShown) {
    const std::string payer = open(kHk, "QUOTA-PAYER", kRichInHkd);
    const std::string payee = open(kMainland, "QUOTA-PAYEE");
    const auto send = [&](const std::string& hkd) {
        return lowu(
            {"pay", "--from", payer, "--to", payee, "--name", "CHAN Tai Man", "--hkd", hkd});
    };
    EXPECT_EQ(send("9999.99").exit_code, 0);
    expect_refused(send("0.02"), "AM02");
    EXPECT_EQ(send("0.01").exit_code, 0) << "exactly HKD 10,000.00";
    const Finished quota = lowu({"quota", payer});
    ASSERT_EQ(quota.exit_code, 0) << quota.errors;
    EXPECT_THAT(quota.output, HasSubstr("10000.00"));
    const json uses = json::parse(lowu({"quota", payer, "--json"}).output)["uses"];
    const auto at_bank = std::find_if(uses.begin(), uses.end(),
                                      [](const json& use) { return use["participant"] == kHk; });
    ASSERT_NE(at_bank, uses.end());
    EXPECT_EQ((*at_bank)["day_used_minor"], "1000000");
}

TEST_F(Rules, PriorUseTakesOfTheYear) {
    const std::string payer = open(kMainland, "PRIOR-PAYER", kRich);
    const std::string payee = open(kHk, "PRIOR-PAYEE");
    ASSERT_EQ(lowu({"prior-use", payer, "--year", "2025", "--usd", "49999.00"}).exit_code, 0);
    expect_refused(pay(payer, payee, "100.00"), "AM02");
    EXPECT_EQ(pay(payer, payee, "7.00").exit_code, 0);
    EXPECT_EQ(lowu({"prior-use", payer, "--year", "2025", "--hkd", "1"}).exit_code, 2);
    EXPECT_EQ(lowu({"prior-use", payer, "--year", "2031", "--usd", "1"}).exit_code, 2);
    const std::string company = open(kMainland, "PRIOR-COMPANY", {"--holder", "company"});
    const Finished no_person = lowu({"quota", company});
    EXPECT_EQ(no_person.exit_code, 2);
    EXPECT_THAT(no_person.errors, HasSubstr("held by a company"));
}

TEST_F(Rules, ParametersAreShownSetComparedAndApplied) {
    const std::vector<std::string> place = {"--direction", "northbound", "--service", "fee"};
    const auto with_place = [&](std::vector<std::string> words) {
        words.insert(words.end(), place.begin(), place.end());
        return lowu(words);
    };
    EXPECT_THAT(lowu({"parameters", "show"}).output, HasSubstr("07:00"));
    EXPECT_EQ(lowu({"parameters", "show", "no_such_parameter"}).exit_code, 2);
    const Finished ambiguous = lowu({"parameters", "set", "amount_maximum", "1"});
    EXPECT_EQ(ambiguous.exit_code, 2);
    EXPECT_THAT(ambiguous.errors, HasSubstr("more than one such place"));
    ASSERT_EQ(with_place({"parameters", "set", "amount_maximum", "20000.00"}).exit_code, 0);
    EXPECT_THAT(with_place({"parameters", "show", "amount_maximum"}).output,
                HasSubstr("CNY 20000.00"));
    EXPECT_THAT(with_place({"parameters", "set", "amount_maximum", "20000.00"}).output,
                HasSubstr("Nothing to change"));
    EXPECT_EQ(with_place({"parameters", "set", "amount_maximum", "soon"}).exit_code, 2);

    const TempDirectory folder;
    const std::string file = folder.file("rules.txtpb");
    write_file(file, with_place({"parameters", "show", "amount_maximum", "--config"}).output);
    EXPECT_EQ(lowu({"parameters", "diff", file}).exit_code, 0);
    ASSERT_EQ(with_place({"parameters", "set", "amount_maximum", "0"}).exit_code, 0);
    const Finished differs = lowu({"parameters", "diff", file});
    EXPECT_EQ(differs.exit_code, 5) << differs.output << differs.errors;
    EXPECT_THAT(differs.output, HasSubstr("2000000 (CNY 20000.00)"));
    const Finished scheduled = lowu({"parameters", "apply", file, "--at", "2025-07-01 00:00"});
    EXPECT_EQ(scheduled.exit_code, 0) << scheduled.errors;
    EXPECT_THAT(lowu({"parameters", "show"}).output, HasSubstr("Scheduled: amount_maximum on fps"));
    EXPECT_EQ(lowu({"parameters", "diff", file}).exit_code, 5) << "not in force yet";
    EXPECT_EQ(lowu({"parameters", "apply", file}).exit_code, 0);
    EXPECT_EQ(lowu({"parameters", "diff", file, "--json"}).exit_code, 0);
    EXPECT_THAT(lowu({"events", kHk}).output, HasSubstr("amount_maximum on fps northbound fee"));

    write_file(file, "parameters { name: \"amount_maximum\" rail: RAIL_FPS value: 1 }\n");
    const Finished broken = lowu({"parameters", "diff", file});
    EXPECT_EQ(broken.exit_code, 2);
    EXPECT_THAT(broken.errors, HasSubstr("rules.txtpb:1:1: parameters[0]"));
}

TEST_F(Rules, ABankMayHaveNarrowerHoursThanTheScheme) {
    const std::string payer = open(kOtherMainland, "HOURS-PAYER", kRich);
    const std::string payee = open(kHk, "HOURS-PAYEE");
    const auto opens_at = [](const std::string& value) {
        return lowu({"parameters", "set", "opens_at_minute", value, "--bank", kOtherMainland,
                     "--direction", "southbound", "--service", "p2p"});
    };
    ASSERT_EQ(opens_at("22:00").exit_code, 0);
    expect_refused(pay(payer, payee, "10.00"), "TM01");
    EXPECT_THAT(lowu({"parameters", "show", "--bank", kOtherMainland}).output, HasSubstr("22:00"));
    ASSERT_EQ(opens_at("none").exit_code, 0);
    EXPECT_EQ(pay(payer, payee, "10.00").exit_code, 0);
}

TEST_F(Rules, ABankThatIsOffIsNotPaidAndEverybodyKnows) {
    const std::string payer = open(kHk, "ABSENT-PAYER", kRich);
    const std::string payee = open("105100000017", "ABSENT-PAYEE");
    ASSERT_EQ(
        lowu({"availability", "105100000017", "off", "--forced", "--back", "2025-06-22 12:00"})
            .exit_code,
        0);
    expect_refused(pay(payer, payee, "10.00"), "AB08");
    EXPECT_THAT(lowu({"banks"}).output, HasSubstr("forced off"));
    const Finished events = lowu({"events", kHk});
    EXPECT_THAT(events.output,
                HasSubstr("is off, by the operator, expected back 2025-06-22 12:00"));
    ASSERT_EQ(lowu({"availability", "105100000017", "on", "--forced"}).exit_code, 0);
    EXPECT_EQ(pay(payer, payee, "10.00").exit_code, 0);

    ASSERT_EQ(lowu({"availability", "103100000026", "off"}).exit_code, 0);
    EXPECT_TRUE(scheme_->switch_process().wait_until(
        kPatience, [] { return lowu({"banks"}).output.find("logged off") != std::string::npos; }));
    EXPECT_EQ(lowu({"availability", kHk, "away"}).exit_code, 2);
    EXPECT_EQ(lowu({"availability", kHk, "on", "--back", "2025-06-22 12:00"}).exit_code, 2);
}

TEST_F(Rules, ABankMisbehavesUntilItIsReset) {
    const std::string payer = open(kHk, "BEHAVE-PAYER", kRich);
    const std::string payee = open("301290000007", "BEHAVE-PAYEE");
    const Finished set =
        lowu({"behave", "301290000007", "--refuse", "1000", "--refuse-reason", "AC06"});
    ASSERT_EQ(set.exit_code, 0) << set.errors;
    EXPECT_THAT(set.output, HasSubstr("1000 of 1000"));
    expect_refused(pay(payer, payee, "10.00"), "AC06");
    const Finished more =
        lowu({"behave", "301290000007", "--latency-us", "10", "20", "30", "--json"});
    ASSERT_EQ(more.exit_code, 0) << more.errors;
    const json behavior = json::parse(more.output)["behavior"];
    EXPECT_EQ(behavior["refuse_permille"], 1000) << "what is not said stays";
    EXPECT_EQ(behavior["latency"]["p50_us"], "20");
    EXPECT_EQ(json::parse(more.output)["done"]["refuse_permille"], "1");
    ASSERT_EQ(lowu({"behave", "301290000007", "--reset"}).exit_code, 0);
    EXPECT_EQ(pay(payer, payee, "10.00").exit_code, 0);
    EXPECT_EQ(lowu({"behave", kHk, "--silent", "1001"}).exit_code, 2);
}

TEST_F(Rules, WhatIsReturnedComesBackAndGivesTheQuotaBack) {
    const std::string payer = open(kHk, "RETURN-PAYER", kRich);
    const std::string payee = open(kMainland, "RETURN-PAYEE");
    const Finished paid = pay(payer, payee, "900.00", {"--json", "--wait-credit"});
    ASSERT_EQ(paid.exit_code, 0) << paid.output << paid.errors;
    const std::string uetr = json::parse(paid.output)["uetr"];
    const Finished part = lowu({"return", kMainland, uetr, "--amount", "400.00"});
    EXPECT_EQ(part.exit_code, 0) << part.output << part.errors;
    EXPECT_THAT(part.output, HasSubstr("sends back " + uetr + ": MD06"));
    EXPECT_THAT(lowu({"get", uetr}).output, HasSubstr("CNY 400.00 has been sent back"));
    const Finished too_much = lowu({"return", kMainland, uetr, "--amount", "500.01"});
    EXPECT_NE(too_much.exit_code, 0);
    EXPECT_EQ(lowu({"return", kMainland, uetr}).exit_code, 0) << "what is left of it";
    EXPECT_TRUE(scheme_->switch_process().wait_until(kPatience, [&] {
        return lowu({"accounts", payer}).output.find("500000.00") != std::string::npos;
    }));
    EXPECT_EQ(lowu({"return", kMainland, uetr, "--reason", "AC99"}).exit_code, 2);
    expect_books_agree();
}

TEST_F(Rules, ReferenceRatesAreSetOnce) {
    const auto set = [](const std::string& date, const std::string& hkd) {
        return lowu({"reference-rate", "set", date, "--hkd", hkd, "--usd", "7.17"});
    };
    ASSERT_EQ(set("2025-06-22", "0.9120").exit_code, 0);
    EXPECT_EQ(set("2025-06-22", "0.9120").exit_code, 0) << "every call may be repeated";
    EXPECT_EQ(set("2025-06-22", "0.9130").exit_code, 2) << "that day has begun";
    EXPECT_EQ(set("2025-06-21", "0.9120").exit_code, 2) << "that day is over";
    EXPECT_EQ(set("2025-06-33", "0.9120").exit_code, 2);
    EXPECT_EQ(set("2025-06-24", "0").exit_code, 2);
    EXPECT_THAT(lowu({"events", kHk}).output, HasSubstr("2025-06-22: 1 HKD = 0.9120 CNY"));
}

TEST_F(Rules, EveryQueryAnswersInBothForms) {
    const std::string person = open(kHk, "QUERY-PERSON");
    const std::vector<std::vector<std::string>> kQueries = {
        {"rates"},         {"parameters", "show"}, {"proxy", "list"},
        {"quota", person}, {"events", kHk},        {"behave", kHk},
        {"explain"},       {"explain", "AB08"},    {"explain", "LW025"}};
    for (std::vector<std::string> query : kQueries) {
        const Finished text = lowu(query);
        EXPECT_EQ(text.exit_code, 0) << query[0] << text.output << text.errors;
        EXPECT_FALSE(text.output.empty()) << query[0];
        query.emplace_back("--json");
        const Finished data = lowu(query);
        EXPECT_EQ(data.exit_code, 0) << query[0] << data.errors;
        EXPECT_TRUE(json::accept(data.output)) << query[0] << data.output;
    }
    EXPECT_EQ(lowu({"explain", "XX99"}).exit_code, 2);
    EXPECT_EQ(lowu({"events", "0123"}).exit_code, 2);
    EXPECT_EQ(lowu({"quota"}).exit_code, 2);
}

/// The day's time is one for all, so this stands in a scheme of its own.
TEST(RulesByTime, SchemeTimeGoesForwardAndClosesTheSouthboundService) {
    RunningScheme scheme;
    ASSERT_TRUE(scheme.start());
    const std::vector<std::string> order = {"pay",
                                            "--from",
                                            "102100099996/6222020200010001",
                                            "--to",
                                            "012/012-875-10001",
                                            "--name",
                                            "Chan Ka Yan",
                                            "--amount",
                                            "10.00"};
    EXPECT_EQ(scheme.lowu(order).exit_code, 0);
    const Finished advanced = scheme.lowu({"time", "advance", "2025-06-22 23:00"});
    EXPECT_EQ(advanced.exit_code, 0) << advanced.errors;
    EXPECT_THAT(advanced.output, HasSubstr("Scheme time is 2025-06-22 23:00:0"));
    EXPECT_THAT(scheme.lowu({"status"}).output, HasSubstr("2025-06-22 23:00:"));
    const Finished closed = scheme.lowu(order);
    EXPECT_EQ(closed.exit_code, 3) << closed.output << closed.errors;
    EXPECT_THAT(closed.output, HasSubstr("RJCT TM01"));
    EXPECT_EQ(scheme.lowu({"time", "advance", "2025-06-22 12:00"}).exit_code, 2) << "never back";
    EXPECT_EQ(scheme.lowu({"time", "advance", "noon"}).exit_code, 2);
}

}  // namespace
}  // namespace lowu::test
