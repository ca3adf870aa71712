// An evaluation as a few lines for the terminal.

import type { Interval } from '../../statistics/bootstrap.ts';
import { formatTable, plural } from '../../util/text.ts';
import type { EvaluationReport, GroupReport } from './report.ts';

/** A table of the figures over all categories, and the headline of each comparison. */
export function describeEvaluation({ contestants, renders }: EvaluationReport): string {
  const header = ['', 'split', 'judged good', '95 % interval', 'against base', '95 % interval', 'reward', 'diversity'];
  const rows = contestants.flatMap(({ name, groups }) =>
    groups.filter(({ category }) => category === 'all').map((group) => [name, ...describeGroup(group)]),
  );
  const distances = contestants.map(
    ({ name, frechet: { all } }) => `${name} ${all.value.toFixed(2)} (${plural(all.images, 'image')})`,
  );
  const floor = `other renders ${renders.floor.all.distance.toFixed(2)} (${renders.floor.all.images})`;
  return `${formatTable([header, ...rows])}\n\nFréchet distance to renders: ${[...distances, floor].join(', ')}`;
}

function describeGroup({ split, good, versusBase, reward, diversity }: GroupReport): string[] {
  return [
    split,
    percent(good.estimate),
    range(good),
    versusBase ? points(versusBase.good.estimate) : '',
    versusBase ? range(versusBase.good) : '',
    reward ? reward.estimate.toFixed(3) : '',
    diversity ? diversity.estimate.toFixed(2) : '',
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)} points`;
}

function range({ low, high }: Interval): string {
  return low === null || high === null
    ? 'cannot be told'
    : `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`.replaceAll('-', '−');
}
