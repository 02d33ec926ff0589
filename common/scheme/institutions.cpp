// The launch institutions and their verification. See institutions.hpp. The rows are copied, not
// edited: a correction needs a source.
#include "common/scheme/institutions.hpp"

#include <array>
#include <cstddef>
#include <string>

#include "common/scheme/bic.hpp"
#include "common/scheme/names.hpp"

namespace lowu::scheme {

namespace {

// BIC: the public repository of this name at this commit, data of 2019.
constexpr std::string_view kBicList = "PeterNotenboom/SwiftCodes@c66adfe(2019)";

// Codes: public lists, read for several that agree. The check digit of each ibps code is verified.
constexpr std::string_view kMainlandListsAndLogs =
    "public code, several agreeing; seen in IBPS/CNAPS2 log headers too";
constexpr std::string_view kMainlandLists = "public code, several agreeing";
constexpr std::string_view kHongKongListB =
    "HKcode list B (HKMA-style list, about 2021); wingkwong/hk-atm-locator@352fd33 "
    "README";
constexpr std::string_view kHongKongBothLists =
    "HKcode list A (FPS-style list with SVFs, about 2020); HKcode list B (HKMA-style "
    "list, about 2021); wingkwong/hk-atm-locator@352fd33 README";

constexpr std::array<Institution, 12> kLaunchInstitutions = {{
    {Rail::kIbps, "102100099996", "ICBKCNBJ", "Industrial and Commercial Bank of China",
     "中国工商银行", kBicList, kMainlandListsAndLogs},
    {Rail::kIbps, "103100000026", "ABOCCNBJ", "Agricultural Bank of China", "中国农业银行",
     kBicList, kMainlandListsAndLogs},
    {Rail::kIbps, "104100000004", "BKCHCNBJ", "Bank of China", "中国银行", kBicList,
     kMainlandListsAndLogs},
    {Rail::kIbps, "105100000017", "PCBCCNBJ", "China Construction Bank", "中国建设银行", kBicList,
     kMainlandListsAndLogs},
    {Rail::kIbps, "301290000007", "COMMCNSH", "Bank of Communications", "交通银行", kBicList,
     kMainlandLists},
    {Rail::kIbps, "308584000013", "CMBCCNBS", "China Merchants Bank", "招商银行", kBicList,
     kMainlandLists},
    // Codes 036, 064 and 070 of merged sister banks also lead here in one list.
    {Rail::kFps, "012", "BKCHHKHH", "Bank of China (Hong Kong)", "中國銀行(香港)", kBicList,
     kHongKongListB},
    {Rail::kFps, "015", "BEASHKHH", "Bank of East Asia", "東亞銀行", kBicList, kHongKongListB},
    {Rail::kFps, "009", "CCBQHKAX", "China Construction Bank (Asia)", "中國建設銀行(亞洲)",
     kBicList, kHongKongListB},
    {Rail::kFps, "024", "HASEHKHH", "Hang Seng Bank", "恒生銀行", kBicList, kHongKongListB},
    // BIC of 11: all Hong Kong offices and head office; the BIC of 8 is HSBCHKHH.
    {Rail::kFps, "004", "HSBCHKHHHKH", "Hongkong and Shanghai Banking Corporation (HSBC)",
     "香港上海滙豐銀行", kBicList, kHongKongListB},
    // Not ICBKHKHH, which is the branch of the Mainland bank (code 214).
    {Rail::kFps, "072", "UBHKHKHH", "Industrial and Commercial Bank of China (Asia)",
     "中國工商銀行(亞洲)", kBicList, kHongKongBothLists},
}};

Error broken(const Institution& institution, std::string_view what, std::string_view rule) {
    return Error{Error::Kind::kInvalid, "institution " + std::string(institution.code) + " (" +
                                            std::string(institution.name_en) +
                                            "): " + std::string(what) + " " + std::string(rule)};
}

Result<void> verify_one(const Institution& institution) {
    if (const auto rule = check_agent_code(institution.rail, institution.code)) {
        return broken(institution, "code", *rule);
    }
    if (const auto rule = check_bic(institution.bic)) {
        return broken(institution, "BIC", *rule);
    }
    if (const auto fault = check_name(institution.name_en, Field::kParticipant)) {
        return broken(institution, "English name", fault->rule);
    }
    if (const auto fault = check_name(institution.name_zh, Field::kParticipant)) {
        return broken(institution, "Chinese name", fault->rule);
    }
    if (institution.bic_source.empty() || institution.code_source.empty()) {
        return broken(institution, "source", "must be stated");
    }
    return {};
}

}  // namespace

std::span<const Institution> launch_institutions() {
    return kLaunchInstitutions;
}

const Institution* find_institution(AgentCode code) {
    for (const Institution& institution : kLaunchInstitutions) {
        if (parse_agent_code(institution.code) == code) {
            return &institution;
        }
    }
    return nullptr;
}

Result<void> verify_institutions() {
    return verify_institutions(kLaunchInstitutions);
}

Result<void> verify_institutions(std::span<const Institution> institutions) {
    for (std::size_t index = 0; index < institutions.size(); ++index) {
        const Institution& institution = institutions[index];
        if (auto verified = verify_one(institution); !verified) {
            return verified;
        }
        for (const Institution& earlier : institutions.first(index)) {
            if (earlier.code == institution.code) {
                return broken(institution, "code", "must not be listed twice");
            }
            if (earlier.bic == institution.bic) {
                return broken(institution, "BIC", "must not be listed twice");
            }
        }
    }
    return {};
}

}  // namespace lowu::scheme
