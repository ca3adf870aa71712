// Whether the reward is being over-optimised: what held-out raters' reward says of the samples, beside the one that steers.

import type { StepPoint, WatchData } from '../../api/stages.ts';
import { LineFigure } from '../../charts/line-figure.tsx';
import { Card } from '../../ui/card.tsx';

interface OverOptimisationProps {
  readonly watch: WatchData;
  /** The step of the tuned model. */
  readonly published: number | null;
  /** The judge's answers about the same samples; empty before an evaluation. */
  readonly overSteps: readonly StepPoint[];
}

const ALARMS = {
  'over-optimised': 'the held-out reward fell while the reward that steers rose',
  worse: 'both rewards fell',
  fidelity: 'the samples moved further from the reference than the bound allows',
} as const;

export function OverOptimisation({ watch, published, overSteps }: OverOptimisationProps) {
  const { looks, pick, firstAlarm } = watch;
  const line = (read: (look: WatchData['looks'][number]) => number | null) =>
    looks.map((look) => ({ x: look.step, y: read(look) }));
  return (
    <Card
      title="Over-optimisation"
      note="Some raters' answers teach a second reward that never steers. Where it falls and the first one rises, the first is being gamed."
    >
      <p role="status">{describe(watch, published)}</p>
      <LineFigure
        title="Rewards, fidelity and diversity"
        unit="mean rewards of the samples; fidelity and diversity as shares of the base’s"
        curves={[
          { name: 'reward that steers', tone: 'best', dashed: true, points: line(({ proxy }) => proxy) },
          { name: 'held-out reward', tone: 'beam', points: line(({ heldOut }) => heldOut) },
          { name: 'fidelity', tone: 'other', points: line(({ fidelityKept }) => fidelityKept) },
          { name: 'diversity', tone: 'base', points: line(({ diversityKept }) => diversityKept) },
          ...(overSteps.length > 1
            ? [{ name: 'judged good', tone: 'good', points: overSteps.map(({ step, good }) => ({ x: step, y: good })) }]
            : []),
        ]}
        marks={[
          ...(pick === null ? [] : [{ x: pick, name: 'picked' }]),
          ...(firstAlarm && firstAlarm.step !== pick ? [{ x: firstAlarm.step, name: 'alarm' }] : []),
        ]}
      />
    </Card>
  );
}

function describe({ looks, pick, pickIsBetter, firstAlarm, stopAt }: WatchData, published: number | null): string {
  if (pick === null) return `Measured ${looks.length === 0 ? 'nothing' : 'the base'} so far.`;
  const quality = pickIsBetter ? '' : ', though it does not beat the base';
  const other = published === null || published === pick ? '' : ` The tuned model is step ${published}.`;
  const alarm = firstAlarm ? `First alarm at step ${firstAlarm.step}: ${ALARMS[firstAlarm.alarm]}.` : 'No alarm.';
  const stop = stopAt === null ? '' : ` The rule ends tuning at step ${stopAt}.`;
  return `The rule picks step ${pick}${quality}.${other} ${alarm}${stop}`;
}
