// What the client knows of rules without a process: reason codes explained, parameters shown, typed
// and compared with a file, the command line of `lowu pay`, announcements in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/event_text.hpp"
#include "client/explain.hpp"
#include "client/iso_reason.hpp"
#include "client/parameters.hpp"
#include "client/pay_order.hpp"
#include "client/pay_text.hpp"
#include "client/scheme_text.hpp"
#include "client/words.hpp"
#include "common/scheme/return_reason.hpp"
#include "tests/support/process.hpp"

namespace lowu::client {
namespace {

using ::testing::HasSubstr;

TEST(Explain, EveryResultIsFoundByEachOfItsNames) {
    for (const scheme::ResultRow& row : scheme::result_table()) {
        if (row.result == scheme::ResultCode::kAccepted) continue;
        for (const std::string_view key : {row.name, row.fps_native, row.ibps_native}) {
            const auto found = find_results(key);
            ASSERT_EQ(found.size(), 1U) << key;
            EXPECT_EQ(found[0]->result, row.result) << key;
        }
        const std::string text = explanation_text({&row});
        EXPECT_THAT(text, HasSubstr(std::string(row.meaning)));
        EXPECT_THAT(text, HasSubstr(std::string(row.source)));
        EXPECT_THAT(all_results_text(), HasSubstr(std::string(row.name)));
        if (row.iso_code.empty()) continue;
        const auto definition = iso_reason_definition(row.iso_code);
        ASSERT_TRUE(definition.has_value()) << row.iso_code << " lacks the standard's definition";
        EXPECT_THAT(text, HasSubstr(std::string(*definition)));
        const auto by_iso = find_results(row.iso_code);
        EXPECT_TRUE(std::any_of(by_iso.begin(), by_iso.end(), [&](const auto* each) {
            return each == &row;
        })) << row.name;
    }
}

TEST(Explain, OneCodeOfManyRulesNamesAllInOrderAndDefinesItOnce) {
    const auto rows = find_results("am02");
    ASSERT_EQ(rows.size(), 2U);
    const std::string text = explanation_text(rows);
    EXPECT_THAT(text, HasSubstr("Here 2 rules"));
    EXPECT_LT(text.find("person_day_limit"), text.find("person_year_limit"));
    EXPECT_EQ(text.find("ISO 20022:"), text.rfind("ISO 20022:"));
    EXPECT_TRUE(find_results("").empty());
    EXPECT_TRUE(find_results("XX99").empty());
    EXPECT_TRUE(find_results("accepted").empty());
    EXPECT_EQ(iso_reason_definition("XX99"), std::nullopt);
}

TEST(Explain, EveryReasonToSendBackIsDefined) {
    for (const scheme::ReturnReason reason : scheme::kReturnReasons) {
        const auto definition = iso_return_definition(to_string(reason));
        ASSERT_TRUE(definition.has_value()) << to_string(reason);
        EXPECT_THAT(return_reason_text(to_string(reason)), HasSubstr(std::string(*definition)));
    }
    EXPECT_THAT(return_reason_text("md06"), HasSubstr("MD06"));
    EXPECT_EQ(return_reason_text("AM23"), "");
}

TEST(Parameters, ValuesStandInWords) {
    EXPECT_EQ(value_text("minute of the day", 420), "07:00");
    EXPECT_EQ(value_text("minute of the day", 1'440), "24:00");
    EXPECT_EQ(value_text("ms", 10'000), "10 s");
    EXPECT_EQ(value_text("ms", 600'000), "10 min");
    EXPECT_EQ(value_text("ms", 1'500), "");
    EXPECT_EQ(value_text("HKD cents", 1'000'000), "HKD 10000.00");
    EXPECT_EQ(value_text("CNY fen", 0), "no limit");
    EXPECT_EQ(value_text("1 = yes", 0), "no");
    EXPECT_EQ(value_text("sum of purposes", 2 + 8), "tuition, utility");
    EXPECT_EQ(value_text("sum of purposes", 0), "none");
    EXPECT_EQ(value_text("version", 3), "");
    EXPECT_EQ(value_with_words("minute of the day", 485), "485 (08:05)");
    EXPECT_EQ(value_with_words("minute of the day", -1), "none of its own");
}

TEST(Parameters, ValuesAreTakenAsPeopleTypeThem) {
    struct Typed {
        const char* unit;
        const char* text;
        std::int64_t value;
    };
    const Typed kGood[] = {{"ms", "1500", 1'500},
                           {"minute of the day", "07:00", 420},
                           {"minute of the day", "480", 480},
                           {"HKD cents", "20000.00", 2'000'000},
                           {"HKD cents", "20000", 20'000},
                           {"1 = yes", "yes", 1},
                           {"1 = yes", "no", 0},
                           {"CNY fen", "none", -1}};
    for (const Typed& each : kGood) {
        const auto value = parse_value(each.unit, each.text);
        ASSERT_TRUE(value.ok()) << each.text;
        EXPECT_EQ(*value, each.value) << each.text;
    }
    for (const auto& [unit, text] : {std::pair{"ms", "07:00"}, std::pair{"minute of the day", "7h"},
                                     std::pair{"minute of the day", "07:60"},
                                     std::pair{"version", "1.5"}, std::pair{"ms", ""}}) {
        const auto value = parse_value(unit, text);
        ASSERT_FALSE(value.ok()) << text;
        EXPECT_THAT(value.error().what, HasSubstr("value must be")) << text;
    }
}

v1::Parameter parameter(const std::string& name, v1::Rail rail, std::int64_t value,
                        const std::string& participant = "") {
    v1::Parameter made;
    made.set_name(name);
    made.set_rail(rail);
    if (name == "opens_at_minute") {
        made.set_direction(v1::DIRECTION_SOUTHBOUND);
        made.set_service(v1::SERVICE_P2P_REMITTANCE);
    }
    made.set_participant(participant);
    made.set_value(value);
    return made;
}

constexpr const char* kIcbc = "102100099996";
constexpr const char* kCmb = "308584000013";

v1::GetParametersResponse rules() {
    v1::GetParametersResponse all;
    const auto add = [&all](const v1::Parameter& made, const std::string& unit,
                            std::int64_t default_value, std::int64_t highest) {
        v1::ParameterState* state = all.add_parameters();
        *state->mutable_parameter() = made;
        state->set_unit(unit);
        state->set_default_value(default_value);
        state->set_highest(highest);
    };
    add(parameter("payee_deadline_ms", v1::RAIL_FPS, 10'000), "ms", 10'000, 86'400'000);
    add(parameter("payee_deadline_ms", v1::RAIL_IBPS, 12'000), "ms", 10'000, 86'400'000);
    add(parameter("opens_at_minute", v1::RAIL_IBPS, 420), "minute of the day", 420, 1'439);
    add(parameter("opens_at_minute", v1::RAIL_IBPS, 480, kIcbc), "minute of the day", 420, 1'439);
    return all;
}

TEST(Parameters, DifferencesAreTheFilesUnlessItIsComplete) {
    const std::vector<v1::Parameter> wanted = {
        parameter("opens_at_minute", v1::RAIL_IBPS, 430),
        parameter("opens_at_minute", v1::RAIL_IBPS, 540, kCmb)};
    const auto named = differences(rules(), wanted, false);
    ASSERT_EQ(named.size(), 2U);
    EXPECT_EQ(named[0].in_force, 420);
    EXPECT_EQ(named[0].wanted.value(), 430);
    EXPECT_EQ(named[0].unit, "minute of the day");
    EXPECT_EQ(named[1].in_force, std::nullopt) << "that bank has no own value";
    EXPECT_EQ(named[1].unit, "minute of the day");

    const auto all = differences(rules(), wanted, true);
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(place_text(all[2].wanted), "payee_deadline_ms on ibps");
    EXPECT_EQ(all[2].wanted.value(), 10'000) << "its default";
    EXPECT_EQ(place_text(all[3].wanted),
              std::string("opens_at_minute on ibps southbound p2p, ") + kIcbc + "'s own");
    EXPECT_EQ(all[3].wanted.value(), -1) << "taken back";
    EXPECT_FALSE(all[3].from_file);

    EXPECT_TRUE(
        differences(rules(), {parameter("opens_at_minute", v1::RAIL_IBPS, 420)}, false).empty());
}

TEST(Parameters, DeadlinesOfAConfigurationAreParametersOfBothRails) {
    config::v1::SwitchConfig config;
    config.mutable_deadlines()->set_payee_ms(11'000);
    *config.add_parameters() = parameter("payee_deadline_ms", v1::RAIL_IBPS, 12'000);
    const auto wanted = parameters_of(config);
    ASSERT_EQ(wanted.size(), 2U);
    EXPECT_EQ(wanted[0].value(), 12'000) << "what is named goes before";
    EXPECT_EQ(wanted[1].rail(), v1::RAIL_FPS);
    EXPECT_EQ(wanted[1].value(), 11'000);
}

TEST(Parameters, AFileIsRefusedByLineFieldAndRule) {
    struct Broken {
        const char* line;
        const char* named;
    };
    const Broken kBroken[] = {
        {"parameters { name: \"opens\" rail: RAIL_IBPS value: 1 }",
         ":2:14: parameters[0].name \"opens\" is no parameter"},
        {"parameters { name: \"opens_at_minute\" rail: RAIL_FPS value: 1 }",
         ":2:1: parameters[0] names a place that opens_at_minute does not have"},
        {"parameters { name: \"payee_deadline_ms\" rail: RAIL_FPS value: -1 }",
         "parameters[0].value must be 0 to 86400000 (ms)"},
        {"parameters { name: \"payee_deadline_ms\" rail: RAIL_FPS value: 1 }\n"
         "parameters { name: \"payee_deadline_ms\" rail: RAIL_FPS value: 2 }",
         ":3:1: parameters[1] names the same place as parameters[0]"},
        {"parametres {}", ":2:"}};
    const test::TempDirectory folder;
    const std::string file = folder.file("rules.txtpb");
    for (const Broken& each : kBroken) {
        test::write_file(file, std::string("# rules\n") + each.line + "\n");
        config::v1::SwitchConfig config;
        const auto loaded =
            rpc::load_text_config(file, config, [&] { return find_fault(config, rules()); });
        ASSERT_FALSE(loaded.ok()) << each.line;
        EXPECT_THAT(loaded.error().what, HasSubstr(each.named)) << each.line;
    }
}

TEST(Parameters, ALineForAFileComesBackTheSame) {
    std::string text;
    const v1::GetParametersResponse all = rules();
    for (const v1::ParameterState& state : all.parameters()) {
        text += config_line(state);
    }
    v1::ParameterState zero;
    *zero.mutable_parameter() = parameter("offered", v1::RAIL_FPS, 0);
    zero.set_unit("1 = yes");
    EXPECT_THAT(config_line(zero), HasSubstr("value: 0 }  # no"));
    const test::TempDirectory folder;
    test::write_file(folder.file("rules.txtpb"), text);
    config::v1::SwitchConfig config;
    ASSERT_TRUE(rpc::load_text_config(folder.file("rules.txtpb"), config).ok()) << text;
    EXPECT_TRUE(differences(rules(), parameters_of(config), true).empty()) << text;
}

PayOptions northbound() {
    PayOptions options;
    options.from = "012/PAYER";
    options.to = "102100099996/PAYEE";
    options.payee_name = "WANG Xiaoming";
    options.amount = "12.50";
    return options;
}

std::string refusal(const PayOptions& options) {
    const auto order = pay_order_of(options);
    return order.ok() ? "" : order.error().what;
}

TEST(PayOrder, TakesAnAmountInOneWay) {
    const auto plain = pay_order_of(northbound());
    ASSERT_TRUE(plain.ok()) << plain.error().what;
    EXPECT_TRUE(plain->crosses());
    EXPECT_FALSE(plain->names_hkd());
    EXPECT_TRUE(plain->may_pay_from_hkd());
    EXPECT_EQ(plain->request.amount_minor(), 1'250);
    EXPECT_FALSE(plain->request.uetr().empty());

    PayOptions from_hkd = northbound();
    from_hkd.amount.reset();
    EXPECT_THAT(refusal(from_hkd), HasSubstr("--amount is missing"));
    from_hkd.hkd = "100";
    const auto debited = pay_order_of(from_hkd);
    ASSERT_TRUE(debited.ok()) << debited.error().what;
    EXPECT_TRUE(debited->names_hkd());
    EXPECT_EQ(debited->request.currency(), v1::CURRENCY_HKD);

    PayOptions bill = from_hkd;
    bill.hkd.reset();
    bill.bill_hkd = "100";
    EXPECT_THAT(refusal(bill), HasSubstr("--bill-hkd is for bills in Hong Kong"));
    std::swap(bill.from, bill.to);
    EXPECT_EQ(refusal(bill), "");
    PayOptions wrong_way = from_hkd;
    std::swap(wrong_way.from, wrong_way.to);
    EXPECT_THAT(refusal(wrong_way), HasSubstr("--hkd is for payments from Hong Kong"));

    PayOptions quoted = northbound();
    quoted.amount.reset();
    quoted.quote_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    const auto with_quote = pay_order_of(quoted);
    ASSERT_TRUE(with_quote.ok()) << with_quote.error().what;
    EXPECT_EQ(with_quote->request.amount_minor(), 0);
    EXPECT_FALSE(with_quote->may_pay_from_hkd());
    quoted.quote_id = "quote";
    EXPECT_THAT(refusal(quoted), HasSubstr("--quote must"));
}

TEST(PayOrder, TakesAPayeeInOneWay) {
    PayOptions options = northbound();
    options.to.clear();
    EXPECT_THAT(refusal(options), HasSubstr("payee must be named"));
    options.payee_name.clear();
    options.proxy = "+86-13800138000";
    EXPECT_THAT(refusal(options), HasSubstr("--bank must name the payee's bank"));
    options.payee_bank = "102100099996";
    const auto by_mobile = pay_order_of(options);
    ASSERT_TRUE(by_mobile.ok()) << by_mobile.error().what;
    EXPECT_TRUE(by_mobile->by_proxy());
    EXPECT_TRUE(by_mobile->crosses());
    options.proxy = "someone@example.com";
    EXPECT_THAT(refusal(options), HasSubstr("proxy "));
    options.payee_bank = "0123";
    EXPECT_THAT(refusal(options), HasSubstr("--bank must be"));
    options.payee_bank.clear();
    const auto at_home = pay_order_of(options);
    ASSERT_TRUE(at_home.ok()) << at_home.error().what;
    EXPECT_FALSE(at_home->crosses()) << "the default receiver is in Hong Kong";
    options.proxy = "12";
    EXPECT_THAT(refusal(options), HasSubstr("proxy must be"));
    options.proxy_kind = "pigeon";
    EXPECT_THAT(refusal(options), HasSubstr("--proxy-kind must be"));

    PayOptions both = northbound();
    both.payee_bank = "012";
    EXPECT_THAT(refusal(both), HasSubstr("--bank goes with --proxy"));
}

TEST(PayOrder, NamesTheWordsItTakes) {
    PayOptions options = northbound();
    options.service = "p2b";
    EXPECT_THAT(refusal(options), HasSubstr("--service must be p2p, fee, b2p or domestic"));
    options.service = "fee_collection";
    options.purpose = "fun";
    EXPECT_THAT(refusal(options), HasSubstr("--purpose must be one of personal, tuition"));
    options.purpose = "medical";
    const auto order = pay_order_of(options);
    ASSERT_TRUE(order.ok()) << order.error().what;
    EXPECT_EQ(order->request.service(), v1::SERVICE_FEE_COLLECTION);
    EXPECT_EQ(order->request.purpose(), v1::PURPOSE_MEDICAL);
}

TEST(PayText, ShowsProxyQuoteAndWarning) {
    v1::ResolvePayeeResponse payee;
    payee.set_payee_agent("012");
    payee.set_display_name_en("Chan K*** Y***");
    payee.set_display_name_zh("陳**");
    payee.set_holder(v1::PARTY_KIND_PERSON);
    EXPECT_EQ(payee_text(payee), "Chan K*** Y*** (陳**), person, at 012 Bank of China (Hong Kong)");
    payee.set_payee_agent("XYZ");
    payee.set_payee_agent_name("Invented Bank");
    EXPECT_THAT(payee_text(payee), HasSubstr("at XYZ Invented Bank"));

    v1::QuoteOffer offer;
    offer.mutable_exchange()->set_hkd_minor(100'000);
    offer.mutable_exchange()->set_rate_e8(91'520'000);
    offer.set_cny_minor(91'520);
    offer.set_expires_ms(1'750'554'000'000);
    EXPECT_THAT(offer_text(offer, 0),
                HasSubstr("HKD 1000.00 at 0.9152 = CNY 915.20, holds until 2025-06-22 09:00:00"));
    EXPECT_EQ(rate_text(91'523'450), "0.9152345");
    EXPECT_EQ(rate_text(717'000'000), "7.1700");

    v1::Proxy proxy;
    proxy.set_kind(v1::PROXY_KIND_MOBILE);
    proxy.set_value("+852-91234567");
    EXPECT_THAT(suspicious_text(proxy), HasSubstr("High Risk"));
    EXPECT_THAT(suspicious_text(proxy), HasSubstr("mobile +852-91234567"));
}

TEST(PayText, ShowsWhatCameBack) {
    v1::Remittance remittance;
    remittance.set_status(v1::PAYMENT_STATUS_ACSC);
    remittance.set_currency(v1::CURRENCY_CNY);
    remittance.set_account_currency(v1::CURRENCY_HKD);
    remittance.set_account_amount_minor(100'000);
    remittance.set_outgoing(true);
    remittance.set_returned_minor(500);
    const std::string text = remittance_text(remittance);
    EXPECT_THAT(text, HasSubstr("account debited HKD 1000.00"));
    EXPECT_THAT(text, HasSubstr("of this, CNY 5.00 has been sent back"));
    remittance.set_returned_minor(0);
    remittance.set_original_uetr("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    remittance.set_return_reason_code("MD06");
    EXPECT_THAT(
        remittance_text(remittance),
        HasSubstr("sends back 7c9e6679-7425-40de-944b-e07fc1f90ae7: MD06, Return of funds"));
}

TEST(SchemeText, SaysWhoIsOffAndWhoTakesPartInWhat) {
    v1::ListParticipantsResponse response;
    v1::Participant* bank = response.add_participants();
    bank->set_code("012");
    bank->set_online(true);
    const v1::Service crossing[] = {v1::SERVICE_P2P_REMITTANCE, v1::SERVICE_FEE_COLLECTION,
                                    v1::SERVICE_BUSINESS_TO_PERSON};
    for (const v1::Service service : crossing) {
        v1::ServiceDirection* live = bank->add_live();
        live->set_direction(v1::DIRECTION_SOUTHBOUND);
        live->set_service(service);
    }
    EXPECT_THAT(participants_text(response, 0), HasSubstr("-           all         -         up"));
    bank->mutable_live()->RemoveLast();
    bank->set_logged_off(true);
    const std::string narrower = participants_text(response, 0);
    EXPECT_THAT(narrower, HasSubstr("p2p, fee"));
    EXPECT_THAT(narrower, HasSubstr("logged off"));
    bank->set_forced_off(true);
    EXPECT_THAT(participants_text(response, 0), HasSubstr("forced off"));
}

TEST(EventText, EveryKindSaysWhatHappened) {
    v1::SystemEvent event;
    *event.mutable_parameter() = parameter("opens_at_minute", v1::RAIL_IBPS, 480);
    event.mutable_reference_rate()->set_date("2025-06-23");
    event.mutable_reference_rate()->set_cny_per_hkd_e8(91'200'000);
    event.mutable_reference_rate()->set_cny_per_usd_e8(717'000'000);
    event.set_participant("012");
    event.set_effective_time_ms(1'750'554'000'000);
    const std::pair<v1::SystemEventKind, const char*> kKinds[] = {
        {v1::SYSTEM_EVENT_KIND_PARAMETER, "opens_at_minute on ibps southbound p2p is 480 (08:00)"},
        {v1::SYSTEM_EVENT_KIND_REFERENCE_RATE, "2025-06-23: 1 HKD = 0.9120 CNY, 1 USD = 7.1700"},
        {v1::SYSTEM_EVENT_KIND_LOGGED_OFF, "012 Bank of China (Hong Kong) is off"},
        {v1::SYSTEM_EVENT_KIND_LOGGED_ON, "is on again"},
        {v1::SYSTEM_EVENT_KIND_TIME_ADVANCED, "scheme time is 2025-06-22 09:00"},
        {v1::SYSTEM_EVENT_KIND_MISSED, "read the parameters anew"},
        {v1::SYSTEM_EVENT_KIND_TOKEN_KEY, "on ibps are under key version 480"}};
    for (const auto& [kind, text] : kKinds) {
        event.set_kind(kind);
        EXPECT_THAT(event_text(event), HasSubstr(text)) << word(kind);
        EXPECT_EQ(word(kind).find_first_of("0123456789"), std::string::npos);
    }
    event.set_kind(v1::SYSTEM_EVENT_KIND_LOGGED_OFF);
    event.set_forced(true);
    event.set_expected_back_ms(1'750'554'000'000);
    EXPECT_THAT(event_text(event), HasSubstr("by the operator, expected back 2025-06-22 09:00"));
}

}  // namespace
}  // namespace lowu::client
