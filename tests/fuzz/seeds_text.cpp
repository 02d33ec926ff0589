// Seeds of text files: each kind once, small, with a field of every kind. See seeds.hpp.
#include <string_view>

#include "tests/fuzz/seeds.hpp"

namespace lowu::fuzz {
namespace {

constexpr std::string_view kSwitch = R"(s
scheme_start: "2025-06-22 09:00"
deadlines { payee_ms: 10000 origin_ms: 20000 link_allowance_ms: 2000 queue_allowance_ms: 1000
            creation_window_ms: 600000 creation_skew_ms: 60000 }
link { fps_agent: "012" fps_opening_cny_minor: 200 ibps_agent: "104100000004"
       ibps_net_debit_cap_minor: 20000000000 }
participants { rail: RAIL_FPS code: "012" opening_cny_minor: 500 opening_hkd_minor: 50
               no_service: SERVICE_FEE_COLLECTION no_northbound: true }
participants { rail: RAIL_IBPS code: "102100099996" net_debit_cap_minor: 500 no_southbound: true }
reference_rate { date: "2025-06-20" cny_per_hkd_e8: 91330000 cny_per_usd_e8: 716950000 }
payments_max: 1024 quota_records_max: 16 proxies_max: 16
parameters { name: "amount_maximum" rail: RAIL_FPS direction: DIRECTION_NORTHBOUND
             service: SERVICE_P2P_REMITTANCE value: 100000 }
)";

constexpr std::string_view kBanks = R"(b
token_keys { rail: RAIL_FPS version: 1
             key_hex: "73696d756c61746564206b6579206f66206670732c2076657273696f6e202031" }
banks { rail: RAIL_FPS code: "012" bid_e8: 91200000 ask_e8: 91420000 enquire_after_ms: 5000
  behavior { silent_permille: 5 refuse_reason: "AC03" }
  accounts { account: "012-875-10001" currency: CURRENCY_CNY opening_balance_minor: 5000000
    name_en: "Chan Ka Yan" name_zh: "陳嘉欣" document_number: "SAMPLE-HKID-0001"
    proxies { proxy { kind: PROXY_KIND_MOBILE value: "+852-91230001" } default_receiver: true }
    proxies { proxy { kind: PROXY_KIND_EMAIL value: "chan@example.com" } no_cross_boundary: true } }
  accounts { account: "012-875-90001" currency: CURRENCY_HKD opening_balance_minor: 5
    name_en: "Sample Trading Company" name_zh: "示例貿易" holder: PARTY_KIND_COMPANY } }
)";

constexpr std::string_view kDay = R"(d
title: "A day" notes: "Invented." start: "2025-06-22 09:00"
checkpoints { at: "2025-06-22 10:00" northbound_settled: 3 southbound_settled: 4 }
checkpoints { at: "2025-06-22 11:00" northbound_settled: 8 southbound_settled: 9 }
northbound { average_minor: 50000 bands { weight: 1 min_minor: 10000 max_minor: 90000 }
  hours { hour: 9 weight: 2 } hours { hour: 10 weight: 1 } person_day_max_minor: 900000
  by_proxy_permille: 600 hkd_account_permille: 500 }
southbound { average_minor: 60000 bands { weight: 1 min_minor: 10000 max_minor: 120000 }
  hours { hour: 9 weight: 1 } hours { hour: 10 weight: 1 } person_day_max_minor: 900000
  by_proxy_permille: 500 hkd_account_permille: 500 }
hong_kong { banks { code: "012" weight: 1 } customers_per_bank: 40 proxies_per_bank: 9
  opening_cny_minor: 5000000 opening_hkd_minor: 5000000 }
mainland { banks { code: "102100099996" weight: 1 } customers_per_bank: 40 proxies_per_bank: 9
  opening_cny_minor: 6000000 }
mistakes { wrong_account_permille: 100 wrong_name_permille: 100 unknown_proxy_permille: 100 }
steps { weight: 1 step_minor: 100 } seed: 1 slice_minutes: 5 orders_per_second: 10
)";

}  // namespace

std::vector<Bytes> text_seeds() {
    std::vector<Bytes> seeds;
    for (const std::string_view text : {kSwitch, kBanks, kDay}) {
        const auto bytes = std::as_bytes(std::span(text));
        seeds.emplace_back(bytes.begin(), bytes.end());
    }
    return seeds;
}

}  // namespace lowu::fuzz
