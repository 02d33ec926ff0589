// lowu resolve, lowu proxy: the directories of proxies. Called through commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/bank_account.hpp"
#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/pay_text.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

struct ResolveOptions {
    std::string proxy;
    std::string kind;
    std::string from;
    std::string payee_bank;
};

struct ListOptions {
    std::string bank;
    std::size_t limit = 100;
};

struct ProxyOptions {
    std::string which;  // BANK/ACCOUNT, or BANK
    std::string proxy;
    std::string kind;
    std::string rail;
    bool default_receiver = false;
    bool no_cross_boundary = false;
};

// ---- resolve ----

// Both answers say the same; the customer's is shown.
v1::ResolvePayeeResponse as_payee(const v1::ResolveProxyResponse& answer) {
    v1::ResolvePayeeResponse payee;
    *payee.mutable_payee_proxy() = answer.payee_proxy();
    payee.set_payee_agent(answer.payee_agent());
    payee.set_payee_agent_name(answer.payee_agent_name());
    payee.set_display_name_en(answer.display_name_en());
    payee.set_display_name_zh(answer.display_name_zh());
    payee.set_holder(answer.holder());
    payee.set_suspicious(answer.suspicious());
    return payee;
}

Result<v1::ResolvePayeeResponse> ask_bank(const Network& network, const BankAccount& from,
                                          const v1::Proxy& proxy, const std::string& payee_bank) {
    v1::ResolvePayeeRequest request;
    request.set_bank(from.bank);
    request.set_payer_account(from.account);
    *request.mutable_proxy() = proxy;
    request.set_payee_agent(payee_bank);
    return network.banks_of(from.rail).resolve(request);
}

Result<v1::ResolvePayeeResponse> ask_switch(const Network& network, const ResolveOptions& options,
                                            bool domestic, const v1::Proxy& proxy) {
    v1::ResolveProxyRequest request;
    request.set_participant(options.from);
    *request.mutable_proxy() = proxy;
    request.set_payee_agent(options.payee_bank);
    request.set_domestic(domestic);
    const auto answer = network.central().resolve_proxy(request);
    if (!answer) return answer.error();
    return as_payee(*answer);
}

Result<v1::ResolvePayeeResponse> find_payee(const Network& network, const ResolveOptions& options) {
    const bool by_customer = options.from.find('/') != std::string::npos;
    const auto from =
        parse_bank_account("--from", by_customer ? options.from : options.from + "/-");
    if (!from) return from.error();
    // Without a bank's name a proxy means its default receiver, which only the FPS has.
    scheme::Rail payee_rail = scheme::Rail::kFps;
    if (!options.payee_bank.empty()) {
        const auto rail = parse_bank_code("--bank", options.payee_bank);
        if (!rail) return rail.error();
        payee_rail = *rail;
    } else if (is_mainland_mobile(options.proxy)) {
        return usage_error("--bank", kMainlandBankRule);
    }
    const auto proxy = parse_proxy(payee_rail, options.kind, options.proxy);
    if (!proxy) return proxy.error();
    if (by_customer) return ask_bank(network, *from, *proxy, options.payee_bank);
    return ask_switch(network, options, payee_rail == from->rail, *proxy);
}

ExitCode resolve(const Context& context, const ResolveOptions& options) {
    const Network network(context.addresses);
    const auto payee = find_payee(network, options);
    if (!payee) return fail(context, payee.error());
    if (context.json) {
        print_json(to_json(*payee));
        return ExitCode::kDone;
    }
    std::cout << payee_text(*payee) << "\n  reference " << payee->payee_proxy().reference() << "\n";
    if (payee->suspicious()) {
        std::cout << suspicious_text(payee->payee_proxy().proxy()) << "\n";
    }
    return ExitCode::kDone;
}

// ---- proxy list, register, remove, warn, unwarn ----

ExitCode list_proxies(const Context& context, const ListOptions& options) {
    if (options.limit == 0) return fail(context, usage_error("--limit", "must be at least 1"));
    const SwitchClient central(context.addresses.switch_address);
    if (const auto known = central.check_participant("bank", options.bank); !known) {
        return fail(context, known.error());
    }
    const auto response = central.proxies(options.bank, options.limit);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
        return ExitCode::kDone;
    }
    Table table({{"kind"},
                 {"proxy"},
                 {"bank"},
                 {"default"},
                 {"across the boundary"},
                 {"masked name"},
                 {"姓名"},
                 {"holder"},
                 {"reference", true}});
    for (const v1::ProxyRegistration& each : response->registrations()) {
        table.add({word(each.proxy().kind()), each.proxy().value(), bank_text(each.participant()),
                   each.default_receiver() ? "yes" : "",
                   each.cross_boundary() ? Cell("yes") : Cell("no", Colour::kYellow),
                   each.display_name_en(), each.display_name_zh(), word(each.holder()),
                   std::to_string(each.reference())});
    }
    std::cout << table.text() << response->registrations_size() << " shown; "
              << response->held_total() << " held in all\n";
    return ExitCode::kDone;
}

ExitCode register_proxy(const Context& context, const ProxyOptions& options) {
    const auto of = parse_bank_account("account", options.which);
    if (!of) return fail(context, of.error());
    const auto proxy = parse_proxy(of->rail, options.kind, options.proxy);
    if (!proxy) return fail(context, proxy.error());
    v1::RegisterAccountProxyRequest request;
    request.set_bank(of->bank);
    request.set_account(of->account);
    *request.mutable_proxy() = *proxy;
    request.set_default_receiver(options.default_receiver);
    request.set_no_cross_boundary(options.no_cross_boundary);
    const Network network(context.addresses);
    const auto done = network.banks_of(of->rail).register_proxy(request);
    if (!done) return fail(context, done.error());
    if (context.json) {
        print_json(to_json(*done));
        return ExitCode::kDone;
    }
    std::cout << proxy_text(*proxy) << " stands for " << of->bank << "/" << of->account
              << "; payers see " << done->display_name_en();
    if (!done->display_name_zh().empty()) std::cout << " (" << done->display_name_zh() << ")";
    std::cout << "\n  reference " << done->reference()
              << (done->default_receiver() ? ", the default receiver" : "")
              << (options.no_cross_boundary ? ", not from across the boundary" : "") << "\n";
    return ExitCode::kDone;
}

ExitCode remove_proxy(const Context& context, const ProxyOptions& options) {
    const auto rail = parse_bank_code("bank", options.which);
    if (!rail) return fail(context, rail.error());
    const auto proxy = parse_proxy(*rail, options.kind, options.proxy);
    if (!proxy) return fail(context, proxy.error());
    v1::RemoveAccountProxyRequest request;
    request.set_bank(options.which);
    *request.mutable_proxy() = *proxy;
    const Network network(context.addresses);
    const auto removed = network.banks_of(*rail).remove_proxy(request);
    if (!removed) return fail(context, removed.error());
    if (context.json) {
        print_json(to_json(request));
    } else {
        std::cout << proxy_text(*proxy) << " no longer stands for an account of "
                  << bank_text(options.which) << ".\n";
    }
    return ExitCode::kDone;
}

ExitCode warn(const Context& context, const ProxyOptions& options, bool suspicious) {
    // A Mainland mobile number is the Mainland's; everything else is Hong Kong's.
    const std::string guessed = is_mainland_mobile(options.proxy) ? "ibps" : "fps";
    const auto rail = parse_rail_word("--rail", options.rail.empty() ? guessed : options.rail);
    if (!rail) return fail(context, rail.error());
    const auto proxy = parse_proxy(*rail == v1::RAIL_FPS ? scheme::Rail::kFps : scheme::Rail::kIbps,
                                   options.kind, options.proxy);
    if (!proxy) return fail(context, proxy.error());
    v1::SetProxyWarningRequest request;
    request.set_rail(*rail);
    *request.mutable_proxy() = *proxy;
    request.set_suspicious(suspicious);
    const SwitchClient central(context.addresses.switch_address);
    const auto set = central.set_proxy_warning(request);
    if (!set) return fail(context, set.error());
    if (context.json) {
        print_json(to_json(request));
    } else {
        std::cout << proxy_text(*proxy)
                  << (suspicious ? " is on the list of suspicious proxies of "
                                 : " is not on the list of suspicious proxies of ")
                  << word(*rail) << (suspicious ? ": payers are warned.\n" : ".\n");
    }
    return ExitCode::kDone;
}

void add_proxy_options(Command& command, ProxyOptions& options) {
    command
        .add_option("proxy", options.proxy,
                    "Mobile number (+852-91234567), e-mail address or FPS ID")
        ->required();
    command.add_option("--proxy-kind", options.kind,
                       "mobile, email or fps_id; default: what it looks like");
}

void add_proxy_list(Command& group, Context& context) {
    Command* command = group.add_subcommand("list", "What is registered, from the switch");
    const auto options = std::make_shared<ListOptions>();
    command->add_option("bank", options->bank, "Code of one bank; default: all");
    command->add_option("--limit", options->limit, "At most so many")->capture_default_str();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, "Example:\n  lowu proxy list 012");
    command->callback([&context, options] {
        context.run = [&context, options] { return list_proxies(context, *options); };
    });
}

void add_register(Command& group, Context& context) {
    Command* command = group.add_subcommand(
        "register", "Registers a proxy for a customer's account, or changes it");
    const auto options = std::make_shared<ProxyOptions>();
    command->add_option("account", options->which, "BANK/ACCOUNT")->required();
    add_proxy_options(*command, *options);
    command->add_flag("--default", options->default_receiver,
                      "Hong Kong: becomes the default receiver of this proxy");
    command->add_flag("--no-cross-boundary", options->no_cross_boundary,
                      "Takes no payments from across the boundary");
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Example:\n  lowu proxy register 012/012-875-10001 +852-91234567 --default");
    command->callback([&context, options] {
        context.run = [&context, options] { return register_proxy(context, *options); };
    });
}

void add_remove(Command& group, Context& context) {
    Command* command = group.add_subcommand("remove", "Takes a bank's registration out");
    const auto options = std::make_shared<ProxyOptions>();
    command->add_option("bank", options->which, "Code of the bank")->required();
    add_proxy_options(*command, *options);
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command, "Example:\n  lowu proxy remove 012 +852-91234567");
    command->callback([&context, options] {
        context.run = [&context, options] { return remove_proxy(context, *options); };
    });
}

void add_warning(Command& group, Context& context, const char* name, const char* about,
                 bool suspicious) {
    Command* command = group.add_subcommand(name, about);
    const auto options = std::make_shared<ProxyOptions>();
    add_proxy_options(*command, *options);
    command->add_option("--rail", options->rail,
                        "Whose list, fps or ibps; default: ibps for +86-, else fps");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, std::string("Example:\n  lowu proxy ") + name + " +852-91234567");
    command->callback([&context, options, suspicious] {
        context.run = [&context, options, suspicious] {
            return warn(context, *options, suspicious);
        };
    });
}

}  // namespace

void add_resolve(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("resolve", "Whom a proxy stands for: the payee's bank and masked name");
    const auto options = std::make_shared<ResolveOptions>();
    command->add_option("proxy", options->proxy, "Mobile number, e-mail address or FPS ID")
        ->required();
    command->add_option("--proxy-kind", options->kind,
                        "mobile, email or fps_id; default: what it looks like");
    command
        ->add_option("--from", options->from,
                     "Who asks: BANK/ACCOUNT (a customer, through the bank) or BANK (the switch is "
                     "asked)")
        ->required();
    command->add_option("--bank", options->payee_bank,
                        "Code of the payee's bank, needed for the Mainland; default: the default "
                        "receiver (Hong Kong)");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Exit codes: 0 found, 1 nobody answers to it, or the link is down.\n\n"
               "Examples:\n"
               "  lowu resolve +852-91230001 --from 102100099996/6222020200010001\n"
               "  lowu resolve +86-13900000001 --bank 102100099996 --from 012/012-875-10001");
    command->callback([&context, options] {
        context.run = [&context, options] { return resolve(context, *options); };
    });
}

void add_proxy(Command& app, Context& context) {
    Command* group =
        app.add_subcommand("proxy", "Proxies: list, register, remove; warn of suspicious ones");
    group->require_subcommand(1);
    set_footer(*group, "Example:\n  lowu proxy list");
    add_proxy_list(*group, context);
    add_register(*group, context);
    add_remove(*group, context);
    add_warning(*group, context, "warn", "Puts a proxy on the list of suspicious ones", true);
    add_warning(*group, context, "unwarn", "Takes a proxy off the list of suspicious ones", false);
}

}  // namespace lowu::client
