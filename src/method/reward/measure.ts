// The tables of the report: rated images with both scores, by part and category. Pure functions of those.

import { orderCategories } from '../../project/prompts/categories.ts';
import { wilsonInterval } from '../../statistics/wilson.ts';
import { random } from '../../util/random.ts';
import { auroc, type Scored } from './metrics/auroc.ts';
import { calibrationError, reliabilityBins } from './metrics/calibration.ts';
import { measureGain } from './metrics/gain.ts';
import { measurePairs } from './metrics/pairwise.ts';
import { accuracyAt, bestThreshold } from './metrics/threshold.ts';
import type { PredictionFigures, RewardRow } from './report.ts';

/** A rated image with what reward and CLIP say of it. */
export interface ScoredLabel {
  readonly part: RewardRow['part'];
  readonly category: string;
  readonly promptId: string;
  readonly label: 0 | 1;
  readonly reward: number;
  /** Cosine of the embeddings. */
  readonly clip: number;
}

/** Above it the reward says good: halfway between the two labels. */
export const REWARD_THRESHOLD = 0.5;

const PARTS = ['train', 'validation', 'unseen'] as const;

/** The CLIP score's threshold, chosen on the training images, and all rows that have images. */
export function measureRows(images: readonly ScoredLabel[]): { clipThreshold: number; rows: RewardRow[] } {
  const clipThreshold = bestThreshold(
    scoresBy(
      images.filter(({ part }) => part === 'train'),
      'clip',
    ),
  );
  const categories = ['all', ...orderCategories(images.map(({ category }) => category))];
  const rows = PARTS.flatMap((part) =>
    categories.flatMap((category) => {
      const some = images.filter((image) => image.part === part && (category === 'all' || image.category === category));
      return some.length > 0 ? [measureRow(part, category, some, clipThreshold)] : [];
    }),
  );
  return { clipThreshold, rows };
}

function measureRow(
  part: RewardRow['part'],
  category: string,
  images: readonly ScoredLabel[],
  clipThreshold: number,
): RewardRow {
  const byReward = scoresBy(images, 'reward');
  const bins = reliabilityBins(byReward);
  const answers = images.map(({ promptId, label, reward, clip }) => ({
    group: promptId,
    first: Number(reward > REWARD_THRESHOLD === (label === 1)),
    second: Number(clip > clipThreshold === (label === 1)),
  }));
  return {
    part,
    category,
    images: images.length,
    prompts: new Set(images.map(({ promptId }) => promptId)).size,
    goodShare: images.filter(({ label }) => label === 1).length / images.length,
    reward: { ...measureFigures(byReward, REWARD_THRESHOLD), calibrationError: calibrationError(bins)!, bins },
    clip: measureFigures(scoresBy(images, 'clip'), clipThreshold),
    ...measureRanking(images, [part, category]),
    gain: measureGain(answers, random(0, 'reward', 'gain', part, category))!,
  };
}

function measureRanking(images: readonly ScoredLabel[], path: readonly string[]): Pick<RewardRow, 'pairwise'> {
  const by = (which: 'reward' | 'clip') =>
    measurePairs(
      images.map(({ promptId, label, [which]: score }) => ({ promptId, label, score })),
      random(0, 'reward', 'pairs', ...path),
    );
  const [reward, clip] = [by('reward'), by('clip')];
  return reward && clip ? { pairwise: { reward, clip } } : {};
}

function measureFigures(items: readonly Scored[], threshold: number): PredictionFigures {
  const accuracy = accuracyAt(items, threshold)!;
  const area = auroc(items);
  return { accuracy, interval: wilsonInterval(accuracy, items.length), ...(area !== undefined && { auroc: area }) };
}

function scoresBy(images: readonly ScoredLabel[], which: 'reward' | 'clip'): Scored[] {
  return images.map(({ label, [which]: score }) => ({ score, label }));
}
