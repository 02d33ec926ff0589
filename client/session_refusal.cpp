// Reads what a process of banks says about its sessions. See session_refusal.hpp.
#include "client/session_refusal.hpp"

#include <optional>
#include <set>

#include "client/console.hpp"

namespace lowu::client {

namespace {

// In a line "[time] [bank_sim] [level] bank CODE: ...".
constexpr std::string_view kBank = "] bank ";
constexpr std::string_view kOpen = "session open";
// The switch refuses the numbers that the bank greets with (FAILED_PRECONDITION), or the bank those
// that it is answered.
constexpr std::string_view kRefusals[] = {"no session: code 9 ", "session ended: "};

struct BankLine {
    std::string_view bank;
    std::string_view what;
};

std::optional<BankLine> bank_line(std::string_view line) {
    const std::size_t begin = line.find(kBank);
    if (begin == std::string_view::npos) return std::nullopt;
    line.remove_prefix(begin + kBank.size());
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    return BankLine{line.substr(0, colon), line.substr(colon + 2)};
}

std::optional<std::string_view> refusal_in(std::string_view what) {
    for (const std::string_view refusal : kRefusals) {
        if (what.starts_with(refusal)) return what.substr(refusal.size());
    }
    return std::nullopt;
}

}  // namespace

std::vector<SessionRefusal> session_refusals(std::string_view said) {
    std::vector<SessionRefusal> refusals;
    std::set<std::string_view> decided;
    while (!said.empty()) {
        const std::size_t end = said.find('\n');
        if (end == std::string_view::npos) break;  // still being written
        const auto line = bank_line(said.substr(0, end));
        said.remove_prefix(end + 1);
        if (!line || decided.contains(line->bank)) continue;
        const auto why = refusal_in(line->what);
        if (why) refusals.push_back({std::string(line->bank), std::string(*why)});
        if (why || line->what == kOpen) decided.insert(line->bank);
    }
    return refusals;
}

std::string refusal_text(const std::vector<SessionRefusal>& refusals, const std::string& bank_log,
                         const std::string& switch_log) {
    std::string text;
    for (const SessionRefusal& refusal : refusals) {
        text += bank_text(refusal.bank) + " gets no session: " + refusal.why + ".\n";
    }
    return text + "The log in " + bank_log + " and the switch's in " + switch_log +
           " are of different moments: one of the folders is an older copy, or was lost. Put back "
           "all folders of one moment, or name a new folder by --dir";
}

}  // namespace lowu::client
