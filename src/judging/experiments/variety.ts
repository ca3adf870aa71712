// Whether pictures vary, of those that are right: a spread of wrong pictures is no variety, and flawless ones of a prompt may
// be alike. Beside it how far renders are reached, and whether pictures that were learned from come back.

import type { PromptSplit } from '../../project/database/schema.ts';
import { type Coverage, measureCoverage, nearest } from '../../statistics/coverage.ts';
import { entropyOf } from '../../statistics/entropy.ts';
import type { Asked, Seen } from '../../world/world.ts';

/** A picture as variety is told by it. */
export interface VariedPicture {
  readonly asked: Asked;
  readonly seen: Pick<Seen, 'parts' | 'features'>;
  readonly good: boolean;
}

/** The spread of a part that prompts leave free, among good pictures. */
export interface FreePart {
  readonly part: string;
  /** Good pictures of prompts that do not name it. */
  readonly pictures: number;
  /** Bits; null of no pictures. */
  readonly entropy: number | null;
  /** Of as many renders of the same prompts. */
  readonly renders: number | null;
}

export interface VarietyRow {
  readonly split: PromptSplit | 'all';
  /** Against renders of the same prompts; null of too few pictures. */
  readonly coverage: Coverage | null;
  readonly free: readonly FreePart[];
}

/**
 * The entropy of each part over good pictures whose prompts leave it free, beside that of renders of those very prompts. Pictures
 * whose part is not to be read have no say.
 */
export function measureFree(
  parts: readonly string[],
  pictures: readonly VariedPicture[],
  renders: readonly VariedPicture[],
): FreePart[] {
  return parts.flatMap((part): FreePart[] => {
    const read = (some: readonly VariedPicture[]) =>
      some.flatMap(({ asked, good, seen }) => {
        const value = seen.parts[part];
        return good && asked[part] === undefined && value != null ? [String(value)] : [];
      });
    const [own, ideal] = [read(pictures), read(renders)];
    if (ideal.length === 0) return [];
    const kinds = new Set([...own, ...ideal]).size;
    const entropy = (values: readonly string[]) => entropyOf(count(values), kinds);
    return [{ part, pictures: own.length, entropy: entropy(own), renders: entropy(ideal) }];
  });
}

function count(values: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()];
}

export function measureVariety(
  split: VarietyRow['split'],
  parts: readonly string[],
  pictures: readonly VariedPicture[],
  renders: readonly VariedPicture[],
): VarietyRow {
  const features = (some: readonly VariedPicture[]) => some.map(({ seen }) => seen.features);
  return {
    split,
    coverage: measureCoverage(features(renders), features(pictures)),
    free: measureFree(parts, pictures, renders),
  };
}

/** The side that pictures are brought to before they are compared: a copy that is a pixel off is a copy. */
const SIDE = 16;

/** RGB bytes of a square picture as means over blocks, [16 · 16 · 3]. */
export function shrink(rgb: Uint8Array): Float32Array {
  const size = Math.round(Math.sqrt(rgb.length / 3));
  const block = Math.max(1, Math.floor(size / SIDE));
  const side = Math.floor(size / block);
  const small = new Float32Array(side * side * 3);
  for (let y = 0; y < side * block; y++)
    for (let x = 0; x < side * block; x++)
      for (let c = 0; c < 3; c++) {
        const at = (Math.floor(y / block) * side + Math.floor(x / block)) * 3 + c;
        small[at] = small[at]! + rgb[(y * size + x) * 3 + c]! / (block * block);
      }
  return small;
}

/** Distances under which so many of the base's own pictures lie are those of copies. */
const COPIES = 0.01;

/** How many pictures are as near to one that was learned from as one in a hundred of the base's. */
export interface NearCopies {
  readonly pictures: number;
  readonly learnedFrom: number;
  /** Share; that of the base is 1 % by how it is counted. */
  readonly share: number;
}

/** @param base pictures of the base, which learned from none of them */
export function countNearCopies(
  pictures: readonly Float32Array[],
  base: readonly Float32Array[],
  learned: readonly Float32Array[],
): NearCopies {
  const limit = nearest(base, learned).sort()[Math.floor(COPIES * base.length)] ?? 0;
  const copies = nearest(pictures, learned).filter((distance) => distance < limit).length;
  return { pictures: pictures.length, learnedFrom: learned.length, share: copies / pictures.length };
}
