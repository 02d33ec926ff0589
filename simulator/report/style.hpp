// The style sheet of the HTML page, light and dark. Exists apart so that html.cpp is about content.
#pragma once

#include <string_view>

namespace lowu::report {

inline constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark;
  --paper: #ffffff; --card: #ffffff; --ink: #1c2430; --soft: #5a6675; --rule: #dfe4ea; --grid:
  #e9edf1;
  --n1: #1f6fb2; --n2: #5ba3d9; --n3: #a5cdea; --s1: #d9622b; --s2: #efa04f; --s3: #f6cf8f;
  --d1: #3c8d5a; --d2: #7fbf93; --d3: #b9dfc4; --good: #3c8d5a; --bad: #c0392b; --back: #8e5bb5;
  --r1: #8e5bb5; --r2: #1f6fb2; --r3: #efa04f; --r4: #c0392b;
  --p50: #7fb3dc; --p90: #1f6fb2; --p99: #c0392b;
  --fault: #c0392b; --operator: #8e5bb5; --season: #8a94a0; --hover: rgba(28, 36, 48, .08); }
@media (prefers-color-scheme: dark) { :root {
  --paper: #12161b; --card: #181d24; --ink: #e4e9ef; --soft: #9aa7b5; --rule: #2c343e; --grid:
  #252c35;
  --n1: #5aa9ec; --n2: #3a80bb; --n3: #2d608d; --s1: #f0844d; --s2: #c07434; --s3: #94602f;
  --d1: #6cc28b; --d2: #3f8a59; --d3: #285a3a; --good: #4fa872; --bad: #ee6a5b; --back: #b58adf;
  --r1: #b58adf; --r2: #5aa9ec; --r3: #f0b25e; --r4: #ee6a5b;
  --p50: #3d78a8; --p90: #5aa9ec; --p99: #ee6a5b;
  --fault: #ee6a5b; --operator: #b58adf; --season: #8794a2; --hover: rgba(228, 233, 239, .1); } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC",
  sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 19px; margin: 40px 0 12px; padding-top: 12px; border-top: 1px solid var(--rule); }
h3 { font-size: 15px; margin: 0; display: inline; }
p { margin: 0; }
.simulated { font-weight: 600; color: var(--bad); }
.notes { color: var(--soft); margin: 10px 0 0; padding-left: 18px; font-size: 14px; }
dl.facts { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 14px 0 0; font-size: 13px; }
dl.facts div { display: flex; gap: 6px; } dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
ul.tiles { list-style: none; display: grid; gap: 12px; margin: 22px 0 0; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
ul.tiles li { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding:
  10px 12px; }
ul.tiles b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums;
  }
ul.tiles span { color: var(--soft); font-size: 13px; }
figure { margin: 0 0 18px; padding: 14px 16px 10px; background: var(--card); border: 1px solid
  var(--rule);
  border-radius: 8px; }
figcaption p { display: inline; color: var(--soft); font-size: 13px; margin-left: 8px; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 6px 0 4px;
  padding: 0;
  font-size: 13px; }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 6px;
  vertical-align: -1px; background: var(--c); }
.key.stroke { height: 3px; width: 18px; vertical-align: 4px; }
.key.dashed { background: repeating-linear-gradient(90deg, var(--c) 0 4px, transparent 4px 7px); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg.narrow { display: none; }
svg text { font-size: 12px; fill: var(--soft); font-family: inherit; font-variant-numeric:
  tabular-nums; }
svg text.number { font-size: 11px; font-weight: 600; fill: var(--c); }
.grid { stroke: var(--grid); } .base { stroke: var(--soft); }
.area, .bar { fill: var(--c); } .line { fill: none; stroke: var(--c); stroke-width: 1.8;
  stroke-linejoin: round; }
.line.dashed { stroke-dasharray: 4 3; } .dot { fill: var(--c); }
.mark { fill: var(--c); opacity: .16; } .mark.season { opacity: .12; }
.flag { fill: var(--c); opacity: .75; }
.hit { fill: transparent; } .hit:hover { fill: var(--hover); }
.n1 { --c: var(--n1); } .n2 { --c: var(--n2); } .n3 { --c: var(--n3); }
.s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
.d1 { --c: var(--d1); } .d2 { --c: var(--d2); } .d3 { --c: var(--d3); }
.r1 { --c: var(--r1); } .r2 { --c: var(--r2); } .r3 { --c: var(--r3); } .r4 { --c: var(--r4); }
.p50 { --c: var(--p50); } .p90 { --c: var(--p90); } .p99 { --c: var(--p99); }
.good { --c: var(--good); } .bad { --c: var(--bad); } .back { --c: var(--back); }
.fault, .switch { --c: var(--fault); } .operator { --c: var(--operator); } .season { --c:
  var(--season); }
.join, .leave { --c: var(--good); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--rule); border-radius:
  8px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric:
  tabular-nums; }
th, td { padding: 6px 10px; text-align: left; border-bottom: 1px solid var(--rule); vertical-align:
  top; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; } tr:last-child td { border-bottom:
  0; }
td.number, th.number { text-align: right; white-space: nowrap; } tr.sum td { font-weight: 600; }
td.when { white-space: nowrap; } td small { display: block; color: var(--soft); font-size: 12.5px; }
td .share { display: block; height: 8px; min-width: 1px; border-radius: 2px; background: var(--c); }
td.plot { width: 22%; min-width: 90px; padding-top: 12px; }
.tag { font-size: 12px; font-weight: 600; color: var(--c); margin-right: 8px; }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--soft); margin-bottom: 8px; }
footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
@media (max-width: 700px) {
  main { padding: 16px 10px 40px; } h1 { font-size: 21px; } figure { padding: 10px 8px 6px; }
  svg.wide { display: none; } svg.narrow { display: block; } ul.tiles { grid-template-columns: 1fr
  1fr; }
  th, td { padding: 5px 8px; } td.plot, th.plot { display: none; } }
@media print { .hit { display: none; } figure { break-inside: avoid; } }
)css";

}  // namespace lowu::report
