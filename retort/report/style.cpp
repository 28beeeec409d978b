#include "retort/report/sections.hpp"

namespace retort {

// Blue, vermilion and bluish green of Okabe and Ito's palette, which the colour-blind tell apart;
// lines differ in their dashes too. line1 to line8 are runs laid over each other.
const char* const page_style = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --soft: #5d636b; --rule: #dfe2e6;
  --student: #0067a8; --teacher: #c24e00; --twin: #00805f;
  --adjusted: #7b4bb3; --amber: #8a6a00; --pink: #b8407f; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #15171a; --ink: #e8eaed; --soft: #a2a9b2; --rule: #33383e;
    --student: #6cb8f5; --teacher: #ff9d5c; --twin: #45cfa6; --adjusted: #c9a5f2; --amber: #e8c94a; --pink: #f596c4; } }
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere; }
.student { --accent: var(--student); } .teacher { --accent: var(--teacher); }
.twin { --accent: var(--twin); } .adjusted { --accent: var(--adjusted); }
.line1, .line7 { --accent: var(--student); } .line2, .line8 { --accent: var(--teacher); }
.line3 { --accent: var(--twin); } .line4 { --accent: var(--adjusted); }
.line5 { --accent: var(--amber); } .line6 { --accent: var(--pink); }
.other { --accent: var(--soft); }

h1 { font-size: 1rem; font-weight: 600; margin: 0; }
h1 small { font-weight: 400; }
h3 { font-size: 1rem; font-weight: 600; margin: 2.5rem 0 .75rem; }
h2 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .75rem; }
a { color: inherit; }
section { margin-top: 3.5rem; }
small, .note, footer { color: var(--soft); font-size: .8125rem; }
.note { max-width: 42rem; margin: .5rem 0 1rem; }
.summary { font-size: clamp(1.5rem, 1.1rem + 1.9vw, 2.25rem); line-height: 1.25; font-weight: 600;
  letter-spacing: -.01em; margin: 1rem 0 .75rem; text-wrap: balance; }
.second { font-size: 1.125rem; max-width: 42rem; margin: 0 0 1.5rem; }
.reading { max-width: 42rem; margin: .75rem 0 1rem; }
figure > .reading { font-size: .875rem; margin: .75rem 0 0; }
.warnings { margin: 1.5rem 0; padding: 0 0 0 1rem; border-left: 3px solid var(--teacher);
  list-style: none; }
.warnings li + li { margin-top: .5rem; }
b.student, b.teacher, b.twin, b.adjusted { color: var(--accent); font-weight: 600; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

.wide { overflow-x: auto; position: relative; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem 0 .4rem 1.25rem; text-align: right; vertical-align: top;
  font-weight: 400; min-width: 4.5rem; }
td { white-space: nowrap; }
th { overflow-wrap: break-word; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
tbody th:first-child { min-width: 5.5rem; overflow-wrap: anywhere; }
tbody th.expression { min-width: 8.5rem; overflow-wrap: break-word; }
thead th { font-weight: 600; vertical-align: bottom; color: var(--accent, var(--ink)); }
tbody tr { border-top: 1px solid var(--rule); }
.no-measure { color: var(--soft); font-style: italic; }
th small, td small { display: block; font-weight: 400; line-height: 1.35; }
th.word, td.word { text-align: left; white-space: normal; }
td.word { min-width: 5.5rem; overflow-wrap: anywhere; }
td.source { min-width: 15rem; }

svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); font-variant-numeric: tabular-nums;
  unicode-bidi: isolate; }
svg text.axis, svg text.right { fill: var(--soft); }
svg text.strong { font-weight: 700; }
.grid { stroke: var(--rule); }
.frame { fill: none; stroke: var(--rule); }
.ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
.twin.curve, .twin > svg > .curve { stroke-dasharray: 6 3; }
.teacher.curve, .teacher > svg > .curve { stroke-dasharray: 2 2; }
.whole > svg > .curve, .whole.curve { stroke-dasharray: none; }
.line2.curve, .line2 > svg > .curve { stroke-dasharray: 8 3; }
.line3.curve, .line3 > svg > .curve { stroke-dasharray: 2 2; }
.line4.curve, .line4 > svg > .curve { stroke-dasharray: 8 3 2 3; }
.line6.curve, .line6 > svg > .curve { stroke-dasharray: 5 3; }
.line7.curve, .line7 > svg > .curve { stroke-dasharray: 3 3; }
.line8.curve, .line8 > svg > .curve { stroke-dasharray: 2 4; }
.other.curve, .other > svg > .curve { stroke-width: 1; stroke-opacity: .6; }
.ink { --accent: var(--soft); }
.ink > svg > .curve, .ink.curve { stroke-dasharray: 6 3; }
.faint { fill-opacity: .45; }
.seed { fill-opacity: .5; }
.dot, .area { fill: var(--accent); }
.chosen { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.gap { stroke: var(--accent); stroke-width: 1.5; }
.bin { fill: var(--accent); fill-opacity: .3; stroke: var(--accent); }

figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: .5rem; }
figcaption small { font-weight: 400; }
.panels { display: grid; gap: 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.panels > figure { max-width: 30rem; }
.panels.three { grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
.panels.three > figure { max-width: 17rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; margin: 0 0 1rem;
  padding: 0; font-size: .875rem; }
.legend svg { display: inline-block; width: 1.75rem; vertical-align: middle; }

.bars { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem 3rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr));
  font-variant-numeric: tabular-nums; }
.bars > li { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .75rem;
  align-items: center; break-inside: avoid; }
.of { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden;
  font-size: .875rem; line-height: 1.2; }
.bar { display: grid; grid-template-columns: minmax(0, 1fr) 3.75rem; gap: .5rem; align-items: center;
  font-size: .8125rem; line-height: 1.3; position: relative; }
.bar svg { height: .5rem; }
.bar rect { fill: var(--accent); }
.bar span:last-child { text-align: right; }
header .bars { grid-template-columns: minmax(0, 36rem); gap: .25rem; }
header .bar { font-size: 1rem; }
header .bar svg { height: .75rem; }

.cards { display: grid; gap: 2rem 1.5rem; list-style: none; margin: 0; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 9rem), 1fr)); }
.cards li { break-inside: avoid; min-width: 0; max-width: 14rem; }
.cards img, .digit img { display: block; image-rendering: pixelated; }
.cards img.upright, .digit img.upright { height: 6rem; width: auto; max-width: 100%; }
.cards img.across, .digit img.across { width: 100%; height: auto; }
.cards p { margin: .5rem 0 .25rem; line-height: 1.3; }
.cards p span { color: var(--soft); font-size: .8125rem; }
.cards small { display: block; margin-top: .25rem; }

.example { display: grid; gap: 1.5rem; grid-template-columns: 7rem minmax(0, 1fr); }
.charts { display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); }
.charts figure { max-width: 20rem; }
.digit p { margin: .5rem 0 .25rem; }
.pair .cards { grid-template-columns: 1fr 1fr; }
.pair figcaption { text-wrap: balance; }

details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--soft); }
details > div, details > pre { margin-top: 1rem; }
pre { font: .8125rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; margin: 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1.5rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
footer { margin-top: 4rem; }
@media (max-width: 30rem) {
  .example { grid-template-columns: minmax(0, 1fr); }
  table { font-size: .8125rem; }
  th, td { padding-left: .5rem; min-width: 0; }
  th small, td small { font-size: .6875rem; } }
@media print {
  body { font-size: 10.5pt; padding: 0; max-width: none; }
  section { margin-top: 2rem; }
  h2 { break-after: avoid; }
  .wide { overflow-x: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
  svg, img, rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

}  // namespace retort
