// One reward function of a cell: labels from simulated raters, a fit, and what it is worth on unseen prompts. Nothing of it
// is stored in the pool's project; its state is in the cell's folder.

import type { RewardData, RewardExample } from '../../method/reward/batches.ts';
import { createEditor } from '../../method/reward/edits.ts';
import { type Fit, fitReward, type RewardSettings } from '../../method/reward/fit.ts';
import { chooseValidation } from '../../method/reward/labels.ts';
import { auroc } from '../../method/reward/metrics/auroc.ts';
import { calibrationError, reliabilityBins } from '../../method/reward/metrics/calibration.ts';
import { accuracyAt, bestThreshold } from '../../method/reward/metrics/threshold.ts';
import { type EmbeddedPair, openScorer } from '../../method/reward/scorer.ts';
import type { World } from '../../world/world.ts';
import { meanOfBest } from '../evaluation/best-of.ts';
import type { ImagePool, PoolImage } from './pool.ts';
import type { CellContext, Figures } from './types.ts';

/** Who answers: raters with one error rate, each image seen by some of them. */
export interface RaterNoise {
  readonly errorRate: number;
  readonly skipRate: number;
  readonly perImage: number;
}

/** The middle of the defaults of simulated raters. */
export const RATERS: RaterNoise = { errorRate: 0.05, skipRate: 0.05, perImage: 1 };

export interface AnsweredImage extends PoolImage {
  readonly label: 0 | 1;
}

/** What raters of a seed answer; images of skips and ties alone are left out. */
export function labelImages(
  world: World,
  images: readonly PoolImage[],
  raters: RaterNoise,
  seed: number,
): AnsweredImage[] {
  const { errorRate, skipRate, perImage } = raters;
  return images.flatMap((image): AnsweredImage[] => {
    const answers = Array.from({ length: perImage }, (_, i) => {
      const rater = { id: `rater-${i + 1}`, name: `Rater ${i + 1}`, errorRate, skipRate, seed };
      return world.rate(rater, image).answer;
    });
    const balance = answers.reduce((sum, answer) => sum + (answer === 'good' ? 1 : answer === 'bad' ? -1 : 0), 0);
    return balance === 0 ? [] : [{ ...image, label: balance > 0 ? 1 : 0 }];
  });
}

/** A fitted reward function with what scores images by it. */
export interface FittedReward {
  readonly fit: Fit;
  /** What each head says of images and their prompts, [members][images]. */
  score(images: readonly PoolImage[]): Promise<Float32Array[]>;
}

/** Fits the reward to labels; where the folder holds a finished fit, takes that. */
export async function fitLabels(
  { pool, seed }: CellContext,
  labels: readonly AnsweredImage[],
  settings: RewardSettings,
  folder: string,
): Promise<FittedReward> {
  const data = await makeData(pool, labels, settings, seed);
  const { threads } = pool.project.config;
  const fit = await fitReward(data, settings, { seed, folder, threads, signal: pool.signal });
  return {
    fit,
    async score(images) {
      const scorer = await openScorer(fit.shape, threads);
      try {
        return await scorer.scoreMembers(fit.params, await toPairs(pool, images));
      } finally {
        await scorer.dispose();
      }
    },
  };
}

async function toPairs(pool: ImagePool, images: readonly PoolImage[]): Promise<EmbeddedPair[]> {
  const texts = await pool.texts([...new Set(images.map(({ prompt }) => prompt.text))]);
  return images.map(({ hash, prompt }) => ({
    imageEmbedding: pool.image(hash),
    textEmbedding: texts.get(prompt.text)!,
  }));
}

async function makeData(
  pool: ImagePool,
  labels: readonly AnsweredImage[],
  settings: RewardSettings,
  seed: number,
): Promise<RewardData> {
  const edit = createEditor({
    config: pool.project.config,
    count: settings.negatives,
    seed,
    refused: new Set(pool.unseen.map(({ prompt }) => prompt.text)),
  });
  const prompts = new Map(labels.map(({ prompt }) => [prompt.id, prompt]));
  const edits = new Map(
    [...prompts].map(([id, prompt]) => [id, (settings.lambda > 0 ? edit(prompt)?.lists : undefined) ?? []]),
  );
  const texts = [...new Set([...prompts.values()].flatMap(({ id, text }) => [text, ...edits.get(id)!.flat()]))];
  const rows = new Map(texts.map((text, row) => [text, row]));
  const vectors = await pool.texts(texts);
  const validation = chooseValidation([...prompts.values()], settings.validationShare, seed);
  const example = ({ prompt, label }: AnsweredImage, image: number): RewardExample => ({
    image,
    text: rows.get(prompt.text)!,
    label,
    edits: edits.get(prompt.id)!.map((list) => list.map((text) => rows.get(text)!)),
  });
  const examples = labels.map((image, row) => ({ image, example: example(image, row) }));
  const part = (validates: boolean) =>
    examples.filter(({ image }) => validation.has(image.prompt.id) === validates).map((one) => one.example);
  return {
    width: pool.width,
    images: stack(
      labels.map(({ hash }) => pool.image(hash)),
      pool.width,
    ),
    texts: stack(
      texts.map((text) => vectors.get(text)!),
      pool.width,
    ),
    train: part(false),
    validation: part(true),
  };
}

function stack(vectors: readonly Float32Array[], width: number): Float32Array {
  const table = new Float32Array(vectors.length * width);
  vectors.forEach((vector, row) => {
    table.set(vector, row * width);
  });
  return table;
}

const isGood = ({ truth }: PoolImage) => Number(truth === 'good');

/** What scores are worth on unseen prompts, by the judge without errors. Images of which it is unsure are left out of accuracy. */
export function measureUnseen(pool: ImagePool, scores: ArrayLike<number>, bestOf: number): Figures {
  const scored = pool.unseen.map((image, i) => ({ image, score: scores[i]!, label: isGood(image) }));
  const sure = scored.filter(({ image }) => image.truth !== 'unclear');
  const clear = sure.length > 0 ? sure : scored;
  return {
    accuracy: accuracyAt(clear, 0.5)!,
    auroc: auroc(clear) ?? 0.5,
    ece: calibrationError(reliabilityBins(clear))!,
    alignment: bestOfGood(pool.unseen, scores, bestOf),
  };
}

/** Share judged good among the best of n images of each prompt by score, expected over subsets. */
function bestOfGood(images: readonly PoolImage[], scores: ArrayLike<number>, n: number): number {
  const ranked = images.map((image, i) => ({ prompt: image.prompt.id, rank: scores[i]!, value: isGood(image) }));
  return meanOfBest(ranked, n);
}

/** Cosines of the embeddings, the CLIP score, of images. */
async function clipScores(pool: ImagePool, images: readonly PoolImage[]): Promise<number[]> {
  return (await toPairs(pool, images)).map(({ imageEmbedding, textEmbedding }) =>
    imageEmbedding.reduce((sum, value, i) => sum + value * textEmbedding[i]!, 0),
  );
}

/** The CLIP score on unseen prompts, its threshold chosen on the labels. */
export async function measureClip(pool: ImagePool, labels: readonly AnsweredImage[], bestOf: number): Promise<Figures> {
  const seen = await clipScores(pool, labels);
  const threshold = bestThreshold(seen.map((score, i) => ({ score, label: labels[i]!.label })));
  const scores = await clipScores(pool, pool.unseen);
  const scored = pool.unseen.map((image, i) => ({ image, score: scores[i]!, label: isGood(image) }));
  const sure = scored.filter(({ image }) => image.truth !== 'unclear');
  const clear = sure.length > 0 ? sure : scored;
  return {
    accuracy: accuracyAt(clear, threshold)!,
    auroc: auroc(clear) ?? 0.5,
    alignment: bestOfGood(pool.unseen, scores, bestOf),
  };
}
