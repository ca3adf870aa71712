// CMMD: how far two clouds of CLIP embeddings lie apart by their maximum mean discrepancy. Unlike a Fréchet distance it
// takes no cloud for a Gaussian, and its unbiased form has no bias by the number of images.

import { requireCount, requireVectors, requireWithin } from './check.ts';

/** Of the Gaussian kernel, and the factor that makes figures readable (Jayasumana et al., 2024). */
const SIGMA = 10;
const SCALE = 1000;

export interface Cmmd {
  /** As the published code has it: pairs of a vector with itself count, so it is never below 0. */
  readonly biased: number;
  /** Without those pairs; around 0, and so at times below it, for clouds from one source. */
  readonly unbiased: number;
}

/** Sums of kernel values between groups of vectors, from which the distance of any subset of groups follows. */
export interface KernelSums {
  readonly sizes: readonly number[];
  /** `within[g][h]`: over all pairs of group g and group h. */
  readonly within: readonly Float64Array[];
  /** `across[g]`: over all pairs of group g and the reference. */
  readonly across: Float64Array;
  readonly reference: { readonly size: number; readonly sum: number };
}

/** `exp(−|a − b|² / 2σ²)`. */
function kernel(a: Float32Array, b: Float32Array): number {
  let square = 0;
  for (let k = 0; k < a.length; k++) square += (a[k]! - b[k]!) ** 2;
  return Math.exp(-square / (2 * SIGMA ** 2));
}

/**
 * Sums of the kernel for groups of vectors against a reference.
 *
 * @throws CollimateError USAGE for a group or reference without vectors, or with vectors that do not fit together
 */
export function sumKernels(
  groups: readonly (readonly Float32Array[])[],
  reference: readonly Float32Array[],
): KernelSums {
  requireVectors('sumKernels', 'reference', reference);
  requireCount('sumKernels', 'groups', groups.length, 1);
  for (const group of groups) requireVectors('sumKernels', 'groups', group, reference[0]!.length);
  const within = groups.map(() => new Float64Array(groups.length));
  groups.forEach((own, g) => {
    for (let h = g; h < groups.length; h++) {
      const sum = g === h ? sumWithin(own) : sumAcross(own, groups[h]!);
      within[g]![h] = sum;
      within[h]![g] = sum;
    }
  });
  return {
    sizes: groups.map(({ length }) => length),
    within,
    across: Float64Array.from(groups, (own) => sumAcross(own, reference)),
    reference: { size: reference.length, sum: sumWithin(reference) },
  };
}

function sumAcross(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let sum = 0;
  for (const one of a) for (const other of b) sum += kernel(one, other);
  return sum;
}

/** Over all ordered pairs, a vector with itself too. */
function sumWithin(vectors: readonly Float32Array[]): number {
  let sum = vectors.length;
  vectors.forEach((one, i) => {
    for (let j = i + 1; j < vectors.length; j++) sum += 2 * kernel(one, vectors[j]!);
  });
  return sum;
}

/**
 * `1000 · (mean k(x, x′) + mean k(y, y′) − 2 · mean k(x, y))` of the groups at `kept` against the reference, with
 * `k(a, b) = exp(−|a − b|² / 200)` on embeddings of length 1 (Jayasumana et al., "Rethinking FID", CVPR 2024). NaN of
 * fewer than two vectors on a side for the unbiased form.
 *
 * @throws CollimateError USAGE for no group, or one that is none
 */
export function cmmdOf({ sizes, within, across, reference }: KernelSums, kept: readonly number[]): Cmmd {
  requireCount('cmmdOf', 'groups kept', kept.length, 1);
  for (const g of kept) {
    requireCount('cmmdOf', 'group', g);
    requireWithin('cmmdOf', 'group', g, [0, sizes.length - 1]);
  }
  const n = kept.reduce((sum, g) => sum + sizes[g]!, 0);
  const m = reference.size;
  let [own, both] = [0, 0];
  for (const g of kept) {
    both += across[g]!;
    for (const h of kept) own += within[g]![h]!;
  }
  const cross = (2 * both) / (n * m);
  return {
    biased: SCALE * (own / n ** 2 + reference.sum / m ** 2 - cross),
    unbiased: SCALE * ((own - n) / (n * (n - 1)) + (reference.sum - m) / (m * (m - 1)) - cross),
  };
}
