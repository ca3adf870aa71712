// What the run took: images, answers, time, machine.

import { formatDuration } from '../../util/text.ts';
import type { CostData } from '../data.ts';
import { count } from '../format.ts';
import { html } from '../html.ts';
import { table } from '../table.ts';
import { type Section, section } from './section.ts';

const PURPOSES: Readonly<Record<string, string>> = {
  feedback: 'images drawn to be rated',
  evaluation: 'images drawn to be judged',
  sample: 'samples drawn while tuning',
};

export function costSection({ images, ratings, seconds, machine }: CostData): Section {
  const rows = [
    ...images.map(({ purpose, count: n }) => ({ head: PURPOSES[purpose] ?? `images: ${purpose}`, cells: [count(n)] })),
    { head: 'answers of raters', cells: [count(ratings)] },
    ...seconds.map(({ stage, seconds: time }) => ({ head: `time of ${stage}`, cells: [formatDuration(time)] })),
  ];
  return section(
    'cost',
    'Work and time',
    html`${table(html`What was made, and how long it took <span>– report written on ${machine}</span>`, ['What', 'How much'], rows)}`,
  );
}
