// lowu accounts, lowu open-account: customers' accounts at the simulated banks. Called through
// commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/bank_account.hpp"
#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/words.hpp"
#include "common/money/amount.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/names.hpp"

namespace lowu::client {

namespace {

struct AccountsOptions {
    std::string which;
    std::size_t limit = 100;
};

struct OpenOptions {
    std::string account;
    std::string name_en;
    std::string name_zh;
    std::string currency = "CNY";
    std::string opening_balance = "0";
    std::string holder;
    std::string document;
    std::string document_number;
};

std::string accounts_text(const std::vector<v1::Account>& accounts) {
    Table table({{"bank"},
                 {"account"},
                 {"ccy"},
                 {"balance", true},
                 {"owner"},
                 {"姓名"},
                 {"holder"},
                 {"proxies"}});
    for (const v1::Account& account : accounts) {
        std::string proxies;
        for (const v1::Proxy& proxy : account.proxies()) {
            proxies += (proxies.empty() ? "" : ", ") + proxy.value();
        }
        table.add({bank_text(account.bank()), account.account(), word(account.currency()),
                   amount_text(account.balance_minor()), account.name_en(), account.name_zh(),
                   word(account.holder()), proxies});
    }
    return table.text();
}

// How the rails know the holder; the document's number stays with the bank.
std::string identity_text(const v1::Account& account) {
    if (account.person_token().empty()) return "";
    return "Person with " + word(account.document()) + ", known to the rail as " +
           account.person_token() + " (key version " + std::to_string(account.token_version()) +
           ")\n";
}

// What a bank holds (or, below zero, lacks) that is on none of its accounts.
struct Unapplied {
    std::string bank;
    v1::Currency currency;
    std::int64_t amount_minor;
};

Result<std::vector<Unapplied>> read_unapplied(const Network& network, const std::string& bank,
                                              scheme::Rail rail) {
    const auto books = network.banks_of(rail).books();
    if (!books) return books.error();
    std::vector<Unapplied> found;
    for (const v1::BankBooks& of : *books) {
        if (!bank.empty() && of.bank() != bank) continue;
        for (const v1::LedgerBalance& account : of.accounts()) {
            const std::int64_t held_minor = account.credits_minor() - account.debits_minor();
            if (account.name() == "unapplied" && held_minor != 0)
                found.push_back({of.bank(), account.currency(), held_minor});
        }
    }
    return found;
}

ExitCode show_statement(const Context& context, const BankAccount& of) {
    const Network network(context.addresses);
    const auto response = network.banks_of(of.rail).account(of.bank, of.account);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
        return ExitCode::kDone;
    }
    std::cout << accounts_text({response->account()}) << identity_text(response->account()) << "\n";
    Table table({{"entry", true},
                 {"time UTC+8"},
                 {"debit"},
                 {"credit"},
                 {"amount", true},
                 {"text"},
                 {"uetr"}});
    for (const v1::Entry& entry : response->statement()) {
        table.add({std::to_string(entry.number()),
                   entry.scheme_time_ms() == 0 ? "" : time_text(entry.scheme_time_ms()),
                   entry.debit_account(), entry.credit_account(), amount_text(entry.amount_minor()),
                   entry.text(), entry.uetr()});
    }
    std::cout << table.text();
    return ExitCode::kDone;
}

struct AccountsRead {
    std::vector<v1::Account> accounts;
    std::vector<Unapplied> unapplied;
};

// Of one bank, or of all: both sides, one after the other, until there are as many as asked for.
Result<AccountsRead> read_accounts(const Context& context, const AccountsOptions& options) {
    const Network network(context.addresses);
    std::vector<scheme::Rail> rails = {scheme::Rail::kFps, scheme::Rail::kIbps};
    if (!options.which.empty()) {
        const auto rail = parse_bank_code("bank", options.which);
        if (!rail) return rail.error();
        rails = {*rail};
    }
    AccountsRead read;
    for (const scheme::Rail rail : rails) {
        const std::size_t left = options.limit - read.accounts.size();
        if (left > 0) {
            const auto more = network.banks_of(rail).accounts(options.which, left);
            if (!more) return more.error();
            read.accounts.insert(read.accounts.end(), more->begin(), more->end());
        }
        const auto unapplied = read_unapplied(network, options.which, rail);
        if (!unapplied) return unapplied.error();
        read.unapplied.insert(read.unapplied.end(), unapplied->begin(), unapplied->end());
    }
    return read;
}

Json accounts_json(const AccountsRead& read) {
    Json list = Json::array();
    for (const v1::Account& account : read.accounts) {
        list.push_back(to_json(account));
    }
    Json unapplied = Json::array();
    for (const Unapplied& each : read.unapplied) {
        unapplied.push_back({{"bank", each.bank},
                             {"currency", v1::Currency_Name(each.currency)},
                             {"amount_minor", std::to_string(each.amount_minor)}});
    }
    return {{"accounts", list}, {"unapplied", unapplied}};
}

ExitCode accounts(const Context& context, const AccountsOptions& options) {
    if (options.which.find('/') != std::string::npos) {
        const auto of = parse_bank_account("account", options.which);
        return of ? show_statement(context, *of) : fail(context, of.error());
    }
    if (options.limit == 0) return fail(context, usage_error("--limit", "must be at least 1"));
    const auto read = read_accounts(context, options);
    if (!read) return fail(context, read.error());
    if (context.json) {
        print_json(accounts_json(*read));
        return ExitCode::kDone;
    }
    std::cout << accounts_text(read->accounts);
    for (const Unapplied& each : read->unapplied) {
        std::cout << bank_text(each.bank) << ": unapplied, on nobody's account: "
                  << amount_text(each.currency, each.amount_minor) << "\n";
    }
    if (read->accounts.size() == options.limit) std::cout << "There may be more: --limit\n";
    return ExitCode::kDone;
}

Result<v1::OpenAccountRequest> request_of(const OpenOptions& options, const BankAccount& of) {
    v1::OpenAccountRequest request;
    const auto currency = money::parse_currency(options.currency);
    if (!currency) return usage_error("--currency", "must be CNY or HKD");
    const auto balance = money::parse_amount(options.opening_balance);
    if (!balance) return usage_error("--opening-balance", balance.broken_rule);
    if (const auto fault = scheme::check_name(options.name_en, scheme::Field::kAccountHolder)) {
        return usage_error("--name", fault->rule);
    }
    const auto fault = scheme::check_name(options.name_zh, scheme::Field::kAccountHolder);
    if (!options.name_zh.empty() && fault) return usage_error("--name-zh", fault->rule);
    const auto holder = parse_party_word("--holder", options.holder);
    if (!holder) return holder.error();
    const auto document = parse_document_word("--document", options.document);
    if (!document) return document.error();
    v1::Account& account = *request.mutable_account();
    account.set_holder(*holder);
    account.set_document(*document);
    account.set_document_number(options.document_number);
    account.set_bank(of.bank);
    account.set_account(of.account);
    account.set_currency(*currency == money::Currency::kCny ? v1::CURRENCY_CNY : v1::CURRENCY_HKD);
    account.set_name_en(options.name_en);
    account.set_name_zh(options.name_zh);
    request.set_opening_balance_minor(balance.amount->value);
    return request;
}

ExitCode open_account(const Context& context, const OpenOptions& options) {
    const auto of = parse_bank_account("account", options.account);
    if (!of) return fail(context, of.error());
    const auto request = request_of(options, *of);
    if (!request) return fail(context, request.error());
    const Network network(context.addresses);
    const auto opened = network.banks_of(of->rail).open_account(*request);
    if (!opened) return fail(context, opened.error());
    if (context.json) {
        print_json(to_json(*opened));
    } else {
        std::cout << accounts_text({*opened});
    }
    return ExitCode::kDone;
}

}  // namespace

void add_accounts(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "accounts", "Customers' accounts at the simulated banks, or one with its statement");
    const auto options = std::make_shared<AccountsOptions>();
    command->add_option("which", options->which,
                        "BANK (a code): that bank only; BANK/ACCOUNT: one account and its entries");
    command->add_option("--limit", options->limit, "At most so many")->capture_default_str();
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Money that a bank holds on nobody's account (unapplied) is named below them.\n\n"
               "Example:\n  lowu accounts 012\n  lowu accounts --limit 1000 --json");
    command->callback([&context, options] {
        context.run = [&context, options] { return accounts(context, *options); };
    });
}

void add_open_account(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("open-account", "Opens a customer's account at a simulated bank");
    const auto options = std::make_shared<OpenOptions>();
    command->add_option("account", options->account, "BANK/ACCOUNT")->required();
    command->add_option("--name", options->name_en, "Owner, in Latin letters")->required();
    command->add_option("--name-zh", options->name_zh, "Owner, in Chinese");
    command->add_option("--currency", options->currency, "CNY or HKD")->capture_default_str();
    command->add_option("--opening-balance", options->opening_balance, "Paid in at opening")
        ->capture_default_str();
    command->add_option("--holder", options->holder,
                        "person, company or institution (registered for fees); default: person");
    command->add_option(
        "--document", options->document,
        "Of a person: hkid, mainland_id or other; default: that of the bank's side");
    command->add_option("--document-number", options->document_number,
                        "Of a person; the same at two banks is one person; default: made up");
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Example:\n  lowu open-account 012/012-875-30001 --name \"CHAN Tai Man\" "
               "--name-zh 陳大文 --opening-balance 5000.00");
    command->callback([&context, options] {
        context.run = [&context, options] { return open_account(context, *options); };
    });
}

}  // namespace lowu::client
