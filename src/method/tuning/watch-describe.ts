// What the watch says, in words.

import type { Alarm, WatchVerdict } from './watch-rule.ts';

const ALARMS: Readonly<Record<Alarm, string>> = {
  'over-optimised': 'the held-out reward fell while the reward that steers rose: it is being over-optimised',
  worse: 'the held-out reward and the one that steers fell',
  fidelity: 'the samples moved further from the reference than the bound allows',
};

/** `step 300: the held-out reward fell while …` */
export function describeAlarm(step: number, alarm: Alarm): string {
  return `step ${step}: ${ALARMS[alarm]}`;
}

/** Which checkpoint the rule picks, and the first alarm; `step` is the one that was published. */
export function describeWatch(
  { pick, pickIsBetter, firstAlarm, stopAt }: Omit<WatchVerdict, 'looks'>,
  step: number,
): string {
  if (pick === null) return 'The held-out reward has seen no samples of a tuned model.';
  const quality = pickIsBetter ? 'the best that keeps its fidelity' : 'though it does not beat the base';
  const other = pick === step ? '' : `; the tuned model is step ${step}`;
  const first = firstAlarm ? ` First alarm at ${describeAlarm(firstAlarm.step, firstAlarm.alarm)}.` : ' No alarm.';
  const stopped = stopAt !== null ? ` The rule ends tuning at step ${stopAt}.` : '';
  return `By the held-out reward, checkpoint-${pick} is the one to take, ${quality}${other}.${first}${stopped}`;
}
