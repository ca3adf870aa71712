// The page's style: one sheet for screen (light and dark), phone and print. Colors are named by what they mean.

export const STYLE = `
:root{color-scheme:light dark;
--paper:#f7f8fa;--card:#fff;--ink:#121820;--soft:#515b68;--line:#d8dde4;--band:#f0f2f6;--beam:#4a3fcf;
--base:#626d7a;--tuned:#4a3fcf;--best:#a85200;--other1:#0a7580;--other2:#a02c74;--good:#17784a;--bad:#b3261e;--skip:#8a8f98;--head:#0d1220;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif}
@media (prefers-color-scheme:dark){:root{--paper:#0e1118;--card:#161b25;--ink:#e8ebf1;--soft:#a3adbb;--line:#2b3240;--band:#1b212d;--beam:#a49bff;
--base:#9ca8b6;--tuned:#a49bff;--best:#f0a44a;--other1:#4fc3cf;--other2:#f08ac6;--good:#5fcf96;--bad:#ff8f85;--skip:#7d8591;--head:#090c14}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 var(--sans);font-variant-numeric:tabular-nums}
a{color:var(--beam)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--beam);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:9}
header.top{background:var(--head);color:#eef1f7;position:relative;overflow:hidden}
header.top .inner{max-width:1240px;margin:0 auto;padding:2.6rem 2rem 2.4rem;position:relative}
header.top svg.rays{position:absolute;right:0;top:0;width:42%;height:100%}
header.top h1{font-size:clamp(1.7rem,4.6vw,2.7rem);line-height:1.12;letter-spacing:-.022em;margin:.35rem 0 .8rem;max-width:20em;font-weight:680}
header.top .kicker,header.top .meta{font:500 .8rem/1.5 var(--mono);color:#b4bdd0;letter-spacing:.01em}
header.top .meta{margin:0;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem}
.lede{font-size:1.1rem;line-height:1.55;max-width:38em;margin:0 0 1.1rem;color:#dfe4ee}
.lede b{color:#fff;font-weight:650}
.page{max-width:1240px;margin:0 auto;padding:0 2rem 4rem;display:grid;grid-template-columns:150px minmax(0,1fr);gap:2.6rem}
.page.alone{grid-template-columns:minmax(0,1fr)}.alone .charts:has(>:only-child){max-width:760px}.faint{opacity:.45}
nav.contents{position:sticky;top:1.6rem;align-self:start;margin-top:2.4rem;font-size:.86rem}
nav.contents ol{list-style:none;margin:0;padding:0;border-left:1px solid var(--line)}
nav.contents a{display:block;padding:.24rem 0 .24rem .9rem;color:var(--soft);text-decoration:none;margin-left:-1px;border-left:1px solid transparent}
nav.contents a:hover{color:var(--ink);border-left-color:var(--beam)}
nav.contents .off{font-style:italic}
main{min-width:0}
section{padding-top:2.6rem}
section+section{border-top:1px solid var(--line);margin-top:2.6rem}
h2{font-size:1.5rem;letter-spacing:-.015em;line-height:1.25;margin:0 0 .5rem;font-weight:660}
h3{font-size:1.02rem;margin:2.1rem 0 .5rem;font-weight:650}
p{margin:.5rem 0 .9rem;max-width:43em}
.note,.rule{color:var(--soft);font-size:.9rem;line-height:1.5}
.rule{border-left:2px solid var(--line);padding-left:.8rem}
.missing{color:var(--soft)}
.notice{border:3px solid var(--bad);border-radius:8px;color:var(--bad);font-size:1.45rem;line-height:1.3;font-weight:750;letter-spacing:-.01em;padding:.9rem 1.2rem;max-width:none;margin:.9rem 0 1.1rem;break-inside:avoid}
code,.hash{font-family:var(--mono);font-size:.86em}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;overflow:auto;font:.86rem/1.6 var(--mono);margin:.6rem 0 1rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:1px;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin:2.4rem 0 0}
.tile{background:var(--card);padding:1rem 1.15rem .95rem}
.tile .name{font-size:.82rem;color:var(--soft);line-height:1.35}
.tile .value{font:600 1.55rem/1.2 var(--sans);letter-spacing:-.02em;margin:.35rem 0 .2rem}
.tile .value small{font-size:.95rem;font-weight:500;color:var(--soft);letter-spacing:0}
.tile .sub{font-size:.82rem;color:var(--soft);line-height:1.4}
.up{color:var(--good)}.down{color:var(--bad)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:1.1rem;margin:1.1rem 0 1.4rem}
.charts.one{max-width:560px}
figure{margin:0}
.chart-figure{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.85rem 1rem .7rem;break-inside:avoid}
.chart-figure figcaption{font-size:.86rem;line-height:1.4;margin-bottom:.45rem;display:flex;flex-wrap:wrap;gap:.05rem .7rem;align-items:baseline}
.chart-figure figcaption b{font-weight:640}
.unit{color:var(--soft)}
.keys{display:flex;flex-wrap:wrap;gap:.1rem .9rem;flex-basis:100%;color:var(--soft)}
.key{white-space:nowrap}.swatch{width:22px;height:10px;margin-right:.35rem;vertical-align:baseline}.swatch.square{width:10px}
svg.chart{display:block;width:100%;height:auto;max-width:560px;margin:0 auto}
svg.chart text{font:11.5px var(--sans);fill:var(--ink)}
svg.chart .tick,svg.chart .axis,svg.chart text.note{fill:var(--soft);font-size:11px}
svg.chart .label{font-weight:600}
svg.chart .on-bar{fill:#fff;font-weight:600;font-size:11px}
.grid{stroke:var(--line);stroke-width:1}.baseline,.tickmark{stroke:var(--soft);stroke-width:1}.band{fill:var(--band)}
.reference{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.dashed{stroke-dasharray:5 4}.whisker{stroke-width:2}
.mark{stroke:var(--card);stroke-width:1}
.c-base{--c:var(--base)}.c-tuned{--c:var(--tuned)}.c-best{--c:var(--best)}.c-other1{--c:var(--other1)}.c-other2{--c:var(--other2)}.c-good{--c:var(--good)}.c-bad{--c:var(--bad)}.c-skip{--c:var(--skip)}
.line,.whisker{stroke:var(--c)}.mark,.bar{fill:var(--c)}
@media (prefers-color-scheme:dark){svg.chart .on-bar{fill:#0e1118}}
.scroll{overflow-x:auto;margin:1rem 0 1.3rem;border:1px solid var(--line);border-radius:10px;background:var(--card)}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4}
caption{text-align:left;font-size:.86rem;padding:.75rem 1rem .35rem;font-weight:640}
caption span{font-weight:400;color:var(--soft)}
th,td{padding:.42rem .62rem;text-align:right;border-top:1px solid var(--line);white-space:nowrap;vertical-align:baseline}
th:first-child,td:first-child{text-align:left;padding-left:1rem}
td.left,thead th.left{text-align:left}
thead th{font-weight:560;color:var(--soft);font-size:.82rem;border-top:0;border-bottom:1px solid var(--line);vertical-align:bottom}
tbody th{font-weight:560}
tbody tr.group th{background:var(--band);font-size:.82rem;color:var(--soft);text-align:left}
tbody tr.total>*{font-weight:650}
td .i{display:block;color:var(--soft);font-size:.79rem;font-weight:400}
.dot{display:inline-block;width:.62em;height:.62em;border-radius:50%;background:var(--c);margin-right:.45em}
img.photo{display:block;background:var(--band);width:100%;height:auto;border-radius:3px}
img.px{image-rendering:pixelated;display:block;background:var(--band);width:100%;height:auto;aspect-ratio:1;border-radius:3px}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,250px),1fr));gap:1rem;margin:1.1rem 0}
.pair{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.7rem .75rem .75rem;break-inside:avoid}
.pair .prompt{font-size:.87rem;line-height:1.35;margin:0 0 .55rem;min-height:2.7em;display:flex;flex-direction:column}
.pair .prompt span{color:var(--soft);font-size:.78rem}
.pair .row{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;gap:.5rem}
.pair figcaption{font-size:.78rem;line-height:1.3;margin-top:.3rem;color:var(--soft);display:flex;justify-content:space-between;gap:.3rem}
.answer{font-weight:650}.answer.good{color:var(--good)}.answer.bad{color:var(--bad)}.answer.unclear,.answer.skip{color:var(--soft)}
.strip{display:grid;grid-template-columns:repeat(8,minmax(0,1fr));gap:.9rem .8rem;margin:1rem 0}
.strip figcaption{font-size:.77rem;line-height:1.3;margin-top:.3rem}
.strip .answer{display:block}
table.samples td,table.samples th{padding:.4rem .35rem;text-align:center;border-top:1px solid var(--line)}
table.samples td{min-width:72px}
table.samples thead th:first-child{text-align:left;padding-left:1rem}
table.samples td,table.samples tbody th{vertical-align:middle}
table.samples tbody th{text-align:left;white-space:normal;min-width:8.5rem;font-weight:450;padding-left:1rem}
table.samples img{width:72px;margin:0 auto}
.config td:last-child{white-space:normal;min-width:18rem}
details{margin:1rem 0}summary{cursor:pointer;font-weight:560}details.fold{margin:0}details.fold>summary h2{display:inline;margin:0}details.fold>div{scroll-margin-top:5rem}.charts.headline{margin:1.4rem 0 0;grid-template-columns:minmax(0,1fr)}
.chain{list-style:none;padding:0;margin:1rem 0;border-left:2px solid var(--line)}
.chain li{padding:.15rem 0 .8rem 1.2rem;position:relative}
.chain li::before{content:"";position:absolute;left:-6px;top:.62rem;width:10px;height:10px;border-radius:50%;background:var(--paper);border:2px solid var(--beam)}
.chain .hash{color:var(--soft);margin-left:.5rem}
footer{max-width:1240px;margin:0 auto;padding:1.2rem 2rem 3rem;color:var(--soft);font-size:.86rem;border-top:1px solid var(--line)}
@media (max-width:560px){th,td{padding:.42rem .5rem}tbody th[scope=row]{position:sticky;left:0;background:var(--card)}.chart-figure{padding:.75rem .5rem .5rem}.chart-figure figcaption{padding:0 .4rem}svg.chart text{font-size:12.5px}svg.chart .tick,svg.chart .axis,svg.chart text.note{font-size:12px}}
@media (max-width:900px){.strip{grid-template-columns:repeat(auto-fill,minmax(92px,1fr))}header.top svg.rays{display:none}.page{grid-template-columns:minmax(0,1fr);gap:0;padding:0 1.1rem 3rem}header.top .inner{padding:1.7rem 1.1rem 1.6rem}
nav.contents{position:static;margin-top:1.4rem}nav.contents ol{display:flex;flex-wrap:wrap;gap:.1rem 1rem;border:0}nav.contents a{padding:.2rem 0;border:0;text-decoration:underline;text-decoration-color:var(--line)}
.tiles{margin-top:1.4rem;grid-template-columns:repeat(2,minmax(0,1fr))}.tile{padding:.8rem .85rem}.tile .value{font-size:1.25rem}.lede{font-size:1.02rem}footer{padding:1.2rem 1.1rem 2rem}
section{padding-top:1.8rem}section+section{margin-top:1.8rem}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--band:#f1f1f1;--head:#fff;color-scheme:light;
--base:#626d7a;--tuned:#4a3fcf;--best:#a85200;--other1:#0a7580;--other2:#a02c74;--good:#17784a;--bad:#b3261e;--skip:#8a8f98;--beam:#4a3fcf}
@page{margin:15mm}
body{font-size:10.2pt}nav.contents,.skip,header.top svg.rays{display:none}.page{display:block;padding:0;max-width:none}
header.top,header.top .lede,header.top .lede b,header.top .meta,header.top .kicker{color:#000;background:#fff}header.top .inner{padding:0 0 1rem}
svg.chart .on-bar{fill:#fff}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
section{padding-top:1.2rem}section+section{margin-top:1.2rem}h2,h3,caption{break-after:avoid}tr,figure{break-inside:avoid}tr.group{break-after:avoid}.scroll{overflow:visible}.tiles{grid-template-columns:repeat(4,1fr);margin-top:1rem}
.charts{grid-template-columns:repeat(2,1fr)}.pairs{grid-template-columns:repeat(3,1fr)}.strip{grid-template-columns:repeat(8,1fr)}table{font-size:8pt}th,td{padding:.22rem .3rem}th,td{white-space:normal}td .i{font-size:7pt}.config td,.config td:last-child{white-space:normal;min-width:0}.config code{overflow-wrap:anywhere}.notice{font-size:15pt}pre{white-space:pre-wrap}details>*{display:block}details::details-content{content-visibility:visible;display:block;height:auto}summary{list-style:none}details.more>summary{display:none}}
`;
