// What alignment costs: distance to renders and diversity beside the share judged good.

import type { Estimate } from '../../../statistics/jackknife.ts';
import type { EvaluationReport, FrechetReport } from '../../evaluation/report.ts';
import { scatter } from '../charts/scatter.ts';
import { colorOf, label, nameOf } from '../contestant-style.ts';
import { change, count, number, points, range, signed, signOf } from '../format.ts';
import { type Html, html } from '../html.ts';
import { table } from '../table.ts';
import { bestOfChart, groupOf, tellingSplit } from './evaluation.ts';
import { missingSection, type Section, section, unjudgedSection } from './section.ts';

export function tradeOffSection(evaluation: EvaluationReport | null, isMeasured: boolean): Section {
  if (!evaluation && isMeasured) return unjudgedSection('trade-off', 'The trade-off');
  if (!evaluation) return missingSection('trade-off', 'The trade-off', 'evaluate');
  const { renders, contestants } = evaluation;
  const first = contestants[0]!.frechet.first;
  const split = tellingSplit(contestants);
  const own = renders.diversityOf?.[split];
  return section(
    'trade-off',
    'The trade-off',
    html`<p>A tuned model may follow prompts better and draw duller or less natural pictures. The Fréchet distance compares the judge’s features of a model’s images with those of ${count(renders.images)} renders of the
same prompts: lower is nearer. Diversity is the mean distance of features between two images of one prompt; renders of the same prompts reach ${number(renders.diversity)} over all of them${own === undefined ? null : html` and ${number(own)} over ${split} ones`}: what a model has above that is the spread of wrong pictures.</p>
<div class="charts">${distanceChart(evaluation)}${diversityChart(evaluation)}${rewardChart(evaluation)}${bestOfChart(evaluation)}</div>
${distanceTable(evaluation)}
<p class="rule">The distance is estimated from a limited number of images and is too high by a part that shrinks with that number, so only equal numbers compare: other renders, ${renders.floor.all.images} at a time, come
to ${number(renders.floor.all.distance)} where truth is 0. The best of n is one image a prompt, so all models are given once more for the first image of each prompt (${first.images} images, where renders come to ${number(renders.floor.first.distance)}).
The features are the judge’s, of the embedded world: the figures compare with no FID of other work. ± is the standard error over prompts (delete-a-group jackknife).</p>
${verdict(evaluation)}`,
  );
}

function distanceChart({ contestants, renders }: EvaluationReport): Html {
  const split = tellingSplit(contestants);
  const points = contestants.flatMap((contestant, i) => {
    const group = groupOf(contestant, split, 'all');
    const { value, standardError } = contestant.frechet.first;
    return group
      ? [
          {
            name: nameOf(contestant),
            color: colorOf(contestants, i),
            x: group.good.estimate,
            range: group.good,
            y: value,
            spread: standardError,
          },
        ]
      : [];
  });
  return scatter({
    title: 'Alignment and distance',
    points,
    x: { label: `judged good, ${split} prompts`, format: asPercent },
    y: { label: 'Fréchet distance, first images; lower is better' },
    reference: { y: renders.floor.first.distance, name: 'other renders' },
  });
}

function diversityChart({ contestants, renders }: EvaluationReport): Html {
  const split = tellingSplit(contestants);
  const reference = renders.diversityOf?.[split];
  const points = contestants.flatMap((contestant, i) => {
    const group = groupOf(contestant, split, 'all');
    return group?.diversity
      ? [
          {
            name: nameOf(contestant),
            color: colorOf(contestants, i),
            x: group.good.estimate,
            range: group.good,
            y: group.diversity.estimate,
          },
        ]
      : [];
  });
  return scatter({
    title: 'Alignment and diversity',
    points,
    x: { label: `judged good, ${split} prompts`, format: asPercent },
    y: { label: 'feature distance within a prompt; higher is more varied' },
    ...(reference !== undefined && { reference: { y: reference, name: `renders, ${split} prompts` } }),
  });
}

/** The reward's opinion beside the judge's: a point that moves right alone has gamed the reward. */
function rewardChart({ contestants }: EvaluationReport): Html | null {
  const split = tellingSplit(contestants);
  const points = contestants.flatMap((contestant, i) => {
    const group = groupOf(contestant, split, 'all');
    return group?.reward
      ? [
          {
            name: nameOf(contestant),
            color: colorOf(contestants, i),
            x: group.reward.estimate,
            range: group.reward,
            y: group.good.estimate,
          },
        ]
      : [];
  });
  if (points.length === 0) return null;
  return scatter({
    title: 'Reward and judge',
    points,
    x: { label: `mean reward, ${split} prompts` },
    y: { label: 'judged good', format: asPercent },
  });
}

function asPercent(value: number): string {
  return `${Number((100 * value).toFixed(1))} %`;
}

function distanceTable({ contestants, renders }: EvaluationReport): Html {
  const rows = contestants.map(({ frechet: { all, first } }, i) => ({
    head: label(contestants, i),
    cells: [count(all.images), estimate(all), growth(all), count(first.images), estimate(first), growth(first)],
  }));
  const floor = [renders.floor.all, renders.floor.first].flatMap(({ images, distance }) => [
    count(images),
    number(distance),
    '–',
  ]);
  return table(
    'Fréchet distance to renders',
    ['Model', 'All images', 'Distance', 'Growth', 'First images', 'Distance', 'Growth'],
    [...rows, { head: 'other renders', cells: floor }],
  );
}

function estimate({ value, standardError }: Estimate): Html {
  return html`${number(value)}<span class="i">${standardError === null ? null : `± ${number(standardError)}`}</span>`;
}

function growth({ growth: relative }: FrechetReport): Html | string {
  if (!relative) return '–';
  return html`${change(relative.value)}<span class="i">${relative.standardError === null ? null : `± ${number(100 * relative.standardError, 1)}`}</span>`;
}

/** Reward against judge, in words. */
function verdict({ contestants }: EvaluationReport): Html | null {
  const tuned = contestants.find(({ kind }) => kind === 'tuned');
  const split = tellingSplit(contestants);
  const versus = tuned && groupOf(tuned, split, 'all')?.versusBase;
  if (!versus?.reward) return null;
  const [reward, judge] = [signOf(versus.reward), signOf(versus.good)];
  const moved = `On ${split} prompts the mean reward changed by ${signed(versus.reward.estimate, 2)} (95 % ${range(versus.reward, 1, 2)}) and the share judged good by ${points(versus.good.estimate)} (95 % ${range(versus.good)}).`;
  const meaning =
    reward > 0 && judge <= 0
      ? 'The reward rose and the judge did not follow: the reward was over-optimised.'
      : reward > 0
        ? 'Both rose: the judge confirms what the reward says.'
        : reward < 0
          ? 'The reward fell.'
          : 'The reward did not clearly change.';
  return html`<h3>Reward and judge</h3><p>${moved} ${meaning}</p>`;
}
