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
): (t: number) => { rows: number[]; turn: number } {
  const all = Array.from({ length: count }, (_, i) => i);
  const epochs = new Map<number, number[]>();
  const epochOrder = (epoch: number) => {
    const order = epochs.get(epoch) ?? random(seed, 'reward', 'order', epoch).shuffle(all);
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
