// The show of `lowu up`. See show.hpp.
#include "client/show.hpp"

#include <filesystem>
#include <iostream>
#include <optional>
#include <vector>

#include "client/console.hpp"
#include "client/reconcile_read.hpp"
#include "client/scheme_text.hpp"
#include "client/timeline.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::client {

namespace {

constexpr std::size_t kAccountsLookedAt = 100;
constexpr std::int64_t kEnoughMinor = 100'000;
constexpr std::chrono::milliseconds kCreditPatience{10'000};
constexpr const char* kUnknownAccount = "NO-SUCH-ACCOUNT";

struct Step {
    std::string title;
    scheme::Rail payer_rail;
    v1::Account payer;
    v1::Account payee;
    std::string payee_name;
    std::int64_t amount_minor;
    std::string text;
    std::string expected_reason;  // empty: ACSC
};

std::string quoted(const std::string& text) {
    return text.find(' ') == std::string::npos ? text : "\"" + text + "\"";
}

class Show {
public:
    Show(const Addresses& addresses, bool quiet)
        : addresses_(addresses), network_(addresses), quiet_(quiet) {}

    Result<ShowResult> run() {
        for (const auto act : {&Show::introduce, &Show::find_customers, &Show::pay_each_way,
                               &Show::show_books, &Show::say_where}) {
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
        say(paint("lowu", Colour::kBold) +
            ": a simulator in the shape of Payment Connect (跨境支付通). One switch with two "
            "rails, "
            "FPS in\nHong Kong and IBPS on the Mainland, and the link between them.\n\n"
            "  * The banks bear the names of the published launch institutions. All customers, "
            "balances and\n    payments are invented: simulated, no statement about any "
            "institution.\n"
            "  * Scheme time starts at " +
            scheme::format_utc8(scheme::kDefaultSchemeStart).substr(0, 16) +
            " UTC+8 by default; it is now " + time_text(status->scheme_time_ms()) +
            ".\n"
            "  * Reserve-then-post at the origin is our choice; FPS documents no public hold.\n");
        title("Banks");
        say(participants_text(*participants, 2));
        result_.document["addresses"] = {{"switch", addresses_.switch_address},
                                         {"hk", addresses_.hk},
                                         {"mainland", addresses_.mainland}};
        result_.document["banks"] = to_json(*participants)["participants"];
        return {};
    }

    // One customer of each bank, with a CNY account that can pay.
    Result<std::vector<v1::Account>> customers_of(scheme::Rail rail) const {
        const BankClient& banks = network_.banks_of(rail);
        const auto played = banks.banks();
        if (!played) return played.error();
        std::vector<v1::Account> found;
        for (const v1::Bank& bank : played->banks()) {
            const auto accounts = banks.accounts(bank.code(), kAccountsLookedAt);
            if (!accounts) return accounts.error();
            for (const v1::Account& account : *accounts) {
                if (account.currency() != v1::CURRENCY_CNY) continue;
                if (account.balance_minor() < kEnoughMinor) continue;
                found.push_back(account);
                break;
            }
        }
        if (found.size() < 2) {
            return Error{Error::Kind::kNotFound,
                         banks.peer().who + " has fewer than two customers with 1000.00 CNY"};
        }
        return found;
    }

    Result<void> find_customers() {
        for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
            auto found = customers_of(rail);
            if (!found) return found.error();
            (rail == scheme::Rail::kFps ? hk_ : mainland_) = std::move(found).value();
        }
        return {};
    }

    [[nodiscard]] std::vector<Step> steps() const {
        v1::Account unknown = mainland_[0];
        unknown.set_account(kUnknownAccount);
        const auto name_zh = [](const v1::Account& account) {
            return account.name_zh().empty() ? account.name_en() : account.name_zh();
        };
        const scheme::Rail fps = scheme::Rail::kFps;
        const scheme::Rail ibps = scheme::Rail::kIbps;
        return {{"Northbound, by account, to a name in Chinese", fps, hk_[0], mainland_[0],
                 name_zh(mainland_[0]), 12'800, "生日快樂", ""},
                {"Northbound, by account", fps, hk_[1], mainland_[1], mainland_[1].name_en(), 6'650,
                 "rent, June", ""},
                {"Southbound, by account", ibps, mainland_[0], hk_[0], hk_[0].name_en(), 30'000,
                 "tuition, café and all", ""},
                {"Southbound, by account, to a name in Chinese", ibps, mainland_[1], hk_[1],
                 name_zh(hk_[1]), 8'880, "谢谢", ""},
                {"Northbound to an account that does not exist: refused, and nothing moves", fps,
                 hk_[0], unknown, name_zh(mainland_[0]), 500, "", "AC03"}};
    }

    Result<void> pay_each_way() {
        result_.document["payments"] = Json::array();
        for (const Step& step : steps()) {
            title(step.title);
            if (auto paid = pay(step); !paid) return paid;
        }
        return {};
    }

    Result<void> pay(const Step& step) {
        v1::SendRemittanceRequest request;
        request.set_bank(step.payer.bank());
        request.set_payer_account(step.payer.account());
        request.set_payee_agent(step.payee.bank());
        request.set_payee_account(step.payee.account());
        request.set_payee_name(step.payee_name);
        request.set_amount_minor(step.amount_minor);
        request.set_currency(v1::CURRENCY_CNY);
        request.set_remittance_information(step.text);
        const auto sent = network_.banks_of(step.payer_rail).send(request);
        if (!sent) return sent.error();
        const bool settled = sent->status() == v1::PAYMENT_STATUS_ACSC;
        auto seen = network_.central().payment(sent->uetr());
        // The payee's bank reports after the payer knows: look until it has.
        (void)wait_with_backoff(kCreditPatience, [&] {
            seen = network_.central().payment(sent->uetr());
            return !settled || !seen.ok() || seen->payment().credited();
        });
        if (!seen) return seen.error();
        say("  " + sent->carried().payer_name() + " (" + step.payer.account() + ") pays " +
            step.payee_name + " (" + step.payee.account() + ")" +
            (step.text.empty() ? "" : ": " + step.text) + "\n");
        say(payment_text(seen->payment()) + timeline_text(*seen, 2));
        judge(step, *sent, seen->payment());
        Json both = to_json(*seen);
        both["remittance"] = to_json(*sent);
        result_.document["payments"].push_back(both);
        return {};
    }

    void judge(const Step& step, const v1::Remittance& sent, const v1::Payment& seen) {
        const std::string expected =
            step.expected_reason.empty() ? "ACSC" : "RJCT " + step.expected_reason;
        std::string outcome = word(sent.status());
        if (!sent.reason().code().empty()) outcome += " " + sent.reason().code();
        if (outcome != expected) {
            note_unexpected(
                step.title + ": " + outcome + " instead of " + expected + " (" + sent.uetr() + ")",
                ExitCode::kEnvironment);
        } else if (step.expected_reason.empty() && !seen.credited()) {
            note_unexpected(
                step.title + ": settled, but not credited in time (" + sent.uetr() + ")",
                ExitCode::kEnvironment);
        } else if (seen.status() != sent.status()) {
            note_unexpected(step.title + ": the switch says " + word(seen.status()) +
                                ", the payer's bank " + word(sent.status()),
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
        say("  switch           " + addresses_.switch_address +
            "   ParticipantService, PaymentService, OperationsService\n" + "  Hong Kong banks  " +
            addresses_.hk + "   BankService\n" + "  Mainland banks   " + addresses_.mainland +
            "   BankService\n" +
            "  All with reflection and health, without TLS, on this machine only.\n");
        title("Try, in another terminal");
        if (addresses_.switch_address != usual.switch_address || addresses_.hk != usual.hk ||
            addresses_.mainland != usual.mainland) {
            say("  export LOWU_SWITCH=" + addresses_.switch_address + " LOWU_HK=" + addresses_.hk +
                " LOWU_MAINLAND=" + addresses_.mainland + "\n");
        }
        say("  " + lowu + " pay --from " + hk_[0].bank() + "/" + hk_[0].account() + " --to " +
            mainland_[0].bank() + "/" + mainland_[0].account() + " --name " +
            quoted(mainland_[0].name_en()) + " --amount 12.50\n" + "  " + lowu +
            " list          then: " + lowu + " get UETR\n" + "  " + lowu + " reconcile\n" +
            "  buf curl --http2-prior-knowledge --protocol grpc --data '{\"bank\": \"" +
            hk_[0].bank() + "\"}' \\\n      http://" + addresses_.hk +
            "/lowu.v1.BankService/ListAccounts\n" + "  grpcurl -plaintext " +
            addresses_.switch_address + " lowu.v1.OperationsService/ListPositions\n");
        return {};
    }

    const Addresses addresses_;
    const Network network_;
    const bool quiet_;
    std::vector<v1::Account> hk_;
    std::vector<v1::Account> mainland_;
    ShowResult result_;
};

}  // namespace

Result<ShowResult> run_show(const Addresses& addresses, bool quiet) {
    return Show(addresses, quiet).run();
}

}  // namespace lowu::client
