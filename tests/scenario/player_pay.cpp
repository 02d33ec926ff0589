// Steps of the payer's bank: an instruction with all its judged fields. See player.hpp.
#include "common/base/assert.hpp"
#include "tests/scenario/announcements.hpp"
#include "tests/scenario/player.hpp"

namespace lowu::scenario {
namespace {

/// Of a registration that nobody has ever made.
constexpr core::ProxyReference kMadeUpReference{1'000'000'000};

template <class Value>
Value known_or_fail(Words& words, std::optional<Value> value, const std::string& what,
                    Value other) {
    if (!value) words.fail("no such " + what);
    return value.value_or(other);
}

}  // namespace

bool Player::take_payer_field(Words& words, const std::string& name, PayerWords& payer) {
    if (name == "person") {
        payer.kind = core::PartyKind::kPerson;
        payer.person = words.take("name of a person");
    } else if (name == "company") {
        payer.kind = core::PartyKind::kCompany;
    } else if (name == "institution") {
        payer.kind = core::PartyKind::kRegisteredInstitution;
    } else if (name == "document") {
        payer.document = known_or_fail(words, scheme::parse_document_type(words.take("document")),
                                       "document", core::DocumentType::kNone);
    } else if (name == "token-version") {
        payer.token_version = words.take_number("version");
        if (payer.token_version == 0U) words.fail("versions begin with 1");
        payer.with_previous = words.take_if("previous");
        if (payer.with_previous && payer.token_version == 1U) words.fail("1 has no previous one");
    } else {
        return false;
    }
    return true;
}

/// `proxy NAME [looked-up-before]`: what the directory says now, or what the last `look up` got.
void Player::take_proxy(Words& words, core::CreditTransfer& transfer) {
    const std::string name = words.take("proxy");
    const Hash128 proxy = proxy_of_name(name);
    transfer.payee_account_hash = hash64("");
    if (words.take_if("looked-up-before")) {
        const auto before = looked_up_.find(name);
        if (before == looked_up_.end()) return words.fail(name + " has not been looked up");
        transfer.payee_proxy = before->second;
        return;
    }
    transfer.payee_proxy = {proxy, kMadeUpReference};
    const Bank* bank = world_->find_bank(transfer.payee_agent);
    if (bank == nullptr) return;
    const auto* known = world_->cell(bank->rail).directory().find(proxy, bank->participant);
    if (known != nullptr) transfer.payee_proxy.reference = known->reference;
}

void Player::take_exchange(Words& words, core::CreditTransfer& transfer) {
    transfer.exchange.hkd = words.take_amount();
    words.expect("rate");
    transfer.exchange.rate = words.take_rate();
    transfer.exchange.quote_hash = hash64(words.take_if("quote") ? words.take("quote") : "quote");
}

void Player::set_payer(Instruction& instruction, const PayerWords& payer) const {
    core::Payer& one = instruction.transfer.payer;
    const bool of_business = instruction.transfer.service == core::Service::kBusinessToPerson;
    one = {};
    one.kind =
        payer.kind.value_or(of_business ? core::PartyKind::kCompany : core::PartyKind::kPerson);
    if (one.kind != core::PartyKind::kPerson) {
        instruction.payer.clear();
        return;
    }
    const scheme::Rail rail = instruction.origin;
    instruction.payer =
        payer.person.value_or(instruction.payer.empty() ? usual_payer(rail) : instruction.payer);
    one.document = payer.document.value_or(scheme::document_of(rail));
    one.token_version = payer.token_version.value_or(world_->cell(rail).rules().token_version());
    const bool with_previous = payer.token_version ? payer.with_previous : one.token_version > 1;
    one.tokens = tokens_of(instruction.payer, one.token_version, with_previous);
}

void Player::take_judged_fields(Words& words, Instruction& instruction) {
    core::CreditTransfer& transfer = instruction.transfer;
    PayerWords payer;
    bool other_payer = instruction.name.empty();
    while (!words.empty() && words.ok()) {
        const std::string name = words.take("field");
        if (name == "to") {
            transfer.payee_agent = words.take_code();
        } else if (name == "amount") {
            transfer.amount = words.take_amount();
        } else if (name == "created") {
            transfer.creation_time = world_->scheme_now() + words.take_duration();
        } else if (name == "account") {
            transfer.payer_account_hash = hash64(words.take("account"));
        } else if (name == "payee-account") {
            transfer.payee_account_hash = hash64(words.take("payee's account"));
        } else if (name == "text") {
            transfer.carried_hash = hash64(words.take("text"));
        } else if (name == "service") {
            transfer.service = known_or_fail(words, parse_short_service(words.take("service")),
                                             "service", core::Service::kP2pRemittance);
            transfer.purpose = scheme::usual_purpose(transfer.service);
        } else if (name == "purpose") {
            transfer.purpose = known_or_fail(words, scheme::parse_purpose(words.take("purpose")),
                                             "purpose", core::Purpose::kPersonal);
        } else if (name == "proxy") {
            take_proxy(words, transfer);
        } else if (name == "hkd") {
            take_exchange(words, transfer);
        } else if (name == "currency") {
            words.expect("hkd");
            transfer.currency = core::Currency::kHkd;
        } else if (take_payer_field(words, name, payer)) {
            other_payer = true;
        } else {
            words.fail("'" + name + "' is no field");
        }
    }
    if (other_payer && words.ok()) set_payer(instruction, payer);
}

void Player::send_transfer(Bank& bank, const Instruction& instruction) {
    core::CreditTransfer transfer = instruction.transfer;
    transfer.participant = bank.participant;
    transfer.number = world_->next_number(bank);
    instructions_.set_sending(instruction);
    world_->apply(bank.rail, transfer);
    instructions_.set_sending(std::nullopt);
}

Result<void> Player::pay(Words& words) {
    Instruction one;
    const std::string name = words.take("name");
    if (instructions_.find(name) != nullptr) words.fail(name + " is taken: see 'again'");
    Bank* bank = take_online_bank(words);
    if (bank != nullptr) one.origin = bank->rail;
    words.expect("->");
    core::CreditTransfer& transfer = one.transfer;
    transfer.payee_agent = words.take_code();
    transfer.amount = words.take_amount();
    transfer.service = core::Service::kP2pRemittance;
    transfer.uetr = uetr_of_name(name);
    transfer.creation_time = world_->scheme_now();
    transfer.payer_account_hash = hash64("payer");
    transfer.payee_account_hash = hash64("payee");
    transfer.carried_hash = hash64("");
    if (words.take_if("uetr-of")) {
        const Instruction* other = take_payment(words);
        if (other != nullptr) transfer.uetr = other->transfer.uetr;
    }
    take_judged_fields(words, one);
    if (words.ok() && transfer.payee_agent == bank->code) words.fail("a bank does not pay itself");
    if (const auto read = words.finish(); !read) return read;
    one.name = name;
    one.payer_agent = bank->code;
    send_transfer(*bank, instructions_.add(one));
    return {};
}

/// `crowd BANK -> BANK N`: so many domestic payments of 0.01 at once, without a line each.
Result<void> Player::crowd(Words& words) {
    Bank* payer = take_online_bank(words);
    words.expect("->");
    Bank* payee = take_online_bank(words);
    const std::uint32_t count = words.take_number("number of payments");
    if (const auto read = words.finish(); !read) return read;
    core::CreditTransfer transfer;
    transfer.participant = payer->participant;
    transfer.service = core::Service::kDomestic;
    transfer.purpose = scheme::usual_purpose(transfer.service);
    transfer.payee_agent = payee->code;
    transfer.amount = money::AmountMinor{1};
    transfer.creation_time = world_->scheme_now();
    transfer.payer.kind = core::PartyKind::kCompany;
    const std::size_t before = payee->crowd;
    transcript_.mute(true);
    for (std::uint32_t i = 0; i < count; ++i) {
        transfer.number = world_->next_number(*payer);
        transfer.uetr = uetr_of_name(scheme::format_agent_code(payer->code) + " crowd " +
                                     std::to_string(transfer.number));
        world_->apply(payer->rail, transfer);
    }
    transcript_.mute(false);
    if (payee->crowd != before + count) {
        return Error{Error::Kind::kInvalid, "the payee's bank has no room for the whole crowd"};
    }
    transcript_.write("bank", scheme::format_agent_code(payee->code) + " <- " +
                                  std::to_string(count) + " requests of a crowd");
    return {};
}

Result<void> Player::again(Words& words) {
    const Instruction* payment = take_payment(words);
    if (payment == nullptr) return words.finish();
    if (!payment->original.empty()) return send_back_again(words, *payment);
    Instruction repeated = *payment;
    take_judged_fields(words, repeated);
    Bank* bank = world_->find_bank(repeated.payer_agent);
    if (!bank->online) words.fail("a bank that is offline says nothing");
    if (const auto read = words.finish(); !read) return read;
    send_transfer(*bank, repeated);
    return {};
}

// Returns, by the payee's bank.

void Player::send_return(Bank& bank, const Instruction& instruction) {
    core::PaymentReturn back;
    back.participant = bank.participant;
    back.number = world_->next_number(bank);
    back.uetr = instruction.transfer.uetr;
    back.amount = instruction.transfer.amount;
    back.reason = instruction.return_reason;
    back.original = instructions_.find(instruction.original)->transfer.uetr;
    instructions_.set_sending(instruction);
    world_->apply(bank.rail, back);
    instructions_.set_sending(std::nullopt);
}

/// `return NAME ORIGINAL AMOUNT [reason CODE] [by BANK] [uetr-of OTHER]`.
Result<void> Player::send_back(Words& words) {
    Instruction one;
    one.name = words.take("name");
    if (instructions_.find(one.name) != nullptr) words.fail(one.name + " is taken: see 'again'");
    const Instruction* original = take_payment(words);
    if (original == nullptr) return words.finish();
    one.original = original->name;
    one.transfer = original->transfer;
    one.transfer.uetr = uetr_of_name(one.name);
    one.transfer.payee_agent = original->payer_agent;
    one.transfer.amount = words.take_amount();
    one.return_reason = scheme::ReturnReason::kMd06;
    Bank* bank = world_->find_bank(original->transfer.payee_agent);
    while (!words.empty() && words.ok()) {
        if (words.take_if("by")) {
            bank = take_bank(words);
        } else if (words.take_if("uetr-of")) {
            const Instruction* other = take_payment(words);
            if (other != nullptr) one.transfer.uetr = other->transfer.uetr;
        } else {
            words.expect("reason");
            one.return_reason =
                known_or_fail(words, scheme::parse_return_reason(words.take("reason")), "reason",
                              scheme::ReturnReason::kNarr);
        }
    }
    if (words.ok() && (bank == nullptr || !bank->online)) words.fail("its bank is not online");
    if (const auto read = words.finish(); !read) return read;
    one.origin = bank->rail;
    one.payer_agent = bank->code;
    send_return(*bank, instructions_.add(one));
    return {};
}

/// `again NAME [amount A] [reason CODE] [of ORIGINAL]`.
Result<void> Player::send_back_again(Words& words, const Instruction& instruction) {
    Instruction repeated = instruction;
    while (!words.empty() && words.ok()) {
        if (words.take_if("amount")) {
            repeated.transfer.amount = words.take_amount();
        } else if (words.take_if("of")) {
            const Instruction* other = take_payment(words);
            if (other != nullptr) repeated.original = other->name;
        } else {
            words.expect("reason");
            repeated.return_reason =
                known_or_fail(words, scheme::parse_return_reason(words.take("reason")), "reason",
                              scheme::ReturnReason::kNarr);
        }
    }
    Bank* bank = world_->find_bank(repeated.payer_agent);
    if (!bank->online) words.fail("a bank that is offline says nothing");
    if (const auto read = words.finish(); !read) return read;
    send_return(*bank, repeated);
    return {};
}

}  // namespace lowu::scenario
