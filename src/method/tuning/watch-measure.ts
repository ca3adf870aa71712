// What a look measures: both rewards of the samples, their distance to the reference, their diversity.

import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { insertRewards } from '../../project/learning/rewards.ts';
import { cmmdOf, sumKernels } from '../../statistics/cmmd.ts';
import { mean } from '../../statistics/interval.ts';
import { type LeftOut, leaveOut } from '../../statistics/jackknife.ts';
import { cosineDiversity } from '../../util/cosine.ts';
import { openRewardModel } from '../reward/model.ts';
import { embedPairs } from '../reward/score-images.ts';
import type { EmbeddedPair } from '../reward/scorer.ts';
import type { Session } from '../session.ts';
import type { SampleImage } from './samples.ts';
import type { WatchPoint } from './watch-rule.ts';

export interface WatchLookOptions {
  readonly step: number;
  /** By prompt, each as many. */
  readonly samples: readonly (readonly SampleImage[])[];
  /** Embeddings [E] of length 1. */
  readonly reference: readonly Float32Array[];
  readonly proxyHash: string;
  readonly heldOutHash: string;
}

/** Embeds the samples once and measures them; their scores are stored beside the images. */
export async function measureSamples(
  session: Session,
  clip: ClipEmbedder,
  { step, samples, reference, proxyHash, heldOutHash }: WatchLookOptions,
): Promise<WatchPoint> {
  const all = samples.flat();
  const score = async (hash: string) => {
    const model = await openRewardModel(session.project, hash);
    try {
      const pairs = await embedPairs(session, model, clip, all);
      const scores = await model.score(pairs);
      const rows = all.map(({ id: imageId }, i) => ({ imageId, score: scores[i]! }));
      await insertRewards(session.project.db, hash, rows);
      return { pairs, means: split([...scores], samples).map(mean) };
    } finally {
      await model.dispose();
    }
  };
  const { pairs, means: proxy } = await score(proxyHash);
  const { means: heldOut } = await score(heldOutHash);
  const embeddings = split(
    pairs.map(({ imageEmbedding }: EmbeddedPair) => imageEmbedding),
    samples,
  );
  const spreads = embeddings.flatMap((of) => cosineDiversity(of) ?? []);
  return {
    step,
    images: all.length,
    proxy,
    heldOut,
    distance: distanceTo(embeddings, reference),
    diversity: spreads.length > 0 ? mean(spreads) : null,
  };
}

/** A flat list in the parts of `samples`. */
function split<T>(values: readonly T[], samples: readonly (readonly unknown[])[]): T[][] {
  let end = 0;
  return samples.map(({ length }) => {
    end += length;
    return values.slice(end - length, end);
  });
}

const GROUPS = 10;

/** Unbiased CMMD with groups of prompts left out; null for fewer than two vectors on a side. */
export function distanceTo(
  byPrompt: readonly (readonly Float32Array[])[],
  reference: readonly Float32Array[],
): LeftOut | null {
  if (byPrompt.flat().length < 2 || reference.length < 2) return null;
  const sums = sumKernels(byPrompt, reference);
  const left = leaveOut(byPrompt.length, GROUPS, (kept) => cmmdOf(sums, kept).unbiased);
  return left.without.every(Number.isFinite) ? left : { ...left, without: [] };
}
