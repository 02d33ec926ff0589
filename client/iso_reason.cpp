// Definitions of ISO 20022 reason codes. See iso_reason.hpp.
#include "client/iso_reason.hpp"

#include <algorithm>
#include <span>

namespace lowu::client {

namespace {

struct Definition {
    std::string_view code;
    std::string_view text;
};

// External code sets of ISO 20022; the wording is the standard's. ExternalStatusReason1Code:
constexpr Definition kStatusReasons[] = {
    {"AB03", "Settlement aborted due to timeout."},
    {"AB04", "Settlement process aborted due to a fatal error."},
    {"AB05", "Transaction stopped due to timeout at the Creditor Agent."},
    {"AB07",
     "Agent of message is not online. Generic usage if it cannot be determined who exactly is not "
     "online."},
    {"AB08", "Creditor Agent is not online."},
    {"AB09", "Transaction stopped due to error at the Creditor Agent."},
    {"AB10", "Transaction stopped due to error at the Instructed Agent."},
    {"AC03", "Creditor account number invalid or missing"},
    {"AC06", "Account specified is blocked, prohibiting posting of transactions against it."},
    {"AC07", "Creditor account number closed"},
    {"AC11", "Creditor account currency is invalid or missing"},
    {"AC14", "Creditor account type missing or invalid"},
    {"AG01", "Transaction forbidden on this type of account (formerly NoAgreement)"},
    {"AG09", "Original payment never received."},
    {"AG11", "Creditor Agent of message is suspended from the Real Time Payment system."},
    {"AM02", "Specific transaction/message amount is greater than allowed maximum"},
    {"AM04", "Amount of funds available to cover specified message amount is insufficient."},
    {"AM05", "Duplication"},
    {"AM09", "Amount received is not the amount agreed or expected"},
    {"AM13", "Transaction amount exceeds limits set by clearing system"},
    {"AM14", "Transaction amount exceeds limits agreed between bank and client"},
    {"AM23", "Transaction amount exceeds settlement limit."},
    {"BE01",
     "Identification of end customer is not consistent with associated account number. (formerly "
     "CreditorConsistency)."},
    {"BE16", "Debtor or Ultimate Debtor identification code missing or invalid"},
    {"BE22", "Creditor name is missing"},
    {"BE23",
     "Phone number or email address, or any other proxy, used as the account proxy is unknown or "
     "invalid."},
    {"CNOR", "Creditor bank is not registered under this BIC in the CSM"},
    {"DNOR", "Debtor bank is not registered under this BIC in the CSM"},
    {"DT01", "Invalid date (eg, wrong or missing settlement date)"},
    {"DUPL", "Payment or charge is a duplicate of another payment or charge."},
    {"ED06", "Interbank settlement system not available."},
    {"FF03",
     "Payment Type Information is missing or invalid. Generic usage if cannot specify Service "
     "Level or Local Instrument code"},
    {"FF07", "Purpose is missing or invalid"},
    {"MS03", "Reason has not been specified by agent."},
    {"NARR", "Reason is provided as narrative information in the additional reason information."},
    {"RR04", "Regulatory Reason"},
    {"TM01",
     "Associated message, payment information block, or transaction was received after agreed "
     "processing cut-off time."},
};

// ExternalReturnReason1Code:
constexpr Definition kReturnReasons[] = {
    {"AC04", "Account number specified has been closed on the bank of account's books"},
    {"AM09", "Amount received is not the amount agreed or expected"},
    {"BE01",
     "Identification of end customer is not consistent with associated account number, "
     "organisation ID or private ID."},
    {"CURR", "Currency of the payment is incorrect"},
    {"FOCR", "Return following a cancellation request"},
    {"FR01", "Returned as a result of fraud."},
    {"MD06", "Return of funds requested by end customer"},
    {"NARR", "Reason is provided as narrative information in the additional reason information."},
};

std::optional<std::string_view> find(std::span<const Definition> definitions,
                                     std::string_view code) {
    const auto found = std::find_if(definitions.begin(), definitions.end(),
                                    [code](const Definition& row) { return row.code == code; });
    if (found == definitions.end()) return std::nullopt;
    return found->text;
}

}  // namespace

std::optional<std::string_view> iso_reason_definition(std::string_view code) {
    return find(kStatusReasons, code);
}

std::optional<std::string_view> iso_return_definition(std::string_view code) {
    return find(kReturnReasons, code);
}

}  // namespace lowu::client
