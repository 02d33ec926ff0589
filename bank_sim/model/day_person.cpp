// Invented customers. See day_person.hpp.
#include "bank_sim/model/day_person.hpp"

#include <array>
#include <cstddef>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"

namespace lowu::bank {
namespace {

using scheme::ProxyKind;
using scheme::Rail;

struct Part {
    const char* en;
    const char* zh;
};

// As each side of the border writes them: Cantonese and traditional characters, Pinyin and
// simplified ones.
constexpr std::array<Part, 24> kHongKongFamilies = {{
    {"Chan", "陳"}, {"Wong", "黃"},  {"Lee", "李"},  {"Cheung", "張"},  {"Lau", "劉"},
    {"Ng", "吳"},   {"Leung", "梁"}, {"Ho", "何"},   {"Lam", "林"},     {"Chow", "周"},
    {"Yip", "葉"},  {"Tsang", "曾"}, {"Kwok", "郭"}, {"Tang", "鄧"},    {"Fung", "馮"},
    {"Mak", "麥"},  {"Yeung", "楊"}, {"Tse", "謝"},  {"Choi", "蔡"},    {"Law", "羅"},
    {"Poon", "潘"}, {"Chiu", "趙"},  {"Siu", "蕭"},  {"Szeto", "司徒"},
}};
constexpr std::array<Part, 32> kHongKongGiven = {{
    {"Ka", "嘉"},   {"Yan", "欣"},  {"Chi", "志"},  {"Keung", "強"}, {"Wai", "慧"},
    {"Lam", "琳"},  {"Tsz", "子"},  {"Hin", "軒"},  {"Mei", "美"},   {"Po", "寶"},
    {"Kwok", "國"}, {"Fai", "輝"},  {"Hoi", "凱"},  {"Ching", "晴"}, {"Man", "文"},
    {"Lok", "樂"},  {"Siu", "小"},  {"Fong", "芳"}, {"Sze", "詩"},   {"Nga", "雅"},
    {"Ho", "浩"},   {"Yin", "然"},  {"Yuk", "玉"},  {"Lan", "蘭"},   {"Chun", "俊"},
    {"Kit", "傑"},  {"Wing", "詠"}, {"Sum", "芯"},  {"Tin", "天"},   {"Yau", "佑"},
    {"Pui", "佩"},  {"Shan", "珊"},
}};
constexpr std::array<Part, 24> kMainlandFamilies = {{
    {"Wang", "王"},  {"Li", "李"},    {"Zhang", "张"}, {"Liu", "刘"},      {"Chen", "陈"},
    {"Yang", "杨"},  {"Huang", "黄"}, {"Zhao", "赵"},  {"Wu", "吴"},       {"Zhou", "周"},
    {"Xu", "徐"},    {"Sun", "孙"},   {"Ma", "马"},    {"Zhu", "朱"},      {"Hu", "胡"},
    {"Guo", "郭"},   {"He", "何"},    {"Lin", "林"},   {"Gao", "高"},      {"Luo", "罗"},
    {"Zheng", "郑"}, {"Liang", "梁"}, {"Xie", "谢"},   {"Ouyang", "欧阳"},
}};
constexpr std::array<Part, 32> kMainlandGiven = {{
    {"wei", "伟"},  {"xiu", "秀"},  {"ying", "英"}, {"zi", "子"},    {"han", "涵"},  {"na", "娜"},
    {"yang", "洋"}, {"gui", "桂"},  {"jing", "静"}, {"jian", "建"},  {"guo", "国"},  {"yi", "一"},
    {"fan", "帆"},  {"xiao", "晓"}, {"yan", "燕"},  {"qiang", "强"}, {"ting", "婷"}, {"min", "敏"},
    {"hai", "海"},  {"tao", "涛"},  {"ru", "如"},   {"xue", "雪"},   {"fei", "飞"},  {"yu", "雨"},
    {"ming", "明"}, {"hua", "华"},  {"jun", "军"},  {"lei", "磊"},   {"fang", "芳"}, {"jie", "杰"},
    {"bo", "博"},   {"chen", "晨"},
}};

// The number with leading zeros.
std::string digits(std::uint64_t number, std::size_t length) {
    std::string text = std::to_string(number);
    LOWU_ASSERT(text.size() <= length, "the limits of a day keep numbers short");
    return std::string(length - text.size(), '0') + text;
}

// The lists of banks start at 1 in people's numbers.
std::string bank_digits(const DayPlace& place) {
    return digits(place.bank + 1, 2);
}

std::string capitalised(std::string text) {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

// Draws without a generator: the parts of a name are known without those before.
std::size_t pick(std::uint64_t seed, const DayPlace& place, std::uint64_t which,
                 std::size_t count) {
    const std::uint64_t where = (std::uint64_t{place.bank} << 40U) |
                                (std::uint64_t{place.customer} << 8U) |
                                static_cast<std::uint64_t>(place.rail);
    return static_cast<std::size_t>(mix64(mix64(seed, where), which) % count);
}

}  // namespace

// Codes 850 and 851 for the branch, as no bank of the launch has them in its first accounts.
std::string day_cny_account(const DayPlace& place, std::string_view bank_code) {
    if (place.rail == Rail::kFps) {
        return std::string(bank_code) + "-850-" + digits(place.customer, 6);
    }
    // A bank card: 62, the bank's three digits, nine for the customer.
    return "62" + std::string(bank_code.substr(0, 3)) + "85" + digits(place.customer, 9);
}

std::string day_hkd_account(const DayPlace& place, std::string_view bank_code) {
    LOWU_ASSERT(place.rail == Rail::kFps, "HKD is held in Hong Kong");
    return std::string(bank_code) + "-851-" + digits(place.customer, 6);
}

std::string day_document_number(const DayPlace& place, std::string_view bank_code) {
    return "DAY-" + std::string(bank_code) + "-" + digits(place.customer, 6);
}

DayName day_name(const DayPlace& place, std::uint64_t seed) {
    const bool hong_kong = place.rail == Rail::kFps;
    const auto& families = hong_kong ? kHongKongFamilies : kMainlandFamilies;
    const auto& given = hong_kong ? kHongKongGiven : kMainlandGiven;
    const Part& family = families[pick(seed, place, 1, families.size())];
    const Part& first = given[pick(seed, place, 2, given.size())];
    const Part& second = given[pick(seed, place, 3, given.size())];
    DayName name{family.en, family.zh};
    name.zh += first.zh;
    if (hong_kong) {
        name.en += " " + std::string(first.en) + " " + second.en;
        name.zh += second.zh;
        return name;
    }
    // One name in three has a single character.
    name.en += " " + capitalised(first.en);
    if (pick(seed, place, 4, 3) > 0) {
        name.en += second.en;
        name.zh += second.zh;
    }
    return name;
}

// No mobile number begins with 0 in Hong Kong, nor with 12 on the Mainland.
DayProxy day_mobile(const DayPlace& place) {
    if (place.rail == Rail::kFps) {
        return {ProxyKind::kMobile, "+852-0" + bank_digits(place) + digits(place.customer, 5)};
    }
    return {ProxyKind::kMobile, "+86-12" + bank_digits(place) + digits(place.customer, 7)};
}

DayProxy day_proxy(const DayPlace& place) {
    if (place.rail == Rail::kFps && place.customer % 5 == 3) {
        return {ProxyKind::kEmail,
                "customer" + bank_digits(place) + digits(place.customer, 5) + "@mail.example"};
    }
    if (place.rail == Rail::kFps && place.customer % 5 == 4) {
        return {ProxyKind::kFpsId, "0" + bank_digits(place) + digits(place.customer, 6)};
    }
    return day_mobile(place);
}

}  // namespace lowu::bank
