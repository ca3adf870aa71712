// A look at how training goes: the losses over fixed examples, computed on the host from scores, as the figures that
// decide when to stop.

import { z } from 'zod';
import { readArtefact } from '../../util/artefact.ts';
import type { RewardData, RewardExample } from './batches.ts';
import type { Scorer } from './scorer.ts';

/** Losses over some examples. */
export interface LossFigures {
  /** `L_MSE + λ · L_pc` */
  readonly loss: number;
  readonly mse: number;
  /** 0 where λ is 0. */
  readonly promptClassification: number;
  /** Share of images on the same side of ½ as their label. */
  readonly accuracy: number;
}

/** One point of the curves. */
export interface Look {
  /** Steps done; 0 is the start. */
  readonly step: number;
  /** Over the training images, or the first 512 of them. */
  readonly train: LossFigures;
  /** Over all validation images; none where there are none. */
  readonly validation?: LossFigures;
}

const figuresSchema: z.ZodType<LossFigures> = z.looseObject({
  loss: z.number(),
  mse: z.number(),
  promptClassification: z.number(),
  accuracy: z.number(),
});

export const lookSchema: z.ZodType<Look> = z.looseObject({
  step: z.number(),
  train: figuresSchema,
  validation: z.exactOptional(figuresSchema),
});
const looksSchema: z.ZodType<Look[]> = z.array(lookSchema);

/** The looks in a file. @throws CollimateError STORAGE where it is damaged. */
export function readLooks(path: string): Look[] {
  return readArtefact(path, looksSchema, { again: 'train the reward function again' });
}

export interface LookOptions {
  readonly lambda: number;
  readonly temperature: number;
  /** N, the original prompt counted. */
  readonly candidates: number;
}

const TRAIN_AT_MOST = 512;

/** Scores the examples with these parameters [P]. */
export async function takeLook(
  step: number,
  params: Float32Array,
  data: RewardData,
  scorer: Scorer,
  options: LookOptions,
): Promise<Look> {
  const figures = async (examples: readonly RewardExample[]) =>
    measureLosses(await scoreCandidates(params, data, examples, scorer, options), examples, options);
  const train = await figures(data.train.slice(0, TRAIN_AT_MOST));
  return { step, train, ...(data.validation.length > 0 && { validation: await figures(data.validation) }) };
}

/** The rewards of each example: its own prompt first, then, for those that may be good where λ > 0, edited prompts. */
async function scoreCandidates(
  params: Float32Array,
  { width, images, texts }: RewardData,
  examples: readonly RewardExample[],
  scorer: Scorer,
  { lambda, candidates }: LookOptions,
): Promise<number[][]> {
  const row = (table: Float32Array, index: number) => table.subarray(index * width, (index + 1) * width);
  const prompts = examples.map(({ text, label, edits }) =>
    lambda > 0 && label > 0 ? [text, ...(edits[0] ?? [])].slice(0, candidates) : [text],
  );
  const pairs = examples.flatMap(({ image }, i) =>
    prompts[i]!.map((text) => ({ imageEmbedding: row(images, image), textEmbedding: row(texts, text) })),
  );
  const scores = await scorer.score(params, pairs);
  let end = 0;
  return prompts.map(({ length }) => {
    end += length;
    return Array.from(scores.subarray(end - length, end));
  });
}

/** The formulas of loss.ts on plain numbers. */
export function measureLosses(
  rewards: readonly (readonly number[])[],
  examples: readonly { readonly label: number }[],
  { lambda, temperature }: LookOptions,
): LossFigures {
  const n = examples.length;
  let [squares, surprise, good, right] = [0, 0, 0, 0];
  rewards.forEach((candidates, i) => {
    const { label } = examples[i]!;
    const own = candidates[0]!;
    squares += (label - own) ** 2;
    right += own > 0.5 === label > 0.5 ? 1 : 0;
    if (label === 0) return;
    good += label;
    surprise += label * Math.log(candidates.reduce((sum, other) => sum + Math.exp((other - own) / temperature), 0));
  });
  const mse = squares / n;
  const promptClassification = lambda > 0 && good > 0 ? surprise / good : 0;
  return { loss: mse + lambda * promptClassification, mse, promptClassification, accuracy: right / n };
}
