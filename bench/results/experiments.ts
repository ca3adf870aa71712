// The tables of an experiment, from its results and the columns that it declares.

import { EXPERIMENTS } from '../../src/judging/experiments/catalogue.ts';
import type { ExperimentResult } from '../../src/judging/experiments/run.ts';
import type { SummaryRow } from '../../src/judging/experiments/summary.ts';
import type { Column } from '../../src/judging/experiments/types.ts';
import { number, percent, range, table } from './write.ts';

export function writeExperiment({ experiment, rows, seeds, machine, settings }: ExperimentResult): string {
  const found = EXPERIMENTS.find(({ name }) => name === experiment);
  if (!found) throw new Error(`docs/results/${experiment}: there is no experiment of that name any more`);
  const columns = found.columns.filter(({ key }) => rows.some(({ figures }) => figures[key]));
  const told = rows.every(({ x }) => x !== undefined) ? writeLines(columns, rows) : writeRows(columns, rows);
  const steps = found.tunes ? `, ${settings.config.tune?.maxTrainSteps} steps of tuning` : '';
  const how = `\`collimate experiment ${experiment} --seeds ${seeds.join(',')}\`; ${seeds.length} seeds${steps}; on ${machine}. [Its page](${experiment}/index.html).`;
  return `${how}\n\n${told}`;
}

function writeValue({ format }: Column, value: number): string {
  return format === 'share' ? percent(value) : number(value, 3);
}

/** A row a variant. */
function writeRows(columns: readonly Column[], rows: readonly SummaryRow[]): string {
  const several = new Set(rows.map(({ series }) => series)).size > 1;
  return table(
    ['', ...columns.map(({ title, better }) => `${title} ${better === 'higher' ? '↑' : '↓'}`)],
    rows.map(({ series, name, figures }) => [
      several ? `${series}: ${name}` : name,
      ...columns.map((column) => {
        const value = figures[column.key];
        if (!value) return '–';
        const share = column.format === 'share';
        return `${writeValue(column, value.estimate)} ${range(value, share ? 100 : 1, share ? 1 : 2)}`;
      }),
    ]),
  );
}

/** A row a series and figure, a column a place on the x axis; intervals are on the experiment's page. */
function writeLines(columns: readonly Column[], rows: readonly SummaryRow[]): string {
  const places = [...new Set(rows.map(({ x }) => x!))].sort((a, b) => a - b);
  const series = [...new Set(rows.map((row) => row.series))];
  return table(
    ['', ...places.map(String)],
    series.flatMap((name) =>
      columns.map((column) => [
        series.length > 1 ? `${name}: ${column.title}` : column.title,
        ...places.map((place) => {
          const value = rows.find((row) => row.series === name && row.x === place)?.figures[column.key];
          return value ? writeValue(column, value.estimate) : '–';
        }),
      ]),
    ),
  );
}
