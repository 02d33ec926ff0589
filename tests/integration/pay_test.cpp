// `lowu pay` and the queries on real processes: exit codes, malformed input, names and texts that
// come through unchanged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/running_scheme.hpp"

namespace lowu::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHkBank = "012";
constexpr const char* kMainlandBank = "102100099996";

class Pay : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        scheme_ = std::make_unique<RunningScheme>();
        ASSERT_TRUE(scheme_->start());
        open(kHkBank, "PAYER-1", "CHAN Tai Man", "陳大文");
        open(kMainlandBank, "PAYEE-1", "WANG Xiaoming", "王小明");
    }

    static void TearDownTestSuite() { scheme_.reset(); }

    static void open(const std::string& bank, const std::string& account, const std::string& name,
                     const std::string& name_zh) {
        const Finished opened =
            scheme_->lowu({"open-account", bank + "/" + account, "--name", name, "--name-zh",
                           name_zh, "--opening-balance", "100000.00"});
        ASSERT_EQ(opened.exit_code, 0) << opened.errors;
    }

    void SetUp() override { ASSERT_NE(scheme_, nullptr); }

    /// A northbound payment that goes through unless `changes` replace its options.
    static std::vector<std::string> command(const std::map<std::string, std::string>& changes) {
        std::map<std::string, std::string> options = {
            {"--from", std::string(kHkBank) + "/PAYER-1"},
            {"--to", std::string(kMainlandBank) + "/PAYEE-1"},
            {"--name", "WANG Xiaoming"},
            {"--amount", "12.50"}};
        for (const auto& [name, value] : changes) {
            options[name] = value;
        }
        std::vector<std::string> words = {"pay"};
        for (const auto& [name, value] : options) {
            words.push_back(name);
            words.push_back(value);
        }
        return words;
    }

    static Finished pay(const std::map<std::string, std::string>& changes,
                        const std::vector<std::string>& flags = {}) {
        std::vector<std::string> words = command(changes);
        words.insert(words.end(), flags.begin(), flags.end());
        return scheme_->lowu(words);
    }

    static std::int64_t payments_held() {
        const auto status = scheme_->network().central().status();
        EXPECT_TRUE(status.ok());
        return status.ok() ? status->payments() : -1;
    }

    static std::unique_ptr<RunningScheme> scheme_;
};

std::unique_ptr<RunningScheme> Pay::scheme_;

TEST_F(Pay, SettledIsZero) {
    const Finished paid = pay({}, {"--wait-credit"});
    EXPECT_EQ(paid.exit_code, 0) << paid.errors;
    EXPECT_THAT(paid.output, HasSubstr("ACSC"));
    EXPECT_THAT(paid.output, HasSubstr("payee credited"));
}

TEST_F(Pay, RefusedIsThreeAndNamesTheReason) {
    const Finished refused = pay({{"--to", std::string(kMainlandBank) + "/NO-SUCH-ACCOUNT"}});
    EXPECT_EQ(refused.exit_code, 3) << refused.errors;
    EXPECT_THAT(refused.output, HasSubstr("RJCT AC03"));
}

TEST_F(Pay, NotWaitedForIsFourAndEndsLater) {
    const std::string uetr = "0f8fad5b-d9cb-469f-a165-70867728950e";
    EXPECT_EQ(pay({{"--uetr", uetr}}, {"--no-wait"}).exit_code, 4);
    const bool settled = scheme_->switch_process().wait_until(kPatience, [&] {
        const auto seen = scheme_->network().central().payment(uetr);
        return seen.ok() && seen->payment().status() == v1::PAYMENT_STATUS_ACSC;
    });
    EXPECT_TRUE(settled);
}

TEST_F(Pay, NobodyThereIsOne) {
    const std::string nowhere = "127.0.0.1:" + std::to_string(free_port());
    const Finished failed = pay({{"--hk", nowhere}});
    EXPECT_EQ(failed.exit_code, 1);
    EXPECT_THAT(failed.errors, HasSubstr("cannot be reached"));
    EXPECT_THAT(failed.errors, HasSubstr("a repeat with --uetr"));
}

TEST_F(Pay, RepeatedUetrPaysOnce) {
    const std::map<std::string, std::string> order = {
        {"--uetr", "7c9e6679-7425-40de-944b-e07fc1f90ae7"}};
    const std::int64_t before = payments_held();
    EXPECT_EQ(pay(order).exit_code, 0);
    EXPECT_EQ(pay(order).exit_code, 0);
    EXPECT_EQ(payments_held(), before + 1);

    std::map<std::string, std::string> other = order;
    other["--amount"] = "12.51";
    const Finished refused = pay(other);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.errors, HasSubstr("amount"));
}

struct Malformed {
    const char* option;
    const char* value;
    const char* named;  // must stand in the error
};

TEST_F(Pay, MalformedIsTwoNamesTheFieldAndReservesNothing) {
    const Malformed kMalformed[] = {
        {"--amount", "0", "amount"},
        {"--amount", "-1", "amount"},
        {"--amount", "1.234", "amount"},
        {"--amount", "99999999999999999999", "amount"},
        {"--amount", "abc", "amount"},
        {"--amount", "", "amount"},
        {"--currency", "HKD", "currency"},
        {"--currency", "USD", "currency"},
        {"--service", "p2b", "--service"},
        {"--purpose", "fun", "--purpose"},
        {"--quote", "not-a-uuid", "--quote"},
        {"--currency", "cny", "currency"},
        {"--from", "012", "--from"},
        {"--from", "0123/PAYER-1", "bank"},
        {"--to", "102100099995/PAYEE-1", "bank"},
        {"--to", "102100099996/has blank", "account"},
        {"--to", "102100099996/12345678901234567890123456789012345", "account"},
        {"--name", "", "--name (payee_name)"},
        {"--name", "tab\there", "payee_name"},
        {"--uetr", "not-a-uuid", "uetr"},
        {"--uetr", "7C9E6679-7425-40DE-944B-E07FC1F90AE7", "uetr"},
        {"--uetr", "7c9e6679-7425-10de-944b-e07fc1f90ae7", "uetr"},
        {"--wait-ms", "-5", "wait-ms"},
    };
    const std::int64_t before = payments_held();
    for (const Malformed& each : kMalformed) {
        const Finished refused = pay({{each.option, each.value}});
        EXPECT_EQ(refused.exit_code, 2) << each.option << " " << each.value;
        EXPECT_THAT(refused.errors, HasSubstr(each.named)) << each.option << " " << each.value;
    }
    EXPECT_EQ(payments_held(), before);
}

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

TEST_F(Pay, NamesAndTextsComeThroughUnchanged) {
    const std::string chinese = repeated("羅", 140);
    const std::string accents = "Zoë Ñandú-Łukasz D'Été";
    open(kHkBank, "LONG-NAME", accents, chinese);
    const std::string names[] = {chinese, accents, repeated("x", 140)};
    const std::string texts[] = {"生日快樂 🎂", "café, déjà vu", repeated("文", 140)};
    for (std::size_t i = 0; i < std::size(names); ++i) {
        // The payee's bank compares the name with the account's.
        const std::string payee = "LONG-NAME-" + std::to_string(i);
        open(kMainlandBank, payee, names[i] == chinese ? "Luo" : names[i],
             names[i] == chinese ? chinese : "");
        const Finished paid = pay({{"--from", std::string(kHkBank) + "/LONG-NAME"},
                                   {"--to", std::string(kMainlandBank) + "/" + payee},
                                   {"--name", names[i]},
                                   {"--text", texts[i]}},
                                  {"--json", "--wait-credit"});
        ASSERT_EQ(paid.exit_code, 0) << paid.output << paid.errors;
        const auto seen = scheme_->network()
                              .banks_of(scheme::Rail::kIbps)
                              .remittance(kMainlandBank, json::parse(paid.output)["uetr"]);
        ASSERT_TRUE(seen.ok()) << seen.error().what;
        EXPECT_FALSE(seen->outgoing());
        EXPECT_TRUE(seen->credited());
        EXPECT_EQ(seen->carried().payee_name(), names[i]);
        EXPECT_EQ(seen->carried().remittance_information(), texts[i]);
        EXPECT_THAT(seen->carried().payer_name(), ::testing::AnyOf(accents, chinese));
    }
    EXPECT_EQ(pay({{"--name", repeated("羅", 141)}}).exit_code, 2);
    EXPECT_EQ(pay({{"--text", repeated("羅", 141)}}).exit_code, 2);
}

TEST_F(Pay, EveryQueryAnswersInBothForms) {
    const Finished paid = pay({}, {"--json", "--wait-credit"});
    ASSERT_EQ(paid.exit_code, 0) << paid.errors;
    const std::string uetr = json::parse(paid.output)["uetr"];
    const std::vector<std::vector<std::string>> kQueries = {
        {"get", uetr}, {"list", "--participant", kHkBank, "--status", "ACSC", "--limit", "3"},
        {"banks"},     {"accounts", kHkBank},
        {"accounts"},  {"accounts", std::string(kHkBank) + "/PAYER-1"},
        {"positions"}, {"status"},
        {"reconcile"}};
    for (std::vector<std::string> query : kQueries) {
        const Finished text = scheme_->lowu(query);
        EXPECT_EQ(text.exit_code, 0) << query[0] << text.output << text.errors;
        EXPECT_FALSE(text.output.empty()) << query[0];
        query.emplace_back("--json");
        const Finished data = scheme_->lowu(query);
        EXPECT_EQ(data.exit_code, 0) << query[0] << data.errors;
        EXPECT_TRUE(json::accept(data.output)) << query[0] << data.output;
    }
    const json got = json::parse(scheme_->lowu({"get", uetr, "--json"}).output);
    EXPECT_EQ(got["payment"]["amount_minor"], "1250");
    EXPECT_FALSE(got["timeline"].empty());
}

TEST_F(Pay, QueriesRefuseWhatTheyCannotMean) {
    EXPECT_EQ(scheme_->lowu({"get", "not-a-uuid"}).exit_code, 2);
    EXPECT_EQ(scheme_->lowu({"get", "7c9e6679-7425-40de-944b-e07fc1f90ae8"}).exit_code, 1);
    EXPECT_EQ(scheme_->lowu({"list", "--status", "DONE"}).exit_code, 2);
    EXPECT_EQ(scheme_->lowu({"list", "--direction", "up"}).exit_code, 2);
    EXPECT_EQ(scheme_->lowu({"list", "--participant", "0123"}).exit_code, 2);
    EXPECT_EQ(scheme_->lowu({"accounts", "0123"}).exit_code, 2);
    EXPECT_EQ(scheme_->lowu({"open-account", "012/PAYER-1", "--name", "Again"}).exit_code, 2);
}

struct Mistyped {
    std::vector<std::string> words;
    const char* said;  // must stand in the error
};

TEST_F(Pay, AMistypedCommandLineIsToldWhatAndWhereToReadOn) {
    const Mistyped kMistyped[] = {
        {{"nonsense"}, "lowu: there is no command nonsense\n'lowu --help' shows"},
        {{}, "lowu: say which of: up, simulate,"},
        {{"--nonsense"}, "lowu: there is no option --nonsense"},
        {{"time"}, "lowu time: say which of: advance"},
        {{"time", "back"}, "lowu time: there is no command back"},
        {{"list", "--bank", "012"}, "lowu list: there is no option --bank\n'lowu list --help'"},
        {{"banks", "012"}, "lowu banks: nothing is expected where 012 stands"},
        {{"get"}, "lowu get: uetr is required"},
        {{"list", "--limit", "abc"}, "lowu list: Could not convert: --limit = abc"},
    };
    for (const Mistyped& each : kMistyped) {
        const Finished refused = scheme_->lowu(each.words);
        EXPECT_EQ(refused.exit_code, 2) << each.said;
        EXPECT_THAT(refused.errors, HasSubstr(each.said));
    }
}

TEST_F(Pay, ARefusalSaysWhereToLookForWhatIsRight) {
    const Mistyped kUnknown[] = {
        {{"accounts", "999"}, "'lowu banks' lists them"},
        {{"accounts", "012/NOBODY"}, "'lowu accounts BANK' lists them"},
        {{"get", "7c9e6679-7425-40de-944b-e07fc1f90ae8"}, "'lowu list' shows the newest"},
        {{"statement", "999"}, "'lowu positions' lists them"},
        {{"default", "999", "--yes"}, "'lowu banks' lists them"},
        {{"parameters", "set", "payment_memory_ms", "5", "--rail", "fps"}, "what is allowed"},
    };
    for (const Mistyped& each : kUnknown) {
        const Finished refused = scheme_->lowu(each.words);
        EXPECT_NE(refused.exit_code, 0) << each.said;
        EXPECT_THAT(refused.errors, HasSubstr(each.said));
    }
}

TEST_F(Pay, MoneyOnNobodysAccountIsShownBelowTheAccounts) {
    EXPECT_THAT(scheme_->lowu({"accounts", kMainlandBank}).output, Not(HasSubstr("unapplied")));
    EXPECT_EQ(scheme_->lowu({"behave", kMainlandBank, "--wrong", "1000"}).exit_code, 0);
    const Finished paid =
        pay({{"--to", std::string(kMainlandBank) + "/NO-SUCH-ACCOUNT"}}, {"--json"});
    EXPECT_EQ(scheme_->lowu({"behave", kMainlandBank, "--reset"}).exit_code, 0);
    ASSERT_EQ(paid.exit_code, 0) << paid.errors;
    bool shown = false;
    const bool there = scheme_->switch_process().wait_until(kPatience, [&] {
        shown = scheme_->lowu({"accounts", kMainlandBank})
                    .output.find("unapplied, on nobody's account: CNY 12.50") != std::string::npos;
        return shown;
    });
    EXPECT_TRUE(there);
    const json data = json::parse(scheme_->lowu({"accounts", "--json"}).output);
    ASSERT_EQ(data["unapplied"].size(), 1U) << data["unapplied"];
    EXPECT_EQ(data["unapplied"][0]["bank"], kMainlandBank);
    EXPECT_EQ(data["unapplied"][0]["amount_minor"], "1250");
    const Finished back =
        scheme_->lowu({"return", kMainlandBank, json::parse(paid.output)["uetr"]});
    EXPECT_EQ(back.exit_code, 0) << back.output << back.errors;
    EXPECT_THAT(scheme_->lowu({"accounts", kMainlandBank}).output, Not(HasSubstr("unapplied")));
}

TEST_F(Pay, LatencyIsThreeFiguresWithCommasOrBlanks) {
    for (const std::vector<std::string>& figures :
         {std::vector<std::string>{"1,2,3"}, {"1", "2", "3"}}) {
        std::vector<std::string> words = {"behave", kHkBank, "--latency-us"};
        words.insert(words.end(), figures.begin(), figures.end());
        const Finished set = scheme_->lowu(words);
        EXPECT_EQ(set.exit_code, 0) << set.errors;
        EXPECT_THAT(set.output, HasSubstr("1 2 3"));
    }
    EXPECT_EQ(scheme_->lowu({"behave", kHkBank, "--latency-us", "1,2"}).exit_code, 2);
    EXPECT_EQ(scheme_->lowu({"behave", kHkBank, "--reset"}).exit_code, 0);
}

}  // namespace
}  // namespace lowu::test
