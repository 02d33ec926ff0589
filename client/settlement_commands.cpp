// lowu statement, lowu position-history: an account of a rail's book over time. Called through
// commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/list_filter.hpp"
#include "client/settlement_query.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::client {

namespace {

struct StatementOptions {
    AccountOptions account;
    PeriodOptions period;
    std::string page_token;
    std::size_t limit = 100;
    bool all = false;
};

ExitCode statement(const Context& context, const StatementOptions& options) {
    const auto account = account_of(options.account);
    if (!account) return fail(context, account.error());
    const auto limit = list_limit_of(options.limit, options.all);
    if (!limit) return fail(context, limit.error());
    const SwitchClient central(context.addresses.switch_address);
    const auto period = period_of(options.period, central);
    if (!period) return fail(context, period.error());
    v1::GetStatementRequest request;
    *request.mutable_account() = *account;
    request.set_from_ms(period->from_ms);
    request.set_before_ms(period->before_ms);
    request.set_page_token(options.page_token);
    const auto response = central.statement(request, *limit);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << statement_text(*account, *response);
    }
    const auto fault = statement_fault(*response);
    if (!fault) return ExitCode::kDone;
    (void)fail(context, {Error::Kind::kCorrupt, "the statement does not add up: " + *fault});
    return ExitCode::kDiffers;
}

// A day by default: the oldest week of a long log is seldom meant.
Result<Period> history_period(const PeriodOptions& options, const SwitchClient& central) {
    if (!options.from.empty()) return period_of(options, central);
    return period_of({"00:00", options.before}, central);
}

ExitCode position_history(const Context& context, const AccountOptions& options,
                          const PeriodOptions& period_options) {
    const auto account = account_of(options);
    if (!account) return fail(context, account.error());
    const SwitchClient central(context.addresses.switch_address);
    const auto period = history_period(period_options, central);
    if (!period) return fail(context, period.error());
    v1::ListPositionHistoryRequest request;
    *request.mutable_account() = *account;
    request.set_from_ms(period->from_ms);
    request.set_before_ms(period->before_ms);
    const auto response = central.position_history(request);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << history_text(*account, *response);
    }
    return ExitCode::kDone;
}

void add_account_options(Command& command, AccountOptions& options) {
    command.add_option("owner", options.owner, "Code of the bank that owns the account")
        ->required();
    command.add_option("--rail", options.rail, "fps or ibps; default: that of the code");
    command.add_option("--currency", options.currency, "CNY, or HKD on fps")->capture_default_str();
    command.add_flag("--link-agent", options.link_agent,
                     "The account that the bank keeps as the link's agent");
}

}  // namespace

void add_statement(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "statement", "Entries of a bank's account at its rail, each with the balance behind it");
    const auto options = std::make_shared<StatementOptions>();
    add_account_options(*command, options->account);
    add_period_options(*command, options->period, "booked");
    Option* limit =
        command->add_option("--limit", options->limit, "At most so many")->capture_default_str();
    command->add_flag("--all", options->all, "All of them, at most 1,000,000")->excludes(limit);
    command->add_option("--page-token", options->page_token,
                        "Go on behind an earlier statement, which says this token at its end");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "Oldest first; opening and closing balance are those around the entries shown. "
               "Exit code 5:\nbalances and entries do not add up.\n\n"
               "Examples:\n"
               "  lowu statement 012\n"
               "  lowu statement 012 --currency HKD --from 09:00 --before 12:00\n"
               "  lowu statement 104100000004 --link-agent --all");
    command->callback([&context, options] {
        context.run = [&context, options] { return statement(context, *options); };
    });
}

void add_position_history(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "position-history", "How a bank's position moved: balances every five minutes");
    const auto account = std::make_shared<AccountOptions>();
    const auto period = std::make_shared<PeriodOptions>();
    add_account_options(*command, *account);
    command->add_option("--from", period->from,
                        "From this time on, UTC+8: \"2025-06-22 12:00\", or 12:00 for today; "
                        "default: today from 00:00");
    command->add_option("--before", period->before, "Up to this time, as --from; default: now");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "A slot in which nothing happened is left out; at most a week is shown. The bar "
               "goes from the\nlowest to the highest balance of the period.\n\n"
               "Examples:\n"
               "  lowu position-history 102100099996\n"
               "  lowu position-history 012 --link-agent --from \"2025-06-22 09:00\"");
    command->callback([&context, account, period] {
        context.run = [&context, account, period] {
            return position_history(context, *account, *period);
        };
    });
}

}  // namespace lowu::client
