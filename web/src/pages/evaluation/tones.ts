import type { Contestant } from '../../api/stages.ts';

const TUNED = ['beam', 'other', 'good'];

/** The color of the contestant at `index`, the same everywhere. */
export function toneOf(contestants: readonly Contestant[], index: number): string {
  const { kind } = contestants[index]!;
  if (kind === 'base') return 'base';
  if (kind === 'best-of') return 'best';
  return TUNED[contestants.slice(0, index).filter((other) => other.kind === 'tuned').length % TUNED.length]!;
}

/** `best-of-16` as people say it. */
export function nameOf({ name, kind }: Contestant): string {
  return kind === 'best-of' ? `${name.replaceAll('-', ' ')} of the base` : name;
}

/** In the order in which figures are told. */
export const SPLITS = ['unseen', 'development', 'seen'] as const;

/** The figures of a contestant over all categories of a split. */
export function groupOf({ groups }: Contestant, split: (typeof SPLITS)[number]) {
  return groups.find((group) => group.split === split && group.category === 'all');
}
