// What the run took: images, answers, time, machine.

import type { ImagePurpose } from '../../../project/database/schema.ts';
import { formatDuration } from '../../../util/text.ts';
import type { CostData } from '../data.ts';
import { count } from '../format.ts';
import { html } from '../html.ts';
import { table } from '../table.ts';
import { type Section, section } from './section.ts';

const PURPOSES: Readonly<Record<ImagePurpose, string>> = {
  feedback: 'images drawn to be rated',
  evaluation: 'images drawn to be judged',
  geneval: 'images drawn for GenEval',
  sample: 'samples drawn while tuning',
};

export function costSection({ images, ratings, pairAnswers, raterSeconds, seconds, machine }: CostData): Section {
  const rows = [
    ...images.map(({ purpose, count: n }) => ({ head: PURPOSES[purpose], cells: [count(n)] })),
    { head: 'answers of raters', cells: [count(ratings)] },
    ...(pairAnswers > 0 ? [{ head: 'answers about pairs', cells: [count(pairAnswers)] }] : []),
    ...(['human', 'simulated'] as const).flatMap((kind) =>
      raterSeconds[kind] > 0
        ? [
            {
              head: `time of ${kind} raters${kind === 'simulated' ? ', as people would take' : ''}`,
              cells: [formatDuration(raterSeconds[kind])],
            },
          ]
        : [],
    ),
    ...seconds.map(({ stage, seconds: time }) => ({ head: `time of ${stage}`, cells: [formatDuration(time)] })),
  ];
  return section(
    'cost',
    'Work and time',
    html`${table(html`What was made, and how long it took <span>– report written on ${machine}</span>`, ['What', 'How much'], rows)}`,
  );
}
