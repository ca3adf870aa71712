// The page of an experiment: what was asked, the claims, a chart, the table, and how to repeat it. One file.

import { restartCharts } from '../report/charts/frame.ts';
import { intervalChart } from '../report/charts/interval-chart.ts';
import { lineChart } from '../report/charts/line-chart.ts';
import { scatter } from '../report/charts/scatter.ts';
import { number, percent, signed } from '../report/format.ts';
import { type Html, html, raw } from '../report/html.ts';
import { STYLE } from '../report/style.ts';
import { table, withInterval } from '../report/table.ts';
import type { ExperimentResult } from './run.ts';
import type { SeedInterval, SummaryRow } from './summary.ts';
import type { Column, Experiment } from './types.ts';

const COLORS = ['c-tuned', 'c-base', 'c-best', 'c-other1', 'c-other2', 'c-good'];

/** The text of `index.html`; the same result gives the same bytes. */
export function renderExperiment(experiment: Experiment, result: ExperimentResult): string {
  restartCharts();
  const { title, question, name } = experiment;
  const { seeds, hashes, machine } = result;
  const models = Object.entries(hashes).map(
    ([model, hash]) => html`<li>${model} <code>${hash.slice(0, 12)}</code></li>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · Collimate experiment</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header class="top"><div class="inner"><div class="kicker">Collimate · experiment ${name}</div><h1>${title}</h1><p>${question}</p></div></header>
<div class="page alone"><main id="main">
<section><h2>Claims</h2>${claimTable(experiment, result)}</section>
<section><h2>Figures</h2><div class="charts">${chart(experiment, result)}${tradeOff(experiment, result)}</div>${figureTable(experiment, result)}
<p class="rule">↑ higher is better, ↓ lower is. Means over seeds ${seeds.join(', ')}; intervals are 95 % of Student’s t over seeds, and differences are paired by seed. Raters are simulated, and the judge of the embedded world says what is good.</p></section>
<section><h2>How to repeat it</h2><p><code>collimate experiment ${name} --seeds ${seeds.join(',')}</code></p><ul>${models}</ul><p>${machine}</p></section>
</main></div>
</body>
</html>
`.html;
}

function claimTable({ columns }: Experiment, { claims }: ExperimentResult): Html {
  const show = (difference: SeedInterval, share: boolean) =>
    share
      ? withInterval(`${signed(100 * difference.estimate)} points`, difference)
      : withInterval(signed(difference.estimate, 3), difference, 1, 3);
  const rows = claims.map(({ text, figure, verdict, difference }) => {
    const share = columns.find(({ key }) => key === figure)?.format === 'share';
    return { head: text, cells: [verdict, difference ? show(difference, share) : '–'] };
  });
  return table('What the comparison says', ['Claim', 'Verdict', 'Difference'], rows, ['Verdict']);
}

function show({ format }: Column, value: number): string {
  return format === 'share' ? percent(value) : number(value, 3);
}

function figureTable({ columns }: Experiment, { rows }: ExperimentResult): Html {
  const cellOf = (column: Column, { figures }: SummaryRow) => {
    const value = figures[column.key];
    if (!value) return '–';
    const share = column.format === 'share';
    return withInterval(show(column, value.estimate), value, share ? 100 : 1, share ? 1 : 3);
  };
  return table(
    'By variant, over seeds',
    ['Series', 'Variant', ...columns.map(({ title, better }) => `${title} ${better === 'higher' ? '↑' : '↓'}`)],
    rows.map((row) => ({ head: row.series, cells: [row.name, ...columns.map((column) => cellOf(column, row))] })),
    ['Variant'],
  );
}

/** The two figures of each variant against each other; whiskers are those of the second. */
function tradeOff({ columns, chart: { figure, against } }: Experiment, { rows }: ExperimentResult): Html | null {
  const [x, y] = [figure, against].map((name) => columns.find(({ key }) => key === name));
  if (!x || !y) return null;
  const points = rows.flatMap(({ name, figures }, i) => {
    const [a, b] = [figures[x.key], figures[y.key]];
    if (!a || !b) return [];
    const spread = b.high === null ? null : b.high - b.estimate;
    return [{ name, color: COLORS[i % COLORS.length]!, x: a.estimate, range: a, y: b.estimate, spread }];
  });
  return scatter({
    title: 'What it costs',
    points,
    x: { label: x.title, format: (value) => formatTick(x, value) },
    y: { label: `${y.title}; ${y.better} is better`, format: (value) => formatTick(y, value) },
  });
}

function formatTick({ format }: Column, value: number): string {
  return format === 'share' ? `${Number((100 * value).toFixed(1))} %` : `${value}`;
}

function chart(experiment: Experiment, { rows, cells }: ExperimentResult): Html {
  const { figure, x } = experiment.chart;
  const column = experiment.columns.find(({ key }) => key === figure)!;
  const format = (value: number) => formatTick(column, value);
  const shown = rows.filter(({ figures }) => figures[figure]);
  const series = [...new Set(shown.map((row) => row.series))];
  if (x !== undefined)
    return lineChart({
      title: column.title,
      x: { label: x },
      y: { label: `${column.better} is better; small dots are single seeds`, format },
      lines: series.map((name, i) => ({
        name,
        color: COLORS[i % COLORS.length]!,
        dots: true,
        scatter: cells.flatMap((seed) =>
          seed.rows.flatMap((row) =>
            row.series === name && row.x !== undefined ? [[row.x, row.figures[figure]!] as const] : [],
          ),
        ),
        points: shown.flatMap((row) =>
          row.series === name && row.x !== undefined ? [[row.x, row.figures[figure]!.estimate] as const] : [],
        ),
      })),
    });
  const values = shown.flatMap(({ figures }) => [
    figures[figure]!.low,
    figures[figure]!.high,
    figures[figure]!.estimate,
  ]);
  const known = values.filter((value) => value !== null);
  return intervalChart({
    title: column.title,
    label: `${column.better} is better, 95 % intervals`,
    rows: shown.map(({ name }) => name),
    series: [{ name: column.title, color: COLORS[0]!, values: shown.map(({ figures }) => figures[figure]!) }],
    domain: [Math.min(...known), Math.max(...known)],
    format,
  });
}
