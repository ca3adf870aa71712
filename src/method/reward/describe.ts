// The tables of a reward report as text for a terminal.

import type { Interval } from '../../statistics/interval.ts';
import { formatNumber, formatTable } from '../../util/text.ts';
import type { PredictionFigures, RewardRow } from './report.ts';

const percent = (share: number) => `${share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(1)} %`;
const points = (share: number) => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`;

/** A line a row: accuracy and AUROC of the reward, of the CLIP score, and the difference with its 95 % interval. */
export function describeRows(rows: readonly RewardRow[]): string {
  const header = ['', '', 'images', 'good', 'accuracy', 'AUROC', 'ECE', 'CLIP', 'AUROC', 'gain', '95 % interval'];
  return formatTable([header, ...rows.map(describeRow)]);
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
    const { reward, clip } = pairwise;
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
      ],
    ];
  });
  if (lines.length === 0) return '';
  const header = ['', '', 'pairs', 'prompts', 'reward', '95 %', 'CLIP', '95 %', 'best-of-N', 'CLIP'];
  return `Within a prompt, good against bad:\n${formatTable([header, ...lines])}`;
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
