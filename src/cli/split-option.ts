// `--split`: which prompts an evaluation looks at.

import { InvalidArgumentError, Option } from 'commander';
import type { PromptSplit } from '../project/database/schema.ts';

const SPLITS: readonly PromptSplit[] = ['development', 'seen', 'unseen'];

export function createSplitOption(): Option {
  return new Option(
    '--split <names>',
    'prompts to look at, separated by commas: development, seen or unseen, which opens the test set (default development,seen where there are development prompts, else unseen,seen)',
  ).argParser(readSplits);
}

function readSplits(text: string): PromptSplit[] {
  const names = text.split(',').map((name) => name.trim());
  const found = SPLITS.filter((split) => names.includes(split));
  if (names.every((name) => found.some((split) => split === name))) return found;
  throw new InvalidArgumentError(`expected ${SPLITS.join(', ')}, or several with commas between.`);
}

/** How often the test set was opened, in words; nothing before the first time. */
export function describeOpenings(openings: readonly { stage: string; count: number }[]): string[] {
  const total = openings.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const parts = openings.map(({ stage, count }) => `${stage} ${count}`).join(', ');
  return [`The test set (unseen prompts) was opened ${total === 1 ? 'once' : `${total} times`} so far: ${parts}.`];
}
