// lowu quota, lowu prior-use: what a person has used and has left. Called through commands.hpp;
// main thread.
#include <iostream>
#include <memory>

#include "client/bank_account.hpp"
#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/words.hpp"
#include "common/scheme/person_token.hpp"

namespace lowu::client {

namespace {

struct PersonOptions {
    std::string account;
    std::string token;
    std::string rail;
    std::uint32_t token_version = 1;
};

struct PriorUseOptions {
    PersonOptions person;
    std::int32_t year = 0;
    std::string usd;
    std::string hkd;
};

// A person is known to a rail by a token; the bank of an account knows its holder's.
Result<v1::PersonRef> person_of_account(const Network& network, const std::string& text) {
    const auto of = parse_bank_account("account", text);
    if (!of) return of.error();
    const auto found = network.banks_of(of->rail).account(of->bank, of->account);
    if (!found) return found.error();
    const v1::Account& account = found->account();
    const auto token = scheme::parse_person_token_hex(account.person_token());
    if (!token) {
        const std::string why = account.holder() == v1::PARTY_KIND_PERSON
                                    ? "has a holder whom the bank has made no token for"
                                    : "is held by a " + word(account.holder());
        return usage_error("account", "must be a person's: " + text + " " + why);
    }
    v1::PersonRef person;
    person.set_rail(to_proto(of->rail));
    const auto bytes = scheme::person_token_bytes(*token);
    person.set_token(bytes.data(), bytes.size());
    person.set_token_version(account.token_version());
    return person;
}

Result<v1::PersonRef> person_of_token(const PersonOptions& options) {
    const auto token = scheme::parse_person_token_hex(options.token);
    if (!token) return usage_error("--token", "must be 32 hexadecimal digits");
    const auto rail = parse_rail_word("--rail", options.rail);
    if (!rail) return rail.error();
    if (*rail == v1::RAIL_UNSPECIFIED) {
        return usage_error("--rail", "must say with --token whose register is meant: fps or ibps");
    }
    v1::PersonRef person;
    person.set_rail(*rail);
    const auto bytes = scheme::person_token_bytes(*token);
    person.set_token(bytes.data(), bytes.size());
    person.set_token_version(options.token_version);
    return person;
}

Result<v1::PersonRef> person_of(const Network& network, const PersonOptions& options) {
    if (options.account.empty() == options.token.empty()) {
        return usage_error("person", "must be named by either BANK/ACCOUNT or --token");
    }
    return options.token.empty() ? person_of_account(network, options.account)
                                 : person_of_token(options);
}

std::string token_text(const v1::PersonRef& person) {
    const auto token = scheme::parse_person_token(person.token());
    return (token ? scheme::format_person_token(*token) : "") + " (key version " +
           std::to_string(person.token_version()) + ") on " + word(person.rail());
}

// What is left of a limit; nothing where there is none.
std::string left_text(std::int64_t limit_minor, std::int64_t taken_minor) {
    return limit_minor == 0 ? "" : amount_text(limit_minor - taken_minor);
}

std::string uses_text(const v1::GetQuotaResponse& response) {
    Table table({{"institution"},
                 {"of"},
                 {"in"},
                 {"used", true},
                 {"held by pending", true},
                 {"used elsewhere", true},
                 {"limit", true},
                 {"left", true}});
    const auto limit_text = [](std::int64_t limit_minor) {
        return limit_minor == 0 ? "none here" : amount_text(limit_minor);
    };
    for (const v1::QuotaUse& use : response.uses()) {
        const std::string who = use.participant().empty() ? "all" : bank_text(use.participant());
        table.add(
            {who, use.day(), use.day_unit(), amount_text(use.day_used_minor()),
             amount_text(use.day_reserved_minor()), "", limit_text(use.day_limit_minor()),
             left_text(use.day_limit_minor(), use.day_used_minor() + use.day_reserved_minor())});
        table.add(
            {"", std::to_string(use.year()), use.year_unit(), amount_text(use.year_used_minor()),
             amount_text(use.year_reserved_minor()), amount_text(use.year_prior_minor()),
             limit_text(use.year_limit_minor()),
             left_text(use.year_limit_minor(), use.year_used_minor() + use.year_reserved_minor() +
                                                   use.year_prior_minor())});
    }
    return table.text() + "A limit holds where it stands: over all institutions, or at each.\n";
}

ExitCode quota(const Context& context, const PersonOptions& options) {
    const Network network(context.addresses);
    const auto person = person_of(network, options);
    if (!person) return fail(context, person.error());
    const auto response = network.central().quota(*person);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << "Person " << token_text(*person) << "\n" << uses_text(*response);
    }
    return ExitCode::kDone;
}

ExitCode prior_use(const Context& context, const PriorUseOptions& options) {
    if (options.usd.empty() == options.hkd.empty()) {
        return fail(context, usage_error("amount",
                                         "must be either --usd (a person on ibps) or "
                                         "--hkd (on fps)"));
    }
    const std::string option = options.usd.empty() ? "--hkd" : "--usd";
    const std::string& text = options.usd.empty() ? options.hkd : options.usd;
    // Zero takes back what was said before.
    const auto amount = text == "0" ? Result<std::int64_t>(0) : parse_money(option, text);
    if (!amount) return fail(context, amount.error());
    const Network network(context.addresses);
    const auto person = person_of(network, options.person);
    if (!person) return fail(context, person.error());
    const bool in_usd = person->rail() == v1::RAIL_IBPS;
    if (in_usd == options.usd.empty()) {
        return fail(context, usage_error(option, in_usd ? "must be --usd: the year's quota of a "
                                                          "person on ibps is in USD"
                                                        : "must be --hkd: the year's quota of a "
                                                          "person on fps is in HKD"));
    }
    v1::SetPriorUseRequest request;
    *request.mutable_person() = *person;
    request.set_year(options.year);
    request.set_amount_minor(*amount);
    const auto set = network.central().set_prior_use(request);
    if (!set) return fail(context, set.error());
    if (context.json) {
        print_json(to_json(request));
    } else {
        std::cout << "Person " << token_text(*person) << ": " << (in_usd ? "USD " : "HKD ")
                  << amount_text(*amount) << " used through other channels in " << options.year
                  << ".\n";
    }
    return ExitCode::kDone;
}

void add_person_options(Command& command, PersonOptions& options) {
    command.add_option("account", options.account, "BANK/ACCOUNT of the person");
    command.add_option("--token", options.token, "Or the person's token, 32 hexadecimal digits");
    command.add_option("--rail", options.rail, "With --token: whose register, fps or ibps");
    command
        .add_option("--token-version", options.token_version,
                    "With --token: version of the key it was made with")
        ->capture_default_str();
}

}  // namespace

void add_quota(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "quota", "What a person has used of the day's and the year's limits, and has left");
    const auto options = std::make_shared<PersonOptions>();
    add_person_options(*command, *options);
    add_json_option(*command, context);
    add_switch_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Examples:\n"
               "  lowu quota 102100099996/6222020200010001\n"
               "  lowu quota --token 00112233445566778899aabbccddeeff --rail ibps");
    command->callback([&context, options] {
        context.run = [&context, options] { return quota(context, *options); };
    });
}

void add_prior_use(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "prior-use", "Says what a person has used of a year's quota through other channels");
    const auto options = std::make_shared<PriorUseOptions>();
    add_person_options(*command, options->person);
    command->add_option("--year", options->year, "This year, or the next")->required();
    command->add_option("--usd", options->usd,
                        "A person on ibps: in USD, in the place of what was said");
    command->add_option("--hkd", options->hkd, "A person on fps: in HKD");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Example:\n  lowu prior-use 102100099996/6222020200010001 --year 2025 --usd 45000");
    command->callback([&context, options] {
        context.run = [&context, options] { return prior_use(context, *options); };
    });
}

}  // namespace lowu::client
