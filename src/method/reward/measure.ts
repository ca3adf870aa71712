// The tables of the report: rated images with both scores, by part and category. Pure functions of those.

import { orderCategories } from '../../project/prompts/categories.ts';
import { random } from '../../util/random.ts';
import { auroc, type Scored } from './metrics/auroc.ts';
import { calibrationError, reliabilityBins } from './metrics/calibration.ts';
import { clusteredInterval } from './metrics/clustered.ts';
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
  /** Of the scorer that the project names, for all images or for none. */
  readonly scorer?: number;
}

/** Above it the reward says good: halfway between the two labels. */
export const REWARD_THRESHOLD = 0.5;

const PARTS = ['train', 'validation', 'unseen'] as const;

/** The thresholds of CLIP score and scorer, chosen on the training images, and all rows that have images. */
export function measureRows(images: readonly ScoredLabel[]): {
  clipThreshold: number;
  rows: RewardRow[];
} {
  const train = images.filter(({ part }) => part === 'train');
  const thresholds = { clip: bestThreshold(scoresBy(train, 'clip')), scorer: bestThreshold(scoresBy(train, 'scorer')) };
  const categories = ['all', ...orderCategories(images.map(({ category }) => category))];
  const rows = PARTS.flatMap((part) =>
    categories.flatMap((category) => {
      const some = images.filter((image) => image.part === part && (category === 'all' || image.category === category));
      return some.length > 0 ? [measureRow(part, category, some, thresholds)] : [];
    }),
  );
  return { clipThreshold: thresholds.clip, rows };
}

function measureRow(
  part: RewardRow['part'],
  category: string,
  images: readonly ScoredLabel[],
  { clip: clipThreshold, scorer: scorerThreshold }: { clip: number; scorer: number },
): RewardRow {
  const byReward = scoresBy(images, 'reward');
  const bins = reliabilityBins(byReward);
  const scored = scoresBy(images, 'scorer');
  const path = [part, category];
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
    reward: { ...measureFigures(byReward, REWARD_THRESHOLD, path), calibrationError: calibrationError(bins)!, bins },
    clip: measureFigures(scoresBy(images, 'clip'), clipThreshold, path),
    ...(scored.length > 0 && { scorer: measureFigures(scored, scorerThreshold, path) }),
    ...measureRanking(images, path),
    gain: measureGain(answers, random(0, 'reward', 'gain', part, category))!,
  };
}

function measureRanking(images: readonly ScoredLabel[], path: readonly string[]): Pick<RewardRow, 'pairwise'> {
  const by = (which: Contender) =>
    measurePairs(
      images.flatMap(({ promptId, label, [which]: score }) =>
        score === undefined ? [] : [{ promptId, label, score }],
      ),
      random(0, 'reward', 'pairs', ...path),
    );
  const [reward, clip, scorer] = [by('reward'), by('clip'), by('scorer')];
  return reward && clip ? { pairwise: { reward, clip, ...(scorer && { scorer }) } } : {};
}

type ScoredImage = Scored & { readonly promptId: string };

function measureFigures(items: readonly ScoredImage[], threshold: number, path: readonly string[]): PredictionFigures {
  const area = auroc(items);
  const answers = items.map(({ promptId, score, label }) => ({ promptId, right: score > threshold === (label === 1) }));
  return {
    accuracy: accuracyAt(items, threshold)!,
    interval: clusteredInterval(answers, random(0, 'reward', 'accuracy', ...path)),
    ...(area !== undefined && { auroc: area }),
  };
}

type Contender = 'reward' | 'clip' | 'scorer';

function scoresBy(images: readonly ScoredLabel[], which: Contender): ScoredImage[] {
  return images.flatMap(({ promptId, label, [which]: score }) =>
    score === undefined ? [] : [{ promptId, score, label }],
  );
}
