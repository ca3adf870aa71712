// How far the images of a model lie from a reference in a space of features: Fréchet distance with its bias, and CMMD.

import type { Interval } from '../../statistics/bootstrap.ts';
import { cmmdOf, sumKernels } from '../../statistics/cmmd.ts';
import { extrapolate } from '../../statistics/extrapolate.ts';
import { measureSubsets } from '../../statistics/frechet.ts';
import { jackknife, leaveOut } from '../../statistics/jackknife.ts';
import { studentQuantile } from '../../statistics/student.ts';

export interface DistanceReport {
  /** Whose features, in words. */
  readonly features: string;
  readonly width: number;
  readonly images: number;
  readonly reference: number;
  /** As estimated from so many images: too high by a part that falls about as 1/n. */
  readonly frechet: Interval;
  /** Followed to infinitely many images of the model; the reference's own number still counts. Null for few prompts. */
  readonly infinity: Interval | null;
  /** On embeddings of length 1 alone. */
  readonly cmmd: { readonly biased: Interval; readonly unbiased: Interval } | null;
}

const GROUPS = 10;

/** `θ ± t · SE` of a statistic with groups of prompts left out; the ends are null for too few prompts. */
function jackknifeInterval(
  prompts: number,
  statistic: (kept: readonly number[]) => number,
  least = Number.NEGATIVE_INFINITY,
): Interval {
  const left = leaveOut(prompts, GROUPS, statistic);
  const { value, standardError } = jackknife(left);
  // A statistic of too few images is no number once some are left out.
  if (standardError === null || !Number.isFinite(standardError)) return { estimate: value, low: null, high: null };
  const reach = standardError * studentQuantile(0.95, left.without.length - 1);
  return { estimate: value, low: Math.max(least, value - reach), high: value + reach };
}

/**
 * Distances of features by prompt (each prompt as many) to a reference, with 95 % intervals over prompts
 * (delete-a-group jackknife).
 *
 * @param kernel whether the features are embeddings of length 1, on which CMMD is defined
 */
export function measureDistance(
  byPrompt: readonly (readonly Float32Array[])[],
  reference: readonly Float32Array[],
  { features, kernel }: { features: string; kernel: boolean },
): DistanceReport {
  const cloud = byPrompt.flat();
  const perPrompt = byPrompt[0]!.length;
  const rowsOf = (prompts: readonly number[]) =>
    prompts.flatMap((prompt) => Array.from({ length: perPrompt }, (_, i) => prompt * perPrompt + i));
  const meter = measureSubsets(cloud, reference);
  const known = new Map<string, ReturnType<typeof extrapolate>>();
  const at = (prompts: readonly number[]) => {
    const key = prompts.join();
    const found = known.get(key) ?? extrapolate(prompts, (some) => meter(rowsOf(some)));
    known.set(key, found);
    return found;
  };
  const all = at([...byPrompt.keys()]);
  return {
    features,
    width: reference[0]!.length,
    images: cloud.length,
    reference: reference.length,
    frechet: jackknifeInterval(byPrompt.length, (kept) => at(kept).value, 0),
    infinity:
      all.infinity === null ? null : jackknifeInterval(byPrompt.length, (kept) => at(kept).infinity ?? at(kept).value),
    cmmd: kernel ? measureCmmd(byPrompt, reference) : null,
  };
}

function measureCmmd(byPrompt: readonly (readonly Float32Array[])[], reference: readonly Float32Array[]) {
  const groups = Math.min(GROUPS, byPrompt.length);
  const members = Array.from({ length: groups }, (_, g) => byPrompt.filter((_, i) => i % groups === g).flat());
  const sums = sumKernels(members, reference);
  const groupsOf = (kept: readonly number[]) => [...new Set(kept.map((prompt) => prompt % groups))];
  return {
    biased: jackknifeInterval(byPrompt.length, (kept) => cmmdOf(sums, groupsOf(kept)).biased, 0),
    unbiased: jackknifeInterval(byPrompt.length, (kept) => cmmdOf(sums, groupsOf(kept)).unbiased),
  };
}
