// The first thing a reader sees: what came out, in one honest sentence and four figures. The words follow the figures:
// an interval that holds zero is called no clear difference.

import type { PromptSplit } from '../../project/database/schema.ts';
import { SPLITS } from '../evaluation/plan.ts';
import type { ContestantReport, GroupReport } from '../evaluation/report.ts';
import type { ReportData } from './data.ts';
import { change, number, percent, points, range, signOf, sureness } from './format.ts';
import { type Html, html } from './html.ts';
import { rewardTile } from './sections/reward.ts';
import { verdictLede } from './sections/verdict.ts';
import { tile } from './tile.ts';

/** The first tuned model and the base on unseen prompts, or on seen ones where there are no others. */
export function findHeadline(
  evaluation: ReportData['evaluation'],
): { tuned: ContestantReport; base: GroupReport; after: GroupReport; split: PromptSplit } | undefined {
  const tuned = evaluation?.contestants.find(({ kind }) => kind === 'tuned');
  if (!evaluation || !tuned) return undefined;
  const find = (split: PromptSplit, { groups }: ContestantReport) =>
    groups.find((group) => group.split === split && group.category === 'all');
  const split = SPLITS.find((one) => find(one, tuned)) ?? 'seen';
  return { tuned, base: find(split, evaluation.contestants[0]!)!, after: find(split, tuned)!, split };
}

export function lede(data: ReportData): Html {
  const headline = findHeadline(data.evaluation);
  if (!headline) return verdictLede(data.verdicts) ?? html`<p class="lede">${progressSoFar(data)}</p>`;
  const { base, after, split } = headline;
  const { good } = after.versusBase!;
  const prompts = {
    unseen: 'prompts that no stage had seen',
    development: 'development prompts, by which settings may have been chosen',
    seen: 'seen prompts',
  }[split];
  const differs = {
    1: html`the tuned model shows what was asked more often than its base`,
    0: html`there is no clear difference between the tuned model and its base`,
    [-1]: html`the tuned model shows what was asked less often than its base`,
  }[signOf(good)];
  const verdict = good.low === null ? html`it cannot be told whether the tuned model differs from its base` : differs;
  return html`<p class="lede">On ${prompts}, ${verdict}: <b>${percent(after.good.estimate)}</b> of its images are judged good, against <b>${percent(base.good.estimate)}</b>, a difference of <b>${points(good.estimate)}</b> (${good.low === null ? 'too few prompts, or all alike' : `95 % interval ${range(good)}`}).</p>${verdictLede(data.verdicts)}`;
}

function progressSoFar({ feedback, reward, tuning }: ReportData): string {
  if (tuning) return 'The model is tuned. What that is worth is not judged yet.';
  if (reward) return 'There is a reward function. The model is not tuned yet.';
  if (feedback) return 'Images are rated. Nothing has been learned from the answers yet.';
  return 'The project is at its start: no image has been rated yet.';
}

/** Up to four figures; none before there are any. */
export function tiles(data: ReportData): Html | null {
  const all = [...evaluationTiles(data), rewardTile(data.reward)].filter((tile) => tile !== null);
  return all.length > 0 ? html`<div class="tiles">${all}</div>` : null;
}

function evaluationTiles({ evaluation }: ReportData): Html[] {
  const headline = findHeadline(evaluation);
  if (!evaluation || !headline) return [];
  const { tuned, base, after, split } = headline;
  const { good, diversity } = after.versusBase!;
  const shown = [
    tile(
      `Judged good, ${split} prompts`,
      html`<small>${percent(base.good.estimate, 0)} →</small> ${percent(after.good.estimate)}`,
      html`<span class="${tone(signOf(good))}">${points(good.estimate)}</span>, ${sureness(good)}`,
    ),
  ];
  const best = evaluation.contestants.find(({ kind }) => kind === 'best-of');
  const bestGood = best?.groups.find((group) => group.split === split && group.category === 'all')?.good;
  if (best && bestGood)
    shown.push(
      tile(
        `Best of ${best.name.split('-').at(-1)} of the base, by reward`,
        html`${percent(bestGood.estimate)}`,
        html`without tuning, ${sureness(bestGood)}`,
      ),
    );
  const { all } = tuned.frechet;
  const spread = diversity ? `; diversity ${change(after.diversity!.estimate / base.diversity!.estimate - 1)}` : '';
  shown.push(
    tile(
      'Fréchet distance to renders',
      html`${all.growth ? change(all.growth.value) : number(all.value)}`,
      html`${number(evaluation.contestants[0]!.frechet.all.value)} → ${number(all.value)}, lower is nearer${spread}`,
    ),
  );
  return shown;
}

function tone(sign: -1 | 0 | 1): string {
  return sign > 0 ? 'up' : sign < 0 ? 'down' : '';
}
