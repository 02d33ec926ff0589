// The show of `lowu up`. See show.hpp.
#include "client/show.hpp"

#include <filesystem>
#include <iostream>
#include <optional>

#include "client/cast.hpp"
#include "client/console.hpp"
#include "client/pay_text.hpp"
#include "client/reconcile_read.hpp"
#include "client/scheme_text.hpp"
#include "client/show_steps.hpp"
#include "client/timeline.hpp"
#include "client/words.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::client {

namespace {

constexpr std::chrono::milliseconds kCreditPatience{10'000};
// What was pending when everything stopped ends within the rails' deadlines.
constexpr std::chrono::milliseconds kEndPatience{30'000};

std::string quoted(const std::string& text) {
    return text.find(' ') == std::string::npos ? text : "\"" + text + "\"";
}

class Show {
public:
    Show(const Addresses& addresses, bool quiet)
        : addresses_(addresses), network_(addresses), quiet_(quiet) {}

    Result<ShowResult> run() {
        for (const auto act :
             {&Show::introduce, &Show::check_what_came_back, &Show::find_customers,
              &Show::pay_each_way, &Show::be_refused, &Show::show_books, &Show::say_where}) {
            if (auto done = (this->*act)(); !done) return done.error();
        }
        result_.document["as_expected"] = result_.unexpected.empty();
        result_.document["unexpected"] = result_.unexpected;
        return std::move(result_);
    }

private:
    void say(const std::string& text) const {
        if (!quiet_) std::cout << text << std::flush;
    }

    void title(const std::string& text) const { say("\n" + paint(text, Colour::kBold) + "\n"); }

    void note_unexpected(const std::string& what, ExitCode exit_code) {
        if (!result_.unexpected.empty()) result_.unexpected += "; ";
        result_.unexpected += what;
        result_.exit_code = exit_code;
    }

    Result<void> introduce() {
        const auto status = network_.central().status();
        if (!status) return status.error();
        const auto participants = network_.central().participants();
        if (!participants) return participants.error();
        goes_on_ = status->recovered_sequence() > 0;
        say(paint("lowu", Colour::kBold) +
            ": a simulator in the shape of Payment Connect (跨境支付通). One switch with two "
            "rails, "
            "FPS in\nHong Kong and IBPS on the Mainland, and the link between them.\n\n"
            "  * The banks bear the names of the published launch institutions. All customers, "
            "balances and\n    payments are invented: simulated, no statement about any "
            "institution.\n" +
            where_it_begins(*status) +
            "  * Reserve-then-post at the origin is our choice; FPS documents no public hold.\n");
        title("Banks");
        say(participants_text(*participants, 2));
        result_.document["addresses"] = {{"switch", addresses_.switch_address},
                                         {"hk", addresses_.hk},
                                         {"mainland", addresses_.mainland}};
        result_.document["goes_on"] = goes_on_;
        result_.document["recovered_sequence"] = std::to_string(status->recovered_sequence());
        result_.document["payments_at_start"] = std::to_string(status->payments());
        result_.document["banks"] = to_json(*participants)["participants"];
        return {};
    }

    [[nodiscard]] std::string where_it_begins(const v1::GetStatusResponse& status) const {
        if (goes_on_) {
            return "  * It goes on from the logs of an earlier start: " +
                   std::to_string(status.recovered_sequence()) + " commands, " +
                   std::to_string(status.payments()) +
                   " payments.\n    Whether all books came back is looked at first. Scheme time "
                   "stood still in between; it is now\n    " +
                   time_text(status.scheme_time_ms()) + " UTC+8.\n";
        }
        return "  * Scheme time starts at " +
               scheme::format_utc8(scheme::kDefaultSchemeStart).substr(0, 16) +
               " UTC+8 by default; it is now " + time_text(status.scheme_time_ms()) + ".\n";
    }

    // Before anything new: what the switch and the banks brought back must agree.
    Result<void> check_what_came_back() {
        if (!goes_on_) return {};
        const auto read = read_books(network_, kEndPatience);
        if (!read) return read.error();
        const Reconciliation result = reconcile(read->books);
        title("Reconciliation: what came back from the logs");
        say(reconciliation_text(result, read->quiet, true));
        result_.document["came_back"] = reconciliation_json(result, read->quiet, true);
        if (!result.agrees()) note_unexpected("the books came back different", ExitCode::kDiffers);
        return {};
    }

    // After many starts in one folder customers may have run out of money: that is no fault.
    Result<void> find_customers() {
        auto found = find_cast(network_);
        if (found) {
            cast_ = std::move(found).value();
            return {};
        }
        if (!goes_on_ || found.error().kind != Error::Kind::kNotFound) return found.error();
        say("\nNo payment is shown: " + found.error().what + ".\n");
        return {};
    }

    [[nodiscard]] std::vector<Step> steps() const {
        if (!cast_) return {};
        return goes_on_ ? steps_that_go_on(*cast_) : steps_that_settle(*cast_);
    }

    Result<void> pay_each_way() {
        result_.document["payments"] = Json::array();
        for (const Step& step : steps()) {
            title(step.title);
            const auto paid = pay(step);
            if (!paid) return paid.error();
            if (!paid->seen.has_payment()) {
                say("  " + status_text(paid->sent.status(), paid->sent.reason(), 0) + "\n");
                continue;
            }
            say(payment_text(paid->seen.payment()) + proxy_and_exchange_text(paid->sent, 2));
            say(step.with_timeline ? timeline_text(paid->seen, 2)
                                   : "  timeline: lowu get " + paid->sent.uetr() + "\n");
        }
        return {};
    }

    // Each in a line: what was tried, and which rule refused it.
    Result<void> be_refused() {
        if (goes_on_ || !cast_) return {};
        title("Northbound, refused by a rule each, and nothing moves");
        Table table({{"what"}, {"refused"}, {"native"}, {"because"}});
        for (const Step& step : steps_that_are_refused(*cast_)) {
            const auto paid = pay(step);
            if (!paid) return paid.error();
            const v1::StatusReason& reason = paid->sent.reason();
            table.add({step.title,
                       Cell(word(paid->sent.status()) + " " + reason.code(),
                            colour_of(paid->sent.status())),
                       reason.native_code(), reason.text()});
        }
        say(table.text(2) + "  More about each: lowu explain AM02\n");
        return {};
    }

    struct Paid {
        v1::Remittance sent;
        v1::GetPaymentResponse seen;  // empty when the payer's bank refused it itself
    };

    // What a payer sees before paying: whom a proxy stands for, and the quote.
    Result<v1::SendRemittanceRequest> prepare(const Step& step) const {
        const BankClient& banks = network_.banks_of(step.payer_rail);
        v1::SendRemittanceRequest request;
        request.set_bank(step.payer.bank());
        request.set_payer_account(step.payer.account());
        request.set_payee_agent(step.payee.bank());
        request.set_amount_minor(step.amount_minor);
        request.set_currency(step.currency);
        request.set_remittance_information(step.text);
        request.set_service(step.service);
        request.set_purpose(step.purpose);
        if (step.proxy) {
            v1::ResolvePayeeRequest question;
            question.set_bank(step.payer.bank());
            question.set_payer_account(step.payer.account());
            *question.mutable_proxy() = *step.proxy;
            question.set_payee_agent(step.payee.bank());
            const auto payee = banks.resolve(question);
            if (!payee) return payee.error();
            if (is_shown(step)) {
                say("  " + proxy_text(*step.proxy) + " is " + payee_text(*payee) + "\n");
            }
            *request.mutable_payee_proxy() = *step.proxy;
            request.set_proxy_reference(payee->payee_proxy().reference());
        } else {
            request.set_payee_account(step.payee.account());
            request.set_payee_name(step.payee_name);
        }
        if (!step.needs_quote()) return request;
        v1::QuoteOrder order;
        order.set_bank(step.payer.bank());
        order.set_payer_account(step.payer.account());
        order.set_payee_agent(step.payee.bank());
        order.set_payee_account(step.payee.account());
        order.set_amount_minor(step.amount_minor);
        order.set_currency(step.currency);
        const auto offer = banks.quote(order);
        if (!offer) return offer.error();
        if (is_shown(step)) say(offer_text(*offer, 2));
        request.set_quote_id(offer->exchange().quote_id());
        return request;
    }

    // A refusal is one line of a table.
    [[nodiscard]] static bool is_shown(const Step& step) { return step.expected_reason.empty(); }

    Result<Paid> pay(const Step& step) {
        const auto request = prepare(step);
        if (!request) return request.error();
        Paid paid;
        auto sent = network_.banks_of(step.payer_rail).send(*request);
        if (!sent) return sent.error();
        paid.sent = std::move(sent).value();
        const std::string& uetr = paid.sent.uetr();
        const bool settled = paid.sent.status() == v1::PAYMENT_STATUS_ACSC;
        auto seen = network_.central().payment(uetr);
        // The payee's bank reports after the payer knows: look until it has.
        (void)wait_with_backoff(kCreditPatience, [&] {
            if (settled) seen = network_.central().payment(uetr);
            return !settled || !seen.ok() || seen->payment().credited();
        });
        if (seen) {
            paid.seen = std::move(seen).value();
        } else if (settled || seen.error().kind != Error::Kind::kNotFound) {
            return seen.error();
        }
        if (is_shown(step)) {
            say("  " + paid.sent.carried().payer_name() + " (" + step.payer.account() + ") pays " +
                paid.sent.carried().payee_name() + " (" +
                (step.proxy ? step.proxy->value() : step.payee.account()) + ")" +
                (step.text.empty() ? "" : ": " + step.text) + "\n");
        }
        judge(step, paid);
        Json both = to_json(paid.seen);
        both["title"] = step.title;
        both["remittance"] = to_json(paid.sent);
        result_.document["payments"].push_back(both);
        return paid;
    }

    void judge(const Step& step, const Paid& paid) {
        const std::string expected =
            step.expected_reason.empty() ? "ACSC" : "RJCT " + step.expected_reason;
        std::string outcome = word(paid.sent.status());
        if (!paid.sent.reason().code().empty()) outcome += " " + paid.sent.reason().code();
        const std::string which = step.title + " (" + paid.sent.uetr() + "): ";
        const v1::Payment& seen = paid.seen.payment();
        const bool refused = paid.sent.status() == v1::PAYMENT_STATUS_RJCT;
        if (outcome != expected && !(step.may_be_refused && refused)) {
            note_unexpected(which + outcome + " instead of " + expected, ExitCode::kEnvironment);
        } else if (!refused && !seen.credited()) {
            note_unexpected(which + "settled, but not credited in time", ExitCode::kEnvironment);
        } else if (paid.seen.has_payment() && seen.status() != paid.sent.status()) {
            note_unexpected(which + "the switch says " + word(seen.status()) +
                                ", the payer's bank " + word(paid.sent.status()),
                            ExitCode::kEnvironment);
        }
    }

    Result<void> show_books() {
        const auto read = read_books(network_, kCreditPatience);
        if (!read) return read.error();
        const Reconciliation result = reconcile(read->books);
        title("Positions");
        say(positions_text(read->books.positions, 2));
        title("Reconciliation: every book, from its owner's process");
        say(reconciliation_text(result, read->quiet, true));
        result_.document["positions"] = to_json(read->books.positions)["positions"];
        result_.document["reconciliation"] = reconciliation_json(result, read->quiet, false);
        if (!result.agrees()) note_unexpected("the books differ", ExitCode::kDiffers);
        return {};
    }

    Result<void> say_where() {
        std::error_code error;
        const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
        const std::string lowu = std::filesystem::proximate(self, error).string();
        const Addresses usual;
        title("Connect");
        Table services({{"process"}, {"address"}, {"services"}});
        services.add({"switch", addresses_.switch_address,
                      "ParticipantService, PaymentService, OperationsService,"});
        services.add({"", "", "DirectoryService, ExchangeService, SettlementService"});
        services.add({"Hong Kong banks", addresses_.hk, "BankService"});
        services.add({"Mainland banks", addresses_.mainland, "BankService"});
        say(services.text(2) +
            "  All with reflection and health, without TLS, on this machine only.\n");
        title("Try, in another terminal");
        if (addresses_.switch_address != usual.switch_address || addresses_.hk != usual.hk ||
            addresses_.mainland != usual.mainland) {
            say("  export LOWU_SWITCH=" + addresses_.switch_address + " LOWU_HK=" + addresses_.hk +
                " LOWU_MAINLAND=" + addresses_.mainland + "\n");
        }
        if (!cast_) return {};
        const v1::Account& hk = cast_->hk[0];
        const v1::Account& mainland = cast_->mainland[0];
        say("  " + lowu + " pay --from " + hk.bank() + "/" + hk.account() + " --to " +
            mainland.bank() + "/" + mainland.account() + " --name " + quoted(mainland.name_en()) +
            " --amount 12.50\n" + "  " + lowu + " list          then: " + lowu + " get UETR\n" +
            "  " + lowu + " watch         every change of a payment, to Ctrl-C\n" + "  " + lowu +
            " reconcile\n" +
            "  buf curl --http2-prior-knowledge --protocol grpc --data '{\"bank\": \"" + hk.bank() +
            "\"}' \\\n      http://" + addresses_.hk + "/lowu.v1.BankService/ListAccounts\n" +
            "  grpcurl -plaintext " + addresses_.switch_address +
            " lowu.v1.OperationsService/ListPositions\n");
        return {};
    }

    const Addresses addresses_;
    const Network network_;
    const bool quiet_;
    bool goes_on_ = false;  // from the logs of an earlier start
    std::optional<Cast> cast_;
    ShowResult result_;
};

}  // namespace

Result<ShowResult> run_show(const Addresses& addresses, bool quiet) {
    return Show(addresses, quiet).run();
}

}  // namespace lowu::client
