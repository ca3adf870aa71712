// Pictures of one purpose and model by how they were drawn. Ones that were drawn otherwise look otherwise, so a stage that
// uses several kinds, or draws another one than it learned from, says so.

import type { Database } from '../database/database.ts';
import type { ImagePurpose, ImageTable } from '../database/schema.ts';

/** What decides how a picture is drawn, its prompt, seed and model aside. */
export type Drawing = Pick<ImageTable, 'sampler' | 'steps' | 'guidanceScale'> & {
  readonly negativePrompt?: string;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly precision?: string;
  readonly vaeTile?: number | null;
};

/** Pictures that were drawn alike. */
export interface Pool extends Drawing {
  readonly count: number;
}

/** The columns of an image that say how it was drawn. */
export const WAYS = [
  'sampler',
  'steps',
  'guidanceScale',
  'negativePrompt',
  'width',
  'height',
  'precision',
  'vaeTile',
] as const satisfies readonly (keyof Drawing)[];

/** The pools of a purpose, of one model where given, the largest first; pictures from outside are none. */
export async function listPools(db: Database, purpose: ImagePurpose, modelHash?: string): Promise<Pool[]> {
  let query = db
    .selectFrom('images')
    .select(WAYS)
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('purpose', '=', purpose)
    .where('sampler', '!=', 'none')
    .groupBy(WAYS);
  if (modelHash !== undefined) query = query.where('modelHash', '=', modelHash);
  const pools = (await query.execute()).map((row) => ({ ...row, count: Number(row.count) }));
  return pools.sort((a, b) => b.count - a.count || a.steps - b.steps || a.guidanceScale - b.guidanceScale);
}

/** Each part of a drawing, in words. */
const PARTS: readonly ((drawing: Drawing) => string)[] = [
  ({ sampler }) => sampler,
  ({ steps }) => `${steps} ${steps === 1 ? 'step' : 'steps'}`,
  ({ guidanceScale }) => `guidance ${guidanceScale}`,
  ({ negativePrompt }) => (negativePrompt ? `away from "${negativePrompt}"` : 'no negative prompt'),
  ({ width, height }) => (width && height ? `${width} × ${height} pixels` : 'the model’s own size'),
  ({ precision = 'float32' }) => precision,
  ({ vaeTile }) => (vaeTile ? `tiles of ${vaeTile} pixels` : 'whole pictures'),
];

export function drawnAlike(a: Drawing, b: Drawing): boolean {
  return PARTS.every((part) => part(a) === part(b));
}

/** The parts of drawings in which any two of them differ, of each in words. */
function describeDiffering(drawings: readonly Drawing[]): string[] {
  const parts = PARTS.filter((part) => new Set(drawings.map(part)).size > 1);
  return drawings.map((drawing) => parts.map((part) => part(drawing)).join(', '));
}

/**
 * Where pools were drawn otherwise than a command draws, in one sentence; undefined where none was.
 *
 * @example
 * describeDifference([{ ...settings, steps: 8, count: 60 }], settings); // '60 pictures were drawn with 8 steps; this command draws with 20 steps'
 */
export function describeDifference(pools: readonly Pool[], settings: Drawing): string | undefined {
  const others = pools.filter((pool) => !drawnAlike(pool, settings));
  if (others.length === 0) return undefined;
  const words = describeDiffering([...others, settings]);
  const drawn = others.map(({ count }, i) => `${countPictures(count, i)} with ${words[i]}`);
  return `${drawn.join(', ')}; this command draws with ${words.at(-1)}`;
}

/** What kinds of pictures are used together, in one sentence; undefined where they are all of one kind. */
export function describeMix(pools: readonly Pool[]): string | undefined {
  if (pools.length < 2) return undefined;
  const words = describeDiffering(pools);
  return `${pools.map(({ count }, i) => `${countPictures(count, i)} with ${words[i]}`).join(', ')}; all of them are used`;
}

function countPictures(count: number, place: number): string {
  if (place > 0) return `${count}`;
  return count === 1 ? '1 picture was drawn' : `${count} pictures were drawn`;
}
