// Clients that are not ours: a bank in Python over one session, a customer in Python, and buf over
// reflection. Each is skipped, with the reason, where its tools are missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/scheme/agent_code.hpp"
#include "tests/integration/python_tools.hpp"
#include "tests/integration/running_scheme.hpp"

namespace lowu::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kPythonBank = "LW9";
const std::string kFirstEleven = "99958400001";  // an invented bank

std::string mainland_code() {
    return kFirstEleven + scheme::ibps_check_digit(kFirstEleven);
}

/// One bank each side: the Hong Kong one is played by Python, the Mainland one by bank_sim.
SchemeFiles small_scheme(const TempDirectory& folder) {
    const std::string mainland = mainland_code();
    write_file(folder.file("switch.txtpb"),
               "scheme_start: \"2025-06-22 09:00\"\n"
               "reference_rate { date: \"2025-06-22\" cny_per_hkd_e8: 92000000 "
               "cny_per_usd_e8: 720000000 }\n"
               "participants { rail: RAIL_FPS code: \"" +
                   std::string(kPythonBank) +
                   "\" opening_cny_minor: 10000000 }\n"
                   "participants { rail: RAIL_IBPS code: \"" +
                   mainland +
                   "\" net_debit_cap_minor: 10000000 }\n"
                   "link { fps_agent: \"" +
                   kPythonBank + "\" fps_opening_cny_minor: 10000000 ibps_agent: \"" + mainland +
                   "\" ibps_net_debit_cap_minor: 10000000 }\n");
    write_file(folder.file("mainland.txtpb"),
               "token_keys { rail: RAIL_IBPS version: 1 key_hex: \"" + std::string(64, '7') +
                   "\" }\n"
                   "banks { rail: RAIL_IBPS code: \"" +
                   mainland +
                   "\" name_en: \"Invented Bank\" name_zh: \"虛構銀行\"\n"
                   "  accounts { account: \"M-1\" currency: CURRENCY_CNY name_en: \"WANG "
                   "Xiaoming\" name_zh: \"王小明\" opening_balance_minor: 1000000 } }\n");
    return {folder.file("switch.txtpb"), "", folder.file("mainland.txtpb")};
}

v1::SendRemittanceRequest payment_to_python() {
    v1::SendRemittanceRequest request;
    request.set_bank(mainland_code());
    request.set_payer_account("M-1");
    request.set_payee_agent(kPythonBank);
    request.set_payee_account("PY-PAYEE");
    request.set_payee_name("Ñandú 羅湖");
    request.set_amount_minor(12'345);
    request.set_currency(v1::CURRENCY_CNY);
    return request;
}

std::vector<json> events_of(const std::string& output) {
    std::vector<json> events;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (json::accept(line)) events.push_back(json::parse(line));
    }
    return events;
}

json find_event(const std::vector<json>& events, const std::string& name) {
    for (const json& event : events) {
        if (event["event"] == name) return event;
    }
    return json::object();
}

TEST(PythonSession, AnswersCreditsAndPays) {
    if (const std::string missing = python_missing(); !missing.empty()) GTEST_SKIP() << missing;
    const TempDirectory folder;
    RunningScheme running(small_scheme(folder));
    ASSERT_TRUE(running.start());
    Process bank =
        start_script(folder, "session_bank.py",
                     {"--switch", running.addresses().switch_address, "--participant", kPythonBank,
                      "--payee-agent", mainland_code(), "--payee-account", "M-1"});
    ASSERT_TRUE(bank.wait_until(kPatience, [&] {
        return bank.output().find("\"up\"") != std::string::npos;
    })) << bank.tail();

    const auto sent = running.network().banks_of(scheme::Rail::kIbps).send(payment_to_python());
    ASSERT_TRUE(sent.ok()) << sent.error().what;
    EXPECT_EQ(sent->status(), v1::PAYMENT_STATUS_ACSC) << sent->reason().text();
    ASSERT_EQ(bank.wait(kPatience), 0) << bank.tail() << running.tails();

    const std::vector<json> events = events_of(bank.output());
    EXPECT_EQ(find_event(events, "up")["rail"], "RAIL_FPS");
    const json request = find_event(events, "request");
    EXPECT_EQ(request["uetr"], sent->uetr());
    EXPECT_EQ(request["amount_minor"], 12'345);
    EXPECT_EQ(request["payee_name"], "Ñandú 羅湖");
    EXPECT_EQ(request["purpose"], "PURPOSE_PERSONAL");
    EXPECT_EQ(request["payer_kind"], "PARTY_KIND_PERSON");
    EXPECT_EQ(request["payer_token"], "")
        << "whom the payer is to the rail is not the payee's bank's";
    EXPECT_FALSE(find_event(events, "done").empty());

    const auto seen = running.network().central().payment(sent->uetr());
    ASSERT_TRUE(seen.ok());
    EXPECT_TRUE(seen->payment().credited());
    EXPECT_EQ(seen->payment().status(), v1::PAYMENT_STATUS_ACSC);
    // The books of the Python bank are its own: reconciliation says that it did not read them.
    const Finished reconciled = running.lowu({"reconcile", "--hk", running.addresses().mainland});
    EXPECT_THAT(reconciled.output, HasSubstr("not checked"));
}

class LaunchScheme : public ::testing::Test {
protected:
    void SetUp() override {
        if (const std::string missing = tool_missing(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
        ASSERT_TRUE(running_.start());
    }

    virtual std::string tool_missing() = 0;

    RunningScheme running_;
};

class PythonExample : public LaunchScheme {
    std::string tool_missing() override { return python_missing(); }
};

TEST_F(PythonExample, SendsAPayment) {
    const Finished sent = run(
        {python_with_grpc(), source("client/examples/send_payment.py"), running_.addresses().hk},
        kPatience, {{"PYTHONDONTWRITEBYTECODE", "1"}});
    EXPECT_EQ(sent.exit_code, 0) << sent.output << sent.errors;
    EXPECT_THAT(sent.output, HasSubstr("PAYMENT_STATUS_ACSC"));
}

/// buf is installed once in the build folder; its lock file stands in tests/integration/buf.
class BufCurl : public LaunchScheme {
protected:
    std::string tool_missing() override {
        namespace fs = std::filesystem;
        const fs::path folder = fs::path(LOWU_BIN_DIR).parent_path() / "buf";
        const fs::path from = source("tests/integration/buf");
        for (const char* file : {"package.json", "package-lock.json", ".npmrc"}) {
            fs::create_directories(folder);
            fs::copy_file(from / file, folder / file, fs::copy_options::overwrite_existing);
        }
        buf_ = find_buf(folder / "node_modules/@bufbuild");
        if (!buf_.empty()) return "";
        const Finished installed = run({"npm", "ci", "--fetch-retries=0", "--fetch-timeout=30000"},
                                       kPatience, {}, folder.string());
        buf_ = find_buf(folder / "node_modules/@bufbuild");
        if (!buf_.empty()) return "";
        if (installed.exit_code == 127) return "there is no npm to install buf with";
        return "npm ci installs no buf here: " + installed.errors.substr(0, 300);
    }

    static std::string find_buf(const std::filesystem::path& folder) {
        for (const char* package : {"buf-linux-x64", "buf-linux-aarch64"}) {
            const std::filesystem::path found = folder / package / "bin/buf";
            if (std::filesystem::exists(found)) return found.string();
        }
        return "";
    }

    Finished curl(const std::string& address, const std::string& method, const json& data) const {
        const TempDirectory cache(AfterFailure::kRemove);
        return run({buf_, "curl", "--http2-prior-knowledge", "--protocol", "grpc", "--data",
                    data.dump(), "http://" + address + "/lowu.v1." + method},
                   kPatience, {{"BUF_CACHE_DIR", cache.path()}, {"HOME", cache.path()}});
    }

    std::string buf_;
};

TEST_F(BufCurl, AsksOverReflection) {
    const client::Addresses& addresses = running_.addresses();
    const Finished banks = curl(addresses.hk, "BankService/ListBanks", json::object());
    ASSERT_EQ(banks.exit_code, 0) << banks.errors;
    EXPECT_EQ(json::parse(banks.output)["banks"].size(), 6U);

    const Finished participants =
        curl(addresses.switch_address, "OperationsService/ListParticipants", json::object());
    ASSERT_EQ(participants.exit_code, 0) << participants.errors;
    EXPECT_EQ(json::parse(participants.output)["participants"].size(), 12U);

    const Finished malformed =
        curl(addresses.hk, "BankService/SendRemittance", {{"bank", "012"}, {"uetr", "not-a-uuid"}});
    EXPECT_NE(malformed.exit_code, 0);
    EXPECT_THAT(malformed.errors, HasSubstr("invalid_argument"));
    EXPECT_THAT(malformed.errors, HasSubstr("uetr"));
}

}  // namespace
}  // namespace lowu::test
