// Rated images as batches of one shape: an image, its label, its own prompt as candidate 0, and edited prompts after it.

import type { BatchTypes } from '../../engine/training/step.ts';
import type { Feeds } from '../../engine/training/trainer.ts';
import { random } from '../../util/random.ts';

/** One rated image; `image` and `text` are rows of the tables of embeddings. */
export interface RewardExample {
  readonly image: number;
  readonly text: number;
  /** 1 good, 0 bad, or in between the probability that it is good. */
  readonly label: number;
  /** Lists of edited prompts, as rows of texts, that take turns from epoch to epoch; may be empty. */
  readonly edits: readonly (readonly number[])[];
}

/** Two images of one prompt, one of which people preferred; as rows of the tables of embeddings. */
export interface RewardPair {
  readonly first: number;
  readonly second: number;
  readonly text: number;
  /** 1 where the first was preferred, 0 where the second was, ½ for a tie. */
  readonly share: number;
}

/** Embeddings, each once, and the examples that refer to them. */
export interface RewardData {
  /** E, the width of an embedding. */
  readonly width: number;
  /** [images, E] */
  readonly images: Float32Array;
  /** [texts, E] */
  readonly texts: Float32Array;
  readonly train: readonly RewardExample[];
  readonly validation: readonly RewardExample[];
  /** Of prompts that teach; default none. */
  readonly pairs?: readonly RewardPair[];
}

/** The tensors of P pairs, beside those of a batch. */
export function pairTypes(pairs: number, width: number): BatchTypes {
  const float = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
  return { pairImages: float(2 * pairs, width), pairTexts: float(2 * pairs, width), shares: float(pairs) };
}

/** The feeds of `pairTypes`. */
export function makePairs({ width, images, texts }: RewardData, pairs: readonly RewardPair[]): Feeds {
  const row = (table: Float32Array, i: number) => table.subarray(i * width, (i + 1) * width);
  const [pairImages, pairTexts] = [
    new Float32Array(2 * pairs.length * width),
    new Float32Array(2 * pairs.length * width),
  ];
  pairs.forEach(({ first, second, text }, i) => {
    for (const [k, image] of [first, second].entries()) {
      pairImages.set(row(images, image), (2 * i + k) * width);
      pairTexts.set(row(texts, text), (2 * i + k) * width);
    }
  });
  return { pairImages, pairTexts, shares: Float32Array.from(pairs, ({ share }) => share) };
}

/**
 * The types of a batch of B images with N candidates for M heads; there is no `present` [B, N] where N is 1, and no
 * `weights` [M, B] where M is 1.
 */
export function batchTypes(batch: number, candidates: number, width: number, members = 1): BatchTypes {
  const float = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
  return {
    images: float(batch, width),
    texts: float(batch, candidates, width),
    labels: float(batch),
    ...(candidates > 1 && { present: float(batch, candidates) }),
    ...(members > 1 && { weights: float(members, batch) }),
  };
}

/** The feeds of `batchTypes` for some examples; `turn` says which list of edits it is. */
export function makeBatch(
  { width, images, texts }: RewardData,
  examples: readonly RewardExample[],
  candidates: number,
  turn: number,
): Feeds {
  const present = new Float32Array(examples.length * candidates);
  const feeds = {
    images: new Float32Array(examples.length * width),
    texts: new Float32Array(examples.length * candidates * width),
    labels: new Float32Array(examples.length),
    ...(candidates > 1 && { present }),
  };
  examples.forEach(({ image, text, label, edits }, row) => {
    const edited = edits[turn % edits.length] ?? [];
    feeds.labels[row] = label;
    feeds.images.set(images.subarray(image * width, (image + 1) * width), row * width);
    for (const [i, candidate] of [text, ...edited].slice(0, candidates).entries()) {
      const at = row * candidates + i;
      feeds.texts.set(texts.subarray(candidate * width, (candidate + 1) * width), at * width);
      present[at] = 1;
    }
  });
  return feeds;
}

/**
 * Which examples step `t` (from 1) learns from: epochs in random order, laid end to end. A pure function of t, so that
 * a resumed run sees the same.
 */
export function createOrder(
  count: number,
  batch: number,
  seed: number,
  name = 'order',
): (t: number) => { rows: number[]; turn: number } {
  const all = Array.from({ length: count }, (_, i) => i);
  const epochs = new Map<number, number[]>();
  const epochOrder = (epoch: number) => {
    const order = epochs.get(epoch) ?? random(seed, 'reward', name, epoch).shuffle(all);
    if (epochs.size > 2) epochs.clear();
    epochs.set(epoch, order);
    return order;
  };
  return (t) => {
    const start = (t - 1) * batch;
    const at = (position: number) => epochOrder(Math.floor(position / count))[position % count]!;
    return {
      rows: Array.from({ length: batch }, (_, i) => at(start + i)),
      turn: Math.floor(start / count),
    };
  };
}
