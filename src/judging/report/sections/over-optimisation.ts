// Whether the reward was over-optimised: both rewards, the judge, fidelity and diversity over the steps on one chart.

import { describeAlarm, describeWatch } from '../../../method/tuning/watch-describe.ts';
import type { StepPoint } from '../../evaluation/report.ts';
import { type Line, lineChart } from '../charts/line-chart.ts';
import type { WatchData } from '../data.ts';
import { counted, number, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { table } from '../table.ts';

type ShownLook = WatchData['looks'][number];

/** The part of the section about tuning; `published` is the step of the tuned model. */
export function overOptimisation(watch: WatchData, overSteps: readonly StepPoint[], published: number): Html {
  const { raters, reference, rule, looks } = watch;
  const images = looks[0]?.images ?? 0;
  return html`<h3>Was the reward over-optimised?</h3>
<p>${counted(raters.length, 'rater')} taught a second reward function alone and none of their answers reached the first, which steers. Both scored ${counted(images, 'sample')} at each look. ${describeWatch(watch, published)}</p>
<div class="charts one">${watchChart(watch, overSteps)}</div>
${lookTable(looks)}
<p class="rule">The rule: the alarm rings where the held-out reward lies below that of its best earlier step by more than one standard error (of the difference, paired by prompt), or where the distance to the reference is above the base’s by more than ${percent(rule.fidelityBound, 0)} and one standard error. The checkpoint to take is the one with the highest held-out reward that keeps its fidelity; ${counted(rule.patience, 'alarm')} in a row may end tuning. Distance is the unbiased CMMD of the samples to ${reference}: free of bias by their number, but noisy with so few, and below 0 at times. Diversity is the mean of 1 − cosine between two samples of a prompt. Both rewards stand on the same CLIP: what it cannot see, neither tells.</p>`;
}

function watchChart({ looks, pick, firstAlarm }: WatchData, overSteps: readonly StepPoint[]): Html {
  const line = (name: string, color: string, of: (look: ShownLook) => number | null, dashed = false): Line => ({
    name,
    color,
    dashed,
    dots: true,
    points: looks.flatMap((look) => {
      const value = of(look);
      return value === null ? [] : [[look.step, value] as const];
    }),
  });
  const judged = overSteps.map(({ step, good }) => [step, good] as const);
  return lineChart({
    title: 'Rewards, fidelity and diversity',
    lines: [
      line('reward that steers', 'c-best', (look) => look.proxy, true),
      line('held-out reward', 'c-tuned', (look) => look.heldOut),
      line('fidelity', 'c-other1', (look) => look.fidelityKept),
      line('diversity', 'c-other2', (look) => look.diversityKept),
      ...(judged.length > 1 ? [{ name: 'judged good', color: 'c-good', points: judged, dots: true }] : []),
    ],
    x: { label: 'step' },
    y: { label: 'mean rewards; fidelity and diversity as shares of the base’s' },
    marks: [
      ...(pick === null ? [] : [{ x: pick, name: 'picked' }]),
      ...(firstAlarm && firstAlarm.step !== pick ? [{ x: firstAlarm.step, name: 'alarm' }] : []),
    ],
  });
}

function lookTable(looks: readonly ShownLook[]): Html {
  const rows = looks.map((look) => ({
    head: look.step === 0 ? 'base' : `step ${look.step}`,
    cells: [
      number(look.proxy),
      number(look.heldOut),
      look.drop ? html`${number(look.drop.value)}${error(look.drop.standardError, 2)}` : '–',
      look.distance === null ? '–' : html`${number(look.distance)}${error(look.growth?.standardError ?? null, 2)}`,
      look.diversity === null ? '–' : number(look.diversity, 3),
      look.alarm ? describeAlarm(look.step, look.alarm).replace(/^step \d+: /, '') : 'none',
    ],
  }));
  return table(
    'Each look at the samples',
    ['Look', 'Reward', 'Held-out', 'Below its best', 'Distance', 'Diversity', 'Alarm'],
    rows,
    ['Alarm'],
  );
}

function error(standardError: number | null, digits: number): Html | null {
  return standardError === null ? null : html`<span class="i">± ${number(standardError, digits)}</span>`;
}
