// Figures and statements of the processes. See standing.hpp.
#include "tests/kill/standing.hpp"

#include <algorithm>

#include "common/scheme/rail.hpp"

namespace lowu::killing {

namespace {

constexpr int kPage = 1'000;
constexpr int kEntriesFirst = 64;
constexpr int kEntriesMax = 1'000;
constexpr std::chrono::milliseconds kCollectPatience{200};

constexpr scheme::Rail kRails[] = {scheme::Rail::kFps, scheme::Rail::kIbps};

}  // namespace

std::string Standing::text() const {
    return std::to_string(pending) + " pending and " + std::to_string(not_credited) +
           " uncredited at the switch, " + std::to_string(outgoing_pending) + " pending and " +
           std::to_string(incoming_promised) + " promised at the banks, traffic " +
           (traffic ? "on" : "off") + (halted_by.empty() ? "" : ", halted by " + halted_by);
}

std::optional<Standing> standing_of(const SchemeUnderFire& scheme,
                                    std::chrono::milliseconds patience) {
    Standing standing;
    const auto status = scheme.operations().call(&v1::OperationsService::Stub::GetStatus,
                                                 v1::GetStatusRequest{}, patience);
    if (!status) return std::nullopt;
    standing.pending = status->pending();
    standing.not_credited = status->settled_not_credited();
    standing.halted_by = status->halted_by();
    for (const scheme::Rail rail : kRails) {
        const BankLine& banks = scheme.banks(rail);
        const auto traffic =
            banks.call(&v1::BankService::Stub::GetTraffic, v1::GetTrafficRequest{}, patience);
        const auto books =
            banks.call(&v1::BankService::Stub::GetBooks, v1::GetBooksRequest{}, patience);
        if (!traffic || !books) return std::nullopt;
        standing.traffic = standing.traffic || traffic->running();
        for (const v1::BankBooks& bank : books->books()) {
            standing.outgoing_pending += bank.outgoing_pending();
            standing.incoming_promised += bank.incoming_promised();
        }
    }
    return standing;
}

Result<Evidence> EvidenceReader::read(std::size_t remittances_max) {
    Evidence evidence;
    const auto standing = standing_of(scheme_, kCallPatience);
    if (!standing) return Error{Error::Kind::kUnavailable, "a process does not answer"};
    evidence.pending = standing->pending;
    evidence.not_credited = standing->not_credited;
    evidence.outgoing_pending = standing->outgoing_pending;
    evidence.incoming_promised = standing->incoming_promised;
    if (auto done = read_payments(false, evidence); !done) return std::move(done).error();
    for (const scheme::Rail rail : kRails) {
        if (auto done = read_statements(rail, kCallPatience); !done) {
            return std::move(done).error();
        }
    }
    evidence.entries = std::exchange(collected_, {});
    if (auto done = read_remittances(remittances_max, evidence); !done) {
        return std::move(done).error();
    }
    return evidence;
}

void EvidenceReader::collect() {
    for (const scheme::Rail rail : kRails) {
        (void)read_statements(rail, kCollectPatience);
    }
}

Result<Evidence> EvidenceReader::read_all_payments() {
    Evidence evidence;
    if (auto done = read_payments(true, evidence); !done) return std::move(done).error();
    return evidence;
}

// Newest first; a page of nothing but known ones ends it.
Result<void> EvidenceReader::read_payments(bool all, Evidence& evidence) const {
    v1::ListPaymentsRequest request;
    request.set_page_size(kPage);
    while (true) {
        const auto page = scheme_.payments().call(&v1::PaymentService::Stub::ListPayments, request);
        if (!page) return page.error();
        bool news = false;
        for (const v1::Payment& payment : page->payments()) {
            const bool known = judge_.knows(payment.uetr());
            news = news || !known;
            if (all || !known) evidence.payments.push_back(payment);
        }
        if ((!news && !all) || page->next_page_token().empty()) return {};
        request.set_page_token(page->next_page_token());
    }
}

Result<void> EvidenceReader::read_statements(scheme::Rail rail,
                                             std::chrono::milliseconds patience) {
    v1::ListAccountsRequest request;
    request.set_page_size(kPage);
    while (true) {
        const auto page =
            scheme_.banks(rail).call(&v1::BankService::Stub::ListAccounts, request, patience);
        if (!page) return page.error();
        for (const v1::Account& account : page->accounts()) {
            if (auto done = read_statement(account, rail, patience); !done) return done;
        }
        if (page->next_page_token().empty()) return {};
        request.set_page_token(page->next_page_token());
    }
}

// A statement goes back to what was read the last time, that entry included: it must still be so.
Result<void> EvidenceReader::read_statement(const v1::Account& account, scheme::Rail rail,
                                            std::chrono::milliseconds patience) {
    std::uint64_t& newest = newest_[{account.bank(), account.account()}];
    v1::GetAccountRequest request;
    request.set_bank(account.bank());
    request.set_account(account.account());
    for (int count = kEntriesFirst;; count = kEntriesMax) {
        request.set_entries(count);
        const auto told =
            scheme_.banks(rail).call(&v1::BankService::Stub::GetAccount, request, patience);
        if (!told) return told.error();
        const auto& statement = told->statement();
        const bool reaches = statement.size() < count || statement.rbegin()->number() <= newest;
        if (!reaches && count < kEntriesMax) continue;
        if (!reaches) {
            return Error{Error::Kind::kExhausted,
                         "account " + account.account() + " of bank " + account.bank() +
                             " has more new entries than one statement holds"};
        }
        for (const v1::Entry& entry : statement) {
            collected_.push_back({account.bank(), entry});
        }
        if (!statement.empty()) newest = std::max(newest, statement.begin()->number());
        return {};
    }
}

Result<void> EvidenceReader::read_remittances(std::size_t count, Evidence& evidence) const {
    const std::size_t payments = evidence.payments.size();
    const std::size_t step = count == 0 ? payments + 1 : payments / count + 1;
    for (std::size_t i = 0; i < payments; i += step) {
        const v1::Payment& payment = evidence.payments[i];
        const bool from_fps = payment.origin_rail() == v1::RAIL_FPS;
        const bool settled = payment.status() == v1::PAYMENT_STATUS_ACSC;
        v1::GetRemittanceRequest request;
        request.set_uetr(payment.uetr());
        for (const bool payer : {true, false}) {
            if (!payer && !settled) continue;
            request.set_bank(payer ? payment.payer_agent() : payment.payee_agent());
            const auto rail = from_fps == payer ? scheme::Rail::kFps : scheme::Rail::kIbps;
            const auto told =
                scheme_.banks(rail).call(&v1::BankService::Stub::GetRemittance, request);
            if (told) {
                evidence.remittances.push_back(told->remittance());
            } else if (told.error().kind != Error::Kind::kNotFound) {
                return told.error();
            } else {
                v1::Remittance nothing;
                nothing.set_uetr(payment.uetr());
                nothing.set_bank(request.bank());
                evidence.remittances.push_back(nothing);
            }
        }
    }
    return {};
}

}  // namespace lowu::killing
