// What a stage is told where workers could not make all of it, and what there is to do about it later.

import { CollimateError } from '../../util/errors.ts';
import { plural } from '../../util/text.ts';
import { countFailed, type FailedItem, type WorkCount } from './count-work.ts';

/** Items of a stage failed for good. */
export class WorkFailed extends CollimateError {
  /** Whose items they are. */
  readonly topic: string;

  constructor(topic: string, count: number, first: FailedItem | undefined) {
    const why = first ? `, after ${plural(first.attempts, 'try', 'tries')}; the first: ${first.error}` : '';
    super(
      'WORK',
      `${plural(count, 'item')} of ${topic} failed for good${why}`,
      'See `collimate work`; once the cause is mended, `collimate work --retry all`, and run the same command again.',
    );
    this.topic = topic;
  }
}

/** What there is to do about a stage that failed so, as its items are now. */
export function adviseFailedWork(all: readonly WorkCount[], topic: string): string {
  const counts = all.filter((row) => row.topic === topic);
  const failed = countFailed(counts);
  const live = counts.reduce((total, { count }) => total + count, 0) - failed;
  if (failed > 0)
    return `${plural(failed, 'item still counts', 'items still count')} as failed: once the cause is mended, try again or give up what is listed under Workers, then start this stage again.`;
  if (live > 0)
    return `${plural(live, 'item of this stage waits or is', 'items of this stage wait or are')} being worked on: start this stage again, which waits for them and goes on.`;
  return 'Nothing of it counts as failed any more: it was made since, or given up. Start this stage again: it takes what is there and goes on.';
}
