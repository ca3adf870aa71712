// The tables of a reward report as text for a terminal.

import type { Interval } from '../../statistics/interval.ts';
import { formatNumber, formatTable, plural } from '../../util/text.ts';
import type { PredictionFigures, RewardReport, RewardRow } from './report.ts';

const percent = (share: number) => `${share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(1)} %`;
const points = (share: number) => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`;

/** A line a row: accuracy and AUROC of the reward, of the CLIP score, and the difference with its 95 % interval. */
export function describeRows(rows: readonly RewardRow[]): string {
  const header = ['', '', 'images', 'good', 'accuracy', 'AUROC', 'ECE', 'CLIP', 'AUROC', 'gain', '95 % interval'];
  if (!rows.some(({ scorer }) => scorer)) return formatTable([header, ...rows.map(describeRow)]);
  const scored = rows.map((row) => [
    ...describeRow(row),
    ...(row.scorer ? [percent(row.scorer.accuracy), describeArea(row.scorer)] : ['–', '–']),
  ]);
  return formatTable([[...header, 'scorer', 'AUROC'], ...scored]);
}

function describeRow({ part, category, images, goodShare, reward, clip, gain }: RewardRow): string[] {
  return [
    part,
    category,
    formatNumber(images),
    percent(goodShare),
    percent(reward.accuracy),
    describeArea(reward),
    reward.calibrationError.toFixed(3),
    percent(clip.accuracy),
    describeArea(clip),
    points(gain.difference),
    gain.interval ? `${points(gain.interval[0])} … ${points(gain.interval[1])}` : 'too few prompts to tell',
  ];
}

/**
 * A line a row with pairs of a good and a bad picture of one prompt: how often the reward, and the CLIP score, have the good one
 * higher, and how much of what choosing could gain they reach. Empty where no prompt has both.
 */
export function describePairs(rows: readonly RewardRow[]): string {
  const lines = rows.flatMap(({ part, category, pairwise }) => {
    if (!pairwise) return [];
    const { reward, clip, scorer } = pairwise;
    return [
      [
        part,
        category,
        formatNumber(reward.pairs),
        formatNumber(reward.prompts),
        percent(reward.accuracy.estimate),
        describeEnds(reward.accuracy),
        percent(clip.accuracy.estimate),
        describeEnds(clip.accuracy),
        percent(reward.bestOf),
        percent(clip.bestOf),
        ...(scorer ? [percent(scorer.accuracy.estimate), describeEnds(scorer.accuracy), percent(scorer.bestOf)] : []),
      ],
    ];
  });
  if (lines.length === 0) return '';
  const asked = rows.some(({ pairwise }) => pairwise?.scorer) ? ['scorer', '95 %', 'best-of-N'] : [];
  const header = ['', '', 'pairs', 'prompts', 'reward', '95 %', 'CLIP', '95 %', 'best-of-N', 'CLIP', ...asked];
  return `Within a prompt, good against bad:\n${formatTable([header, ...lines])}`;
}

/** A line a word that bad pictures do not show: how many of them the reward holds for bad. Empty where none were named. */
export function describeWords(words: RewardReport['words']): string {
  if (!words) return '';
  const lines = words.words.map(({ word, images, prompts, accuracy, interval: [low, high] }) => [
    word,
    formatNumber(images),
    formatNumber(prompts),
    percent(accuracy),
    `${percent(low)} … ${percent(high)}`,
  ]);
  const more = words.leftOut > 0 ? `\n${words.leftOut} rarer words are left out.` : '';
  return `Bad pictures by the word that they do not show, of prompts that taught nothing:\n${formatTable([
    ['', 'images', 'prompts', 'held for bad', '95 %'],
    ...lines,
  ])}${more}`;
}

/** What raters' own tastes are worth, in a sentence; empty where none were learned. */
export function describeTaste({ taste, group }: Pick<RewardReport, 'taste' | 'group'>): string {
  if (!taste) return '';
  const { raters, without, answers, measured, gain } = taste;
  const who = `Tastes: ${plural(raters, 'rater has', 'raters have')} a head beside the shared one, of ${plural(answers, 'answer')}; too few answers for one: ${without}.`;
  const worth = gain
    ? ` On ${formatNumber(measured)} of their answers about other prompts it predicts ${points(gain.difference)} points more than the shared head (${
        gain.interval
          ? `95 %: ${points(gain.interval[0])} … ${points(gain.interval[1])}`
          : 'too few prompts to tell how sure that is'
      }).`
    : ' No answers about other prompts tell what that is worth.';
  return `${who}${worth}${group === undefined ? '' : ` This reward function is what ${group} likes.`}`;
}

function describeEnds({ low, high }: Interval): string {
  return low === null || high === null ? 'too few prompts to tell' : `${percent(low)} … ${percent(high)}`;
}

function describeArea({ auroc }: PredictionFigures): string {
  return auroc === undefined ? '–' : auroc.toFixed(3);
}

/** A line a bin that has images: where its scores lie, how many, and how many of them are good. */
export function describeBins({ reward }: RewardRow): string {
  const lines = reward.bins.flatMap(({ low, high, images, meanScore, goodShare }) =>
    images === 0
      ? []
      : [[`${low.toFixed(1)}–${high.toFixed(1)}`, formatNumber(images), meanScore!.toFixed(2), percent(goodShare!)]],
  );
  return formatTable([['score', 'images', 'mean', 'good'], ...lines]);
}
