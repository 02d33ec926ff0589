// lowu pay: sends a payment from one bank's customer to another's, across the boundary or within a
// rail, and says how it ended. Called through commands.hpp; main thread.
#include <iostream>
#include <memory>
#include <optional>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/pay_order.hpp"
#include "client/pay_text.hpp"
#include "client/terminal.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

constexpr const char* kExamples =
    "--from and --to are BANK/ACCOUNT: a clearing code of 3 characters (Hong Kong) or an IBPS "
    "code\n"
    "of 12 digits (Mainland), then the account. 'lowu accounts' lists what there is.\n"
    "--proxy is looked up first, and the masked name shown. A proxy on the list of suspicious ones "
    "is\n"
    "paid after 'y' on a terminal, or with --yes.\n"
    "Out of an HKD account across the boundary (--hkd, or --amount in CNY), and for a bill in HKD\n"
    "(--bill-hkd), a quote is asked for, shown and paid with; --quote pays with one from 'lowu "
    "quote'.\n"
    "\n"
    "Exit codes:\n"
    "  0  ACSC: settled (with --wait-credit: and the payee has the money)\n"
    "  1  could not be done: no connection, payer's account not found, ...\n"
    "  2  the command line or a field breaks a rule, or --yes is missing; nothing was sent\n"
    "  3  RJCT: refused, final, nothing moved (or the proxy stands for nobody, or no quote is "
    "given:\n"
    "     nothing was sent)\n"
    "  4  ACSP: pending, or settled and not credited in time; ask with 'lowu get'\n"
    "\n"
    "Examples, with customers of the sandbox ('lowu up'):\n"
    "  lowu pay --from 012/012-875-10001 --to 102100099996/6222020200010001 --name \"Zhang Wei\" "
    "--amount 12.50\n"
    "  lowu pay --from 012/012-875-20001 --proxy +86-13900000001 --bank 102100099996 --hkd 100.00\n"
    "  lowu pay --from 102100099996/6222020200010001 --proxy +852-91230001 --amount 300\n"
    "  lowu pay --from 102100099996/6222020200010001 --to 004/004-111-90001 \\\n"
    "           --name \"Sample University of Hong Kong\" --service fee --purpose tuition "
    "--bill-hkd "
    "500.00\n"
    "  A repeat with the same --uetr returns the first payment and moves nothing.";

// A step before the payment that ended the command; none: go on.
using Stop = std::optional<ExitCode>;

class Pay {
public:
    Pay(const Context& context, bool yes, PayOrder order)
        : context_(context), network_(context.addresses), order_(std::move(order)), yes_(yes) {}

    ExitCode run(bool credit_wanted) {
        if (!is_repeat()) {
            for (const auto step : {&Pay::resolve, &Pay::find_quote}) {
                if (const Stop stop = (this->*step)()) return *stop;
            }
        }
        auto remittance = payer_banks().send(request());
        if (!remittance) return fail(context_, with_hint(remittance.error()));
        const bool settled = remittance->status() == v1::PAYMENT_STATUS_ACSC;
        const bool credited = credit_wanted && settled && wait_for_credit(*remittance);
        if (credited) remittance->set_credited(true);
        show(*remittance);
        const bool credit_missing = credit_wanted && settled && !credited;
        if (credit_missing) std::cerr << "lowu: settled, but not credited in time\n";
        if (remittance->status() == v1::PAYMENT_STATUS_RJCT) return ExitCode::kRefused;
        return settled && !credit_missing ? ExitCode::kDone : ExitCode::kPending;
    }

private:
    [[nodiscard]] v1::SendRemittanceRequest& request() { return order_.request; }
    [[nodiscard]] const BankClient& payer_banks() const {
        return network_.banks_of(order_.payer_rail);
    }

    void say(const std::string& text) const {
        if (!context_.json) std::cout << text << std::flush;
    }

    // A repeat goes with the look-up and the quote of the first try: others would make it another
    // payment.
    bool is_repeat() {
        if (!order_.uetr_was_given) return false;
        const auto first = payer_banks().remittance(request().bank(), request().uetr());
        if (!first || !first->outgoing()) return false;
        if (order_.by_proxy()) {
            request().set_proxy_reference(first->payee_proxy().reference());
            if (request().payee_agent().empty()) request().set_payee_agent(first->payee_agent());
        }
        if (request().quote_id().empty()) {
            request().set_quote_id(first->exchange().quote_id());
        }
        return true;
    }

    // The payer sees whom the proxy stands for before anything is sent.
    Stop resolve() {
        if (!order_.by_proxy()) return std::nullopt;
        v1::ResolvePayeeRequest question;
        question.set_bank(request().bank());
        question.set_payer_account(request().payer_account());
        *question.mutable_proxy() = request().payee_proxy();
        question.set_payee_agent(request().payee_agent());
        const auto payee = payer_banks().resolve(question);
        if (!payee) {
            if (payee.error().kind != Error::Kind::kNotFound) return fail(context_, payee.error());
            (void)fail(context_,
                       {Error::Kind::kNotFound, "BE23, nothing was sent: " + payee.error().what});
            return ExitCode::kRefused;
        }
        say("Payee: " + payee_text(*payee) + "\n");
        if (payee->suspicious()) {
            if (const Stop stop = warn()) return stop;
        }
        request().set_payee_agent(payee->payee_agent());
        request().set_proxy_reference(payee->payee_proxy().reference());
        return std::nullopt;
    }

    Stop warn() {
        std::cout.flush();
        std::cerr << suspicious_text(request().payee_proxy()) << std::endl;
        if (yes_) return std::nullopt;
        if (!can_ask()) {
            return fail(context_, usage_error("--yes",
                                              "is needed to pay a suspicious proxy without a "
                                              "terminal to ask on; nothing was sent"));
        }
        if (ask("Pay nevertheless?")) return std::nullopt;
        return fail(context_, {Error::Kind::kUnavailable, "stopped as told; nothing was sent"});
    }

    // Whether the payment has an HKD side: it names HKD, or comes out of an HKD account. What the
    // bank says about the account is left to the payment itself.
    Result<bool> needs_quote() const {
        const v1::SendRemittanceRequest& asked = order_.request;
        if (!order_.may_pay_from_hkd()) return order_.names_hkd();
        const auto payer = payer_banks().account(asked.bank(), asked.payer_account());
        if (!payer) return order_.names_hkd();
        const bool from_hkd = payer->account().currency() == v1::CURRENCY_HKD;
        if (order_.names_hkd() && !from_hkd) {
            return usage_error(order_.hkd_option,
                               "needs an HKD account to pay from: " + asked.bank() + "/" +
                                   asked.payer_account() + " is in CNY");
        }
        return from_hkd;
    }

    Stop find_quote() {
        const auto needed = needs_quote();
        if (!needed) return fail(context_, needed.error());
        if (!*needed) return std::nullopt;
        v1::QuoteOrder order;
        order.set_bank(request().bank());
        order.set_payer_account(request().payer_account());
        order.set_payee_agent(request().payee_agent());
        order.set_payee_account(request().payee_account());
        if (order_.by_proxy()) *order.mutable_payee_proxy() = request().payee_proxy();
        order.set_amount_minor(request().amount_minor());
        order.set_currency(request().currency());
        const auto offer = payer_banks().quote(order);
        if (!offer) return fail(context_, offer.error());
        say(offer_text(*offer, 0));
        request().set_quote_id(offer->exchange().quote_id());
        return std::nullopt;
    }

    [[nodiscard]] Error with_hint(Error error) const {
        if (error.kind == Error::Kind::kUnknown || error.kind == Error::Kind::kUnavailable) {
            error.what += "; if it was sent nevertheless, a repeat with --uetr " +
                          order_.request.uetr() + " finds it and pays once";
        }
        return error;
    }

    // The payee's bank is asked, since it alone knows.
    [[nodiscard]] bool wait_for_credit(const v1::Remittance& sent) const {
        const std::chrono::milliseconds timeout{order_.request.wait_ms()};
        return wait_with_backoff(timeout, [&] {
            const auto seen =
                network_.banks_of(order_.payee_rail).remittance(sent.payee_agent(), sent.uetr());
            return seen.ok() && seen->credited();
        });
    }

    void show(const v1::Remittance& remittance) const {
        if (context_.json) {
            print_json(to_json(remittance));
            return;
        }
        std::cout << remittance_text(remittance);
        // What the payer's bank refused itself, and what was refused as somebody else's UETR, is no
        // payment of the switch.
        const bool at_the_switch = remittance.status() == v1::PAYMENT_STATUS_ACSP ||
                                   !remittance.clearing_reference().empty();
        if (at_the_switch) std::cout << "More: lowu get " << remittance.uetr() << "\n";
        // The native code names one rule; an ISO code may be that of many.
        const std::string& code = remittance.reason().native_code();
        if (!code.empty()) std::cout << "Why: lowu explain " << code << "\n";
    }

    const Context& context_;
    const Network network_;
    PayOrder order_;
    bool yes_;
};

ExitCode pay(const Context& context, const PayOptions& options) {
    auto order = pay_order_of(options);
    if (!order) return fail(context, order.error());
    return Pay(context, options.yes, std::move(order).value()).run(options.wait_credit);
}

void add_parties(Command& command, PayOptions& options) {
    command.add_option("--from", options.from, "Payer: BANK/ACCOUNT")->required();
    Option* to = command.add_option("--to", options.to, "Payee: BANK/ACCOUNT");
    command
        .add_option("--proxy", options.proxy, "Or payee by mobile number, e-mail address or FPS ID")
        ->excludes(to);
    command.add_option("--proxy-kind", options.proxy_kind,
                       "mobile, email or fps_id; default: what the proxy looks like");
    command.add_option("--bank", options.payee_bank,
                       "With --proxy: code of the payee's bank; default: its default receiver "
                       "(Hong Kong)");
    command.add_option("--name", options.payee_name,
                       "Payee's name, 1 to 140 characters; needed with --to");
}

void add_money(Command& command, PayOptions& options) {
    Option* amount = command.add_option("--amount", options.amount, "For example 12.50");
    Option* currency =
        command
            .add_option("--currency", options.currency,
                        "Of --amount: CNY, or HKD within Hong Kong and across with a quote")
            ->capture_default_str();
    Option* hkd = command
                      .add_option("--hkd", options.hkd,
                                  "Northbound out of an HKD account: what it is debited, in HKD")
                      ->excludes(amount)
                      ->excludes(currency);
    Option* bill = command
                       .add_option("--bill-hkd", options.bill_hkd,
                                   "Southbound: what the payee is to get, in HKD")
                       ->excludes(amount)
                       ->excludes(currency)
                       ->excludes(hkd);
    command
        .add_option("--quote", options.quote_id,
                    "Pay with this quote of 'lowu quote'; it has fixed the amount")
        ->excludes(hkd)
        ->excludes(bill);
}

void add_rest(Command& command, PayOptions& options) {
    command.add_option("--service", options.service,
                       "p2p, fee, b2p or domestic; default: domestic within a rail, else p2p for a "
                       "person and b2p for a company that pays");
    command.add_option("--purpose", options.purpose,
                       "personal; tuition, medical, utility; salary, subsidy; other. Default: the "
                       "service's first");
    command.add_option("--text", options.text, "Remittance information, 0 to 140 characters");
    command.add_option("--uetr", options.uetr,
                       "The payment's identity, a version 4 UUID; default: a new one");
    command.add_option("--wait-ms", options.wait_ms, "Wait so long for the end")
        ->capture_default_str();
    Option* wait_credit = command.add_flag("--wait-credit", options.wait_credit,
                                           "Wait until the payee's bank has credited, too");
    command.add_flag("--no-wait", options.no_wait, "Return at once, pending")
        ->excludes(wait_credit);
    command.add_flag("--yes", options.yes, "Pay a suspicious proxy without being asked");
}

}  // namespace

void add_pay(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("pay", "Pays: across the boundary or within a rail; waits for the end");
    const auto options = std::make_shared<PayOptions>();
    add_parties(*command, *options);
    add_money(*command, *options);
    add_rest(*command, *options);
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command, kExamples);
    command->callback([&context, options] {
        context.run = [&context, options] { return pay(context, *options); };
    });
}

}  // namespace lowu::client
