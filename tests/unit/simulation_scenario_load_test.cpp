// Scenarios of simulations: the shipped ones are right, the example explains every field, and what
// breaks a rule is named by line, field and rule.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <variant>

#include "common/scheme/calendar.hpp"
#include "simulator/scenario/load.hpp"

namespace lowu::simulator {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using scheme::Rail;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kFolder = LOWU_SOURCE_DIR "/simulator/scenarios";

std::string path_of(const std::string& name) {
    return kFolder + "/" + name + ".txtpb";
}

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

config::v1::SimulationScenario message_of(const std::string& name) {
    config::v1::SimulationScenario file;
    EXPECT_TRUE(TextFormat::ParseFromString(text_of(path_of(name)), &file));
    return file;
}

Scenario loaded(const std::string& name) {
    auto scenario = load_scenario(path_of(name));
    EXPECT_TRUE(scenario.ok()) << (scenario.ok() ? "" : scenario.error().what);
    return scenario.ok() ? std::move(scenario).value() : Scenario();
}

Day date(const char* text) {
    return *scheme::parse_date(text);
}

std::size_t there(const Scenario& scenario, Rail rail, const char* day) {
    std::size_t count = 0;
    for (const Bank& bank : scenario.banks) {
        if (bank.rail == rail && bank.there(date(day))) ++count;
    }
    return count;
}

TEST(SimulationScenario, FolderHoldsTheShippedOnes) {
    EXPECT_THAT(known_scenarios(kFolder),
                ElementsAre("bad-day", "example", "first-year", "launch-day"));
}

class Shipped : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, Shipped,
                         ::testing::Values("bad-day", "example", "first-year", "launch-day"));

TEST_P(Shipped, LoadsAndSaysWhatIsPublishedAndWhatIsOurs) {
    const Scenario scenario = loaded(GetParam());
    EXPECT_FALSE(scenario.title.empty());
    EXPECT_FALSE(scenario.notes.empty());
    EXPECT_THAT(text_of(path_of(GetParam())), HasSubstr("(ours)"));
}

TEST_P(Shipped, ShowsNoRealInstitutionFail) {
    const Scenario scenario = loaded(GetParam());
    for (const Fault& fault : scenario.faults) {
        if (!fault.bank) continue;
        EXPECT_TRUE(scenario.banks[*fault.bank].invented) << fault.title;
    }
    for (const Bank& bank : scenario.banks) {
        if (!bank.invented) continue;
        EXPECT_THAT(bank.code, StartsWith(bank.rail == Rail::kFps ? "X" : "999"));
    }
}

// 12 banks on the first day, 13 + 6 a month later, 26 + 18 in September 2026.
TEST(SimulationScenario, FirstYearHasThePublishedParticipants) {
    const Scenario scenario = loaded("first-year");
    EXPECT_EQ(there(scenario, Rail::kFps, "2025-06-22"), 6U);
    EXPECT_EQ(there(scenario, Rail::kIbps, "2025-06-22"), 6U);
    EXPECT_EQ(there(scenario, Rail::kFps, "2025-07-23"), 13U);
    EXPECT_EQ(there(scenario, Rail::kIbps, "2025-07-23"), 6U);
    EXPECT_EQ(there(scenario, Rail::kFps, "2026-09-02"), 26U);
    EXPECT_EQ(there(scenario, Rail::kIbps, "2026-09-02"), 18U);
    EXPECT_EQ(scenario.end_day() - 1, date("2026-09-02"));
}

TEST(SimulationScenario, BadDayHasWhatItSays) {
    const Scenario scenario = loaded("bad-day");
    std::set<FaultKind> kinds;
    for (const Fault& fault : scenario.faults)
        kinds.insert(fault.kind);
    EXPECT_EQ(kinds,
              (std::set{FaultKind::kBankSilent, FaultKind::kLinkDown, FaultKind::kStatusStorm}));
    EXPECT_EQ(scenario.actions.size(), 2U);
    for (const Bank& bank : scenario.banks)
        EXPECT_TRUE(bank.invented) << bank.code;
}

// What a message sets anywhere in it, as "Type.field".
void collect_set(const Message& message, std::set<std::string>& set) {
    std::vector<const FieldDescriptor*> fields;
    const auto* reflection = message.GetReflection();
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
        set.insert(field->containing_type()->name() + "." + field->name());
        if (field->message_type() == nullptr) continue;
        if (!field->is_repeated()) {
            collect_set(reflection->GetMessage(message, field), set);
            continue;
        }
        for (int index = 0; index < reflection->FieldSize(message, field); ++index) {
            collect_set(reflection->GetRepeatedMessage(message, field, index), set);
        }
    }
}

void collect_all(const Descriptor& type, std::set<std::string>& all) {
    for (int index = 0; index < type.field_count(); ++index) {
        const FieldDescriptor* field = type.field(index);
        const bool is_new = all.insert(type.name() + "." + field->name()).second;
        if (is_new && field->message_type() != nullptr) collect_all(*field->message_type(), all);
    }
}

TEST(SimulationScenario, ExampleShowsEveryField) {
    std::set<std::string> all;
    collect_all(*config::v1::SimulationScenario::descriptor(), all);
    std::set<std::string> shown;
    collect_set(message_of("example"), shown);
    // A parameter for one bank only; said in `lowu parameters`.
    shown.insert("Parameter.participant");
    EXPECT_EQ(shown, all);
}

TEST(SimulationScenario, ExampleShowsEveryKindOfFaultAndAction) {
    const Scenario scenario = loaded("example");
    std::set<FaultKind> faults;
    for (const Fault& fault : scenario.faults)
        faults.insert(fault.kind);
    EXPECT_EQ(faults.size(), 7U);
    std::set<ActionKind> actions;
    for (const Action& action : scenario.actions)
        actions.insert(action.kind);
    EXPECT_EQ(actions.size(), 4U);
}

TEST(SimulationScenario, CallerMayDecideSeedDaysAndVolume) {
    const auto scenario = load_scenario(path_of("example"), {42, 3, 500});
    ASSERT_TRUE(scenario.ok());
    EXPECT_EQ(scenario->seed, 42U);
    EXPECT_EQ(scenario->days, 3);
    EXPECT_EQ(scenario->flows[1].orders_by_day.size(), 3U);
    EXPECT_EQ(scenario->flows[1].orders_by_day[0], 1'000);
}

TEST(SimulationScenario, BanksTakeWhatTheyDoNotSayFromTheirSide) {
    const Scenario scenario = loaded("example");
    const Bank& own = scenario.banks[*scenario.find_bank("X21")];
    EXPECT_EQ(own.persons, 2'000U);
    EXPECT_EQ(own.opening_cny_minor, 2'000'000'000);
    EXPECT_EQ(own.payer_weight, 3'000U);
    EXPECT_EQ(own.name_zh, "示例海港銀行");
    const Bank& of_side = scenario.banks[*scenario.find_bank("X22")];
    EXPECT_EQ(of_side.persons, 1'000U);
    EXPECT_EQ(of_side.opening_cny_minor, 1'000'000'000);
    EXPECT_EQ(of_side.payer_weight, 1'000U);
    EXPECT_EQ(of_side.name_zh, of_side.name_en);
    EXPECT_EQ(loaded("launch-day").banks[0].name_zh, "中國銀行(香港)") << "from the table";
}

// A line of the example is replaced by another: which field then breaks which rule.
struct Broken {
    const char* line;
    const char* instead;
    const char* fault;
};

class BrokenLine : public ::testing::TestWithParam<Broken> {};

const Broken kBroken[] = {
    {"days: 14", "days: 501", "days must be 1 to 500, and is 501"},
    {"start: \"2025-09-29 06:00\"", "start: \"2025-09-29 06:30\"", "start must be a full hour"},
    {"seed: 7 ", "seed: 0 ", "seed must be 1 or more"},
    {"volume_permille: 1000", "volume_permille: 1001",
     "volume_permille must be 0 to 1000, and is 1001"},
    {"  code: \"X21\"", "  code: \"X2\"", "banks[0].code must be"},
    {"  code: \"X21\"", "  code: \"012\"",
     "banks[0].code must begin with X (FPS) or 999 (IBPS): the bank is invented"},
    {"  leaves: \"2025-10-11\"", "  leaves: \"2025-10-02\"",
     "banks[2].leaves must be later than it joins"},
    {"  persons: 2000\n  institutions: 20", "  persons: 50001\n  institutions: 20",
     "banks[0].persons must be 0 to 50000, and is 50001"},
    {"  fps_agent: \"X21\"", "  fps_agent: \"X23\"",
     "link.fps_agent must be a bank that is there from the start"},
    {"  fps_agent: \"X21\"", "  fps_agent: \"999000000119\"",
     "link.fps_agent must be a bank of the agent's own rail"},
    {"regulars_orders_permille: 400      #", "regulars_orders_permille: 0      #",
     "hong_kong.regulars_orders_permille must be 0 where regulars_permille is, and only there"},
    {"  volumes { date: \"2025-10-12\"  orders_a_day: 1600 }",
     "  volumes { date: \"2025-09-29\"  orders_a_day: 1600 }",
     "traffic[0].volumes[1].date must be later than the one before"},
    {"  weekday_permille: [900, 900, ", "  weekday_permille: [900, ",
     "traffic[0].weekday_permille must hold seven, Monday first, or none"},
    {"hours { hour: 8 weight: 10 }  hours { hour: 12",
     "hours { hour: 8 weight: 10 }  hours { hour: 8",
     "traffic[0].hours[1].hour must be in the list once"},
    {"  bands { weight: 80  min_minor: 10000   max_minor: 100000 }",
     "  bands { weight: 80  min_minor: 10001   max_minor: 10009 }",
     "traffic[0].bands[0] must hold a multiple of each step"},
    {"  bands { weight: 20  min_minor: 100000  max_minor: 900000 }",
     "  bands { weight: 20  min_minor: 100000  max_minor: 900001 }",
     "traffic[0].bands[1].max_minor must be 100000 to 900000, and is 900001"},
    {"  direction: DIRECTION_DOMESTIC  service: SERVICE_DOMESTIC",
     "  direction: DIRECTION_DOMESTIC  service: SERVICE_P2P_REMITTANCE",
     "traffic[4].service must be SERVICE_DOMESTIC within a rail"},
    {"  direction: DIRECTION_SOUTHBOUND  service: SERVICE_P2P_REMITTANCE\n  volumes",
     "  direction: DIRECTION_NORTHBOUND  service: SERVICE_P2P_REMITTANCE\n  volumes",
     "traffic[1] must be the only one of its direction and service"},
    {"no_northbound: true }", "no_southbound: true  no_northbound: true leaves: \"2025-09-28\" }",
     "banks[5].leaves must be later than it joins"},
    {"until: \"2025-10-08\"", "until: \"2025-09-30\"",
     "seasons[0].until must not be before the first day"},
    {"  above_limit_minor: 1200000", "", "mistakes.above_limit_minor must be 1 to"},
    {"  margin_max_ppm: 4000 ", "  margin_max_ppm: 999 ",
     "exchange.margin_max_ppm must be 1000 to 100000, and is 999"},
    {"published_at: \"09:15\"", "published_at: \"24:15\"",
     "exchange.published_at must be a time of the day in UTC+8: \"09:15\""},
    {"banks: \"X21\"  banks: \"X22\"", "banks: \"999000000119\"",
     "funding[1].banks[0] must be a bank of this rail"},
    {"link_agent: true  currency: CURRENCY_CNY", "link_agent: true  currency: CURRENCY_HKD",
     "funding[0].currency must be CNY; for banks on FPS it may be HKD"},
    {"p99_us: 4000 }    #", "p99_us: 400 }    #",
     "network.bank.p99_us must be 800 to 3600000000, and is 400"},
    {"kind: BANK_SILENT  bank: \"X22\"", "kind: BANK_SILENT  bank: \"X99\"",
     "faults[0].bank must be the code of one of the banks"},
    {"until: \"2025-09-30 11:00\"", "until: \"2025-09-30 10:00\"",
     "faults[0].until must be later than the beginning"},
    {"kind: LINK_DOWN  from", "kind: LINK_DOWN  bank: \"X22\"  from",
     "faults[5].bank must be empty: this kind concerns no single bank"},
    {"enquiries_a_second: 50", "enquiries_a_second: 0",
     "faults[4].enquiries_a_second must be 1 to 100000, and is 0"},
    {"effective: \"2025-10-08 00:00\"", "effective: \"2025-10-05 00:00\"",
     "actions[0].effective must not be before it is done"},
};
INSTANTIATE_TEST_SUITE_P(Rules, BrokenLine, ::testing::ValuesIn(kBroken));

std::string temporary_file(const std::string& text) {
    std::string path = ::testing::TempDir() + "lowu-simulation-scenario-XXXXXX";
    const int descriptor = mkstemp(path.data());
    EXPECT_GE(descriptor, 0);
    close(descriptor);
    std::ofstream(path) << text;
    return path;
}

TEST_P(BrokenLine, IsNamedByPlaceFieldAndRule) {
    std::string text = text_of(path_of("example"));
    const std::size_t at = text.find(GetParam().line);
    ASSERT_NE(at, std::string::npos) << GetParam().line;
    text.replace(at, std::string(GetParam().line).size(), GetParam().instead);
    const std::string path = temporary_file(text);
    const auto scenario = load_scenario(path);
    std::remove(path.c_str());
    ASSERT_FALSE(scenario.ok());
    EXPECT_THAT(scenario.error().what, StartsWith(path + ":"));
    EXPECT_THAT(scenario.error().what, HasSubstr(GetParam().fault));
}

TEST(SimulationScenario, PlaceIsTheLineOfTheField) {
    std::string text = text_of(path_of("example"));
    const std::size_t at = text.find("enquiries_a_second: 50");
    text.replace(at, 22, "enquiries_a_second: 0 ");
    const auto lines = std::count(text.begin(), text.begin() + static_cast<long>(at), '\n') + 1;
    const std::string path = temporary_file(text);
    const auto scenario = load_scenario(path);
    std::remove(path.c_str());
    ASSERT_FALSE(scenario.ok());
    EXPECT_THAT(scenario.error().what, StartsWith(path + ":" + std::to_string(lines) + ":"));
}

// A bank with a real code, even where it is called invented, cannot be shown failing.
TEST(SimulationScenario, NoRealBankFails) {
    config::v1::SimulationScenario file = message_of("launch-day");
    auto& fault = *file.add_faults();
    fault.set_title("no");
    fault.set_kind(config::v1::SimulationFault::BANK_SILENT);
    fault.set_bank("012");
    fault.set_from("2025-06-22 10:00");
    fault.set_until("2025-06-22 11:00");
    auto read = read_scenario(file);
    ASSERT_TRUE(std::holds_alternative<rpc::ConfigFault>(read));
    EXPECT_EQ(std::get<rpc::ConfigFault>(read).field, "faults[0].bank");
    EXPECT_THAT(std::get<rpc::ConfigFault>(read).rule,
                EndsWith("no real institution is shown to fail"));
    file.mutable_banks(0)->set_invented(true);
    read = read_scenario(file);
    EXPECT_EQ(std::get<rpc::ConfigFault>(read).field, "banks[0].code");
}

TEST(SimulationScenario, OrdersNeedBanksOnBothEnds) {
    config::v1::SimulationScenario file = message_of("launch-day");
    for (auto& bank : *file.mutable_banks()) {
        if (bank.rail() == v1::RAIL_IBPS) bank.set_no_northbound(true);
    }
    const auto read = read_scenario(file);
    ASSERT_TRUE(std::holds_alternative<rpc::ConfigFault>(read));
    EXPECT_EQ(std::get<rpc::ConfigFault>(read).field, "traffic[0]");
    EXPECT_EQ(std::get<rpc::ConfigFault>(read).rule,
              "must have banks with customers on both ends on 2025-06-22");
}

TEST(SimulationScenario, MissingFileIsNamed) {
    const auto scenario = load_scenario("no/such.txtpb");
    ASSERT_FALSE(scenario.ok());
    EXPECT_EQ(scenario.error().kind, Error::Kind::kNotFound);
    EXPECT_THAT(scenario.error().what, StartsWith("no/such.txtpb: "));
}

}  // namespace
}  // namespace lowu::simulator
