// The whole page: header, contents, sections. One file without anything from outside.

import { restartCharts } from './charts/frame.ts';
import type { ReportData } from './data.ts';
import { readableTime } from './format.ts';
import { lede, tiles } from './headline.ts';
import { type Html, html, raw } from './html.ts';
import type { PictureTag } from './pictures.ts';
import { askedSection } from './sections/asked.ts';
import { beforeAfterSection } from './sections/before-after.ts';
import { costSection } from './sections/cost.ts';
import { evaluationSection, headlineChart } from './sections/evaluation.ts';
import { feedbackSection } from './sections/feedback.ts';
import { lineageSection } from './sections/lineage.ts';
import { measuresSection } from './sections/measures.ts';
import { repeatSection } from './sections/repeat.ts';
import { rewardSection } from './sections/reward.ts';
import { foldSection, renderSection, type Section } from './sections/section.ts';
import { tradeOffSection } from './sections/trade-off.ts';
import { tuningSection } from './sections/tuning.ts';
import { verdictSection } from './sections/verdict.ts';
import { STYLE } from './style.ts';

/** What makes the summary, beside the figures and the chart at its top; the other sections are folded, and unfold on paper. */
const OPEN = ['before-after', 'verdict'];

/** The text of `report.html`. The same data and pictures give the same bytes. */
export function renderPage(data: ReportData, picture: PictureTag): string {
  restartCharts();
  const sections: Section[] = [
    beforeAfterSection(data.evaluation, data.verdicts, picture),
    askedSection(data.asked),
    feedbackSection(data.feedback, picture),
    rewardSection(data.reward),
    tuningSection(data.tuning, data.evaluation?.overSteps ?? [], picture),
    verdictSection(data.verdicts, data.unanswered),
    evaluationSection(data.evaluation, data.measures !== null),
    measuresSection(data.measures, data.geneval),
    tradeOffSection(data.evaluation, data.measures !== null),
    lineageSection(data.lineage),
    costSection(data.cost),
    repeatSection(data),
  ];
  const contents = sections.map(
    ({ id, title, missing }) => html`<li><a href="#${id}"${missing ? html` class="off"` : null}>${title}</a></li>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Collimate">
<link rel="icon" href="data:,">
<title>${data.title} · Collimate report</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
<header class="top">${rays()}<div class="inner"><div class="kicker">Collimate · report of a run</div><h1>${data.title}</h1>${lede(data)}<p class="meta"><span>seed ${data.seed}</span><span>written ${readableTime(data.createdAt)}</span></p></div></header>
<div class="page">
<nav class="contents" aria-label="Contents"><ol>${contents}</ol></nav>
<main id="main">${tiles(data)}${headlineChart(data.evaluation)}${sections.map((one) => (OPEN.includes(one.id) ? renderSection(one) : foldSection(one)))}</main>
</div>
<footer>Written by <code>collimate report</code>; the same figures are in <code>report.json</code>. Method: K. Lee et al., Aligning Text-to-Image Models using Human Feedback, arXiv:2302.12192 (2023).</footer>
</body>
</html>
`.html;
}

/** The ornament of the header: rays from a point that a lens makes parallel, which is to collimate. */
function rays(): Html {
  const offsets = [-3, -2, -1, 0, 1, 2, 3];
  const lines = offsets.map((offset, i) => {
    const y = 120 + 26 * offset;
    return html`<path d="M640 120L900 ${y}H1500" stroke="hsl(${246 - 32 * Math.abs(i - 3)} 85% 72%)" stroke-opacity="${0.5 - 0.09 * Math.abs(offset)}"/>`;
  });
  return html`<svg class="rays" viewBox="620 0 580 240" preserveAspectRatio="xMaxYMid slice" aria-hidden="true" fill="none" stroke-width="1.2">${lines}<ellipse cx="900" cy="120" rx="9" ry="104" stroke="#c9cffc" stroke-opacity=".4"/></svg>`;
}
