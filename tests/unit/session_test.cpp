// Numbers of a session, and configuration files that say where they are wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "common/rpc/session_numbers.hpp"
#include "common/rpc/text_config.hpp"
#include "lowu/config/v1/config.pb.h"

namespace lowu::rpc {
namespace {

using ::testing::HasSubstr;

TEST(NumberReceiver, TakesInOrderAndSkipsWhatItHasSeen) {
    NumberReceiver receiver(10);
    receiver.grant(20);
    EXPECT_EQ(receiver.take(11, 3).skip, 0U);
    EXPECT_EQ(receiver.last(), 13U);
    const auto overlap = receiver.take(12, 4);
    EXPECT_EQ(overlap.intake, Intake::kTake);
    EXPECT_EQ(overlap.skip, 2U);
    EXPECT_EQ(receiver.last(), 15U);
    EXPECT_EQ(receiver.take(0, 0).intake, Intake::kTake) << "an empty frame has no number";
    EXPECT_EQ(receiver.take(17, 1).intake, Intake::kGap);
    EXPECT_EQ(receiver.take(0, 1).intake, Intake::kGap) << "numbers begin at 1";
    EXPECT_EQ(receiver.take(16, 6).intake, Intake::kBeyondCredit);
    EXPECT_EQ(receiver.last(), 15U) << "a refused frame changes nothing";
    receiver.grant(5);
    EXPECT_EQ(receiver.granted(), 20U) << "credit never shrinks";
}

TEST(NumberSender, SendsWithinCreditAndBelievesOnlyWhatItSent) {
    NumberSender sender(8);
    EXPECT_EQ(sender.sendable(5), 0U);
    sender.credit(10);
    EXPECT_EQ(sender.sendable(5), 3U);
    sender.sent(2);
    EXPECT_EQ(sender.next(), 10U);
    EXPECT_FALSE(sender.acknowledge(10));
    EXPECT_TRUE(sender.acknowledge(9));
    EXPECT_TRUE(sender.acknowledge(8)) << "an older figure says nothing new";
    EXPECT_EQ(sender.acknowledged(), 9U);
}

class TextConfig : public ::testing::Test {
protected:
    TextConfig() : file_(::testing::TempDir() + "lowu_text_config_test.txtpb") {}
    ~TextConfig() override { std::remove(file_.c_str()); }

    Error load(const std::string& text, const ConfigCheck& check = {}) {
        std::ofstream(file_) << text;
        const Result<void> loaded = load_text_config(file_, config_, check);
        return loaded.ok() ? Error{Error::Kind::kUnknown, "ok"} : loaded.error();
    }

    std::string file_;
    config::v1::BankSimConfig config_;
};

TEST_F(TextConfig, LoadsNamesInAnyScript) {
    EXPECT_EQ(load("banks {\n  name_zh: \"中國銀行\"\n}").what, "ok");
    EXPECT_EQ(config_.banks(0).name_zh(), "中國銀行");
}

TEST_F(TextConfig, NamesFileLineAndFieldOfWhatCannotBeParsed) {
    const Error unknown = load("banks {\n  kode: \"012\"\n}");
    EXPECT_EQ(unknown.kind, Error::Kind::kInvalid);
    EXPECT_THAT(unknown.what, HasSubstr(file_ + ":2:7: "));
    EXPECT_THAT(unknown.what, HasSubstr("kode"));
    EXPECT_THAT(load("banks {\n rail: RAIL_SEPA\n}").what, HasSubstr("RAIL_SEPA"));
    EXPECT_THAT(load("banks {").what, HasSubstr(file_));
}

TEST_F(TextConfig, LocatesTheFieldThatBreaksARule) {
    const std::string text =
        "banks {\n  code: \"012\"\n}\n"
        "banks {\n  code: \"015\"\n  accounts { account: \"1\" }\n"
        "  accounts {\n    account: \"2\"\n  }\n}\n";
    const auto fault_at = [&](const std::string& field) {
        return load(text, [&] { return ConfigFault{field, "must be else"}; }).what;
    };
    EXPECT_EQ(fault_at("banks[1].code"), file_ + ":5:3: banks[1].code must be else");
    EXPECT_THAT(fault_at("banks[1].accounts[1].account"), HasSubstr(":8:5: "));
    EXPECT_THAT(fault_at("banks[1].accounts[1].currency"), HasSubstr(":7:3: "))
        << "absent: the message that should hold it";
    EXPECT_THAT(fault_at("other"), HasSubstr(":1:1: ")) << "nothing of it is in the file";
    EXPECT_EQ(load(text, [] { return std::nullopt; }).what, "ok");
}

TEST_F(TextConfig, AMissingFileIsNotFound) {
    const Result<void> loaded = load_text_config("/nowhere/at/all", config_);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().kind, Error::Kind::kNotFound);
    EXPECT_THAT(loaded.error().what, HasSubstr("/nowhere/at/all"));
}

TEST_F(TextConfig, ADirectoryIsNoFile) {
    const Result<void> loaded = load_text_config("/", config_);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().what, "/: is no file that can be read");
}

}  // namespace
}  // namespace lowu::rpc
