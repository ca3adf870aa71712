// What a stage is told where workers could not make all of it.

import { CollimateError } from '../../util/errors.ts';
import { plural } from '../../util/text.ts';
import type { FailedItem } from './count-work.ts';

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
