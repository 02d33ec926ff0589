// What our own polite programs never say: hostile or unusual banks against the switch, and a switch
// that no bank can read against bank_sim. Skipped, with the reason, where Python is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/scheme/agent_code.hpp"
#include "tests/integration/python_tools.hpp"
#include "tests/integration/running_scheme.hpp"

namespace lowu::test {
namespace {

using ::testing::HasSubstr;

// Played by Python.
constexpr const char* kPayeeBank = "LW9";
constexpr const char* kVillain = "LW8";

// The script has many checks; each has its own, shorter patience.
constexpr milliseconds kScriptPatience{500'000};

/// An invented IBPS bank.
std::string mainland_code(int number) {
    const std::string first_eleven = "9995840000" + std::to_string(number);
    return first_eleven + scheme::ibps_check_digit(first_eleven);
}

std::string polite_bank() {
    return mainland_code(1);
}

/// Deadlines are longer than the test's patience: nothing here depends on speed.
std::string switch_config() {
    std::string text =
        "scheme_start: \"2025-06-22 09:00\"\n"
        "reference_rate { date: \"2025-06-22\" cny_per_hkd_e8: 92000000 "
        "cny_per_usd_e8: 720000000 }\n"
        "deadlines { payee_ms: 600000 origin_ms: 1200000 creation_window_ms: 1200000 }\n";
    for (const char* code : {kPayeeBank, kVillain}) {
        text += "participants { rail: RAIL_FPS code: \"" + std::string(code) +
                "\" opening_cny_minor: 10000000 }\n";
    }
    for (const std::string& code : {polite_bank(), mainland_code(2)}) {
        text += "participants { rail: RAIL_IBPS code: \"" + code +
                "\" net_debit_cap_minor: 10000000 }\n";
    }
    return text + "link { fps_agent: \"" + kPayeeBank +
           "\" fps_opening_cny_minor: 10000000 ibps_agent: \"" + polite_bank() +
           "\" ibps_net_debit_cap_minor: 10000000 }\n";
}

std::string polite_bank_config() {
    return "token_keys { rail: RAIL_IBPS version: 1 key_hex: \"" + std::string(64, '7') +
           "\" }\n"
           "banks { rail: RAIL_IBPS code: \"" +
           polite_bank() +
           "\" name_en: \"Invented Bank\" name_zh: \"虛構銀行\"\n"
           "  accounts { account: \"M-1\" currency: CURRENCY_CNY name_en: \"WANG Xiaoming\" "
           "name_zh: \"王小明\" opening_balance_minor: 1000000 } }\n";
}

class Hostile : public ::testing::Test {
protected:
    void SetUp() override {
        if (const std::string missing = python_missing(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
        write_file(folder_.file("switch.txtpb"), switch_config());
        write_file(folder_.file("mainland.txtpb"), polite_bank_config());
    }

    TempDirectory folder_;
};

class HostileBank : public Hostile {
protected:
    void expect_agreeing_books() {
        // bank_sim plays no bank on FPS: its one process is asked for both sides. The books of the
        // Python banks are their own.
        const Finished reconciled =
            running_.lowu({"reconcile", "--hk", running_.addresses().mainland});
        EXPECT_EQ(reconciled.exit_code, 0) << reconciled.output << reconciled.errors;
    }

    RunningScheme running_{{folder_.file("switch.txtpb"), "", folder_.file("mainland.txtpb")}};
};

TEST_F(HostileBank, HarmsOnlyItself) {
    ASSERT_TRUE(running_.start());
    Process script =
        start_script(folder_, "hostile_bank.py",
                     {"--switch", running_.addresses().switch_address, "--banks", kPayeeBank,
                      kVillain, mainland_code(2), "--polite-bank", polite_bank() + ":M-1"});
    EXPECT_EQ(script.wait(kScriptPatience), 0) << script.output() << running_.tails();
    expect_agreeing_books();
    // And the log holds nothing that the switch cannot read again.
    running_.kill_switch();
    ASSERT_TRUE(running_.start_switch());
    ASSERT_TRUE(running_.wait_for_sessions());
    expect_agreeing_books();
}

class HostileSwitch : public Hostile {};

TEST_F(HostileSwitch, IsLeftAndTriedAgain) {
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    Process script = start_script(folder_, "hostile_switch.py", {"--listen", address});
    Process banks({{program("bank_sim"), "--config", folder_.file("mainland.txtpb"), "--switch",
                    address, "--listen", "127.0.0.1:" + std::to_string(free_port())},
                   folder_.file("mainland.log"),
                   "",
                   "",
                   {}});
    EXPECT_EQ(script.wait(kPatience), 0) << script.tail() << banks.tail();
    EXPECT_THAT(banks.output(), HasSubstr("has not ended the session"));
}

}  // namespace
}  // namespace lowu::test
