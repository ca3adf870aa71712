// What tuning was worth by the judge, in one sentence: an interval that holds zero is called no clear difference.

import type { Contestant } from '../../api/stages.ts';
import { formatPoints, formatShare } from '../../ui/format.ts';
import { groupOf, SPLITS } from './tones.ts';

const PROMPTS = {
  unseen: 'prompts that no stage had seen',
  development: 'development prompts, by which settings may have been chosen',
  seen: 'seen prompts',
} as const;

/** The first tuned model against the base, on unseen prompts where there are any. */
export function Headline({ contestants }: { readonly contestants: readonly Contestant[] }) {
  const [base] = contestants;
  const tuned = contestants.find(({ kind }) => kind === 'tuned');
  const split = tuned && SPLITS.find((one) => groupOf(tuned, one)?.versusBase);
  if (!base || !tuned || !split) return null;
  const after = groupOf(tuned, split)!;
  const { estimate, low, high } = after.versusBase!.good;
  if (low === null || high === null) return null;
  const verdict =
    low > 0
      ? 'the tuned model shows what was asked more often than its base'
      : high < 0
        ? 'the tuned model shows what was asked less often than its base'
        : 'there is no clear difference between the tuned model and its base';
  return (
    <p className="headline">
      By the judge, on {PROMPTS[split]}, <b>{verdict}</b>: {formatShare(after.good.estimate)} of its images are judged
      good, against {formatShare(groupOf(base, split)?.good.estimate)}, a difference of {formatPoints(estimate)} points
      (95 % interval {formatPoints(low)} to {formatPoints(high)}).
    </p>
  );
}
