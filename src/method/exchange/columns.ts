// Items as rows with named columns, and back. The names are those of all formats that have columns.

import { z } from 'zod';
import { PRECISION_CHOICES } from '../../project/config/samplers.ts';
import { IMAGE_PURPOSES } from '../../project/database/schema.ts';
import { SCALES, STEPS } from '../../project/rating/scales.ts';
import { CollimateError } from '../../util/errors.ts';
import { inWords } from '../../util/issue-words.ts';
import { findTextFault, tidyName, tidyText } from '../../util/outside-text.ts';
import { toUtc } from '../../util/utc.ts';
import type { Item, ItemRating } from './items.ts';
import type { ImportNotes } from './notes.ts';
import { toSplit } from './splits.ts';
import type { IncomingRating } from './store-answers.ts';
import type { Incoming } from './store-items.ts';

/** The largest whole number that a file may have where it is no seed: what databases keep in 32 bits. */
export const MOST_WHOLE = 2 ** 31 - 1;

/** What a decision makes of an image, whatever its answers. */
const DECIDED_LABELS = { good: 1, bad: 0, skip: null } as const;

/** The columns of a picture beside the picture and its text. */
export function toColumns(item: Item) {
  const { imageId, hash, category, split, recipe, round, createdAt, ratings, decision, sheets } = item;
  const count = (answer: string) => ratings.filter((rating) => rating.answer === answer).length;
  const [good, bad, skipped] = [count('good'), count('bad'), count('skip')];
  return {
    image_id: imageId,
    image_hash: hash,
    category,
    split,
    seed: recipe.seed,
    sampler: recipe.sampler,
    steps: recipe.steps,
    guidance_scale: recipe.guidanceScale,
    negative_prompt: recipe.negativePrompt,
    // Of the recipe: empty where the model's own size was drawn.
    width: recipe.width,
    height: recipe.height,
    // A column of projects where a network drew in 16 bits.
    ...(recipe.precision !== 'float32' && { precision: recipe.precision }),
    // A column of projects with pictures that were decoded in tiles.
    ...(recipe.vaeTile && { vae_tile: recipe.vaeTile }),
    model_hash: recipe.modelHash,
    purpose: recipe.purpose,
    round,
    created_at: createdAt,
    good,
    bad,
    skipped,
    label: decision ? DECIDED_LABELS[decision] : good + bad > 0 ? good / (good + bad) : null,
    // A column of projects with decisions alone.
    ...(decision && { decision }),
    // Columns of projects with sheets that have a best one.
    ...sheets,
  };
}

/** The columns of one answer. One picture is shown at a time, so there is no side. */
export function toRatingColumns(rating: ItemRating) {
  const { id, rater, answer, milliseconds, guidelineVersion, ratedAt, words, note, scales } = rating;
  return {
    rating_id: id,
    rater,
    answer,
    skipped: answer === 'skip',
    side_shown: null,
    milliseconds,
    guideline_version: guidelineVersion,
    rated_at: ratedAt,
    words,
    note,
    // Columns of the scales that were asked.
    ...scales,
  };
}

/** The scales that any answer of these items has, which tables then have as columns. */
export const listScales = (items: readonly Item[]) =>
  SCALES.filter((scale) => items.some(({ ratings }) => ratings.some(({ scales }) => scales[scale] !== undefined)));

/** Whether any of these pictures was drawn in 16 bits, so that tables have a column of it. */
export const saysPrecision = (items: readonly Item[]) => items.some(({ recipe }) => recipe.precision !== 'float32');

/** Whether any of them was decoded in tiles. */
export const saysTile = (items: readonly Item[]) => items.some(({ recipe }) => recipe.vaeTile);

/** Empty, null and absent are one. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value) => (value === null || value === '' ? undefined : typeof value === 'bigint' ? Number(value) : value),
    schema.optional(),
  );
const number = (schema: z.ZodNumber) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value), schema);
const whole = number(z.int().min(0).max(MOST_WHOLE));
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');
const text = z.string().refine((value) => findTextFault(value) === undefined, {
  error: ({ input }) => findTextFault(input as string),
});
/** Blanks around a name would make another of it, and a line break would end the line that it is shown in. */
const name = z.preprocess((value) => (typeof value === 'string' ? tidyName(value) : value), text.min(1).max(200));
/** Other data sets number their raters. */
const rater = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'bigint' ? String(value) : value),
  name,
);
/** Clocks of others may be in another part of the world, and a little ahead. */
const DAY = 24 * 60 * 60 * 1000;
const time = z
  .preprocess(
    // As Parquet has it, where a column is of times.
    (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value),
    text,
  )
  .transform((written, context) => {
    const utc = toUtc(written);
    // It would be the latest answer of its rater for good.
    if (utc && Date.parse(utc.time) > Date.now() + DAY) {
      context.addIssue(`expected a time that has been, got ${written.slice(0, 60)}`);
      return z.NEVER;
    }
    if (utc) return utc;
    context.addIssue(`expected a date and time such as 2026-03-01T12:00:00Z, got ${written.slice(0, 60)}`);
    return z.NEVER;
  });

/** A list, or one text with blanks between the words. */
const missingWords = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : value),
  z.array(text.min(1).max(100)).max(1000),
);

const step = optional(number(z.int().min(1).max(STEPS)));

const ratingSchema = z.object({
  rater,
  answer: z.enum(['good', 'bad', 'skip']),
  milliseconds: optional(whole),
  guideline_version: optional(whole),
  rated_at: optional(time),
  words: optional(missingWords),
  note: optional(text.max(1000)),
  alignment: step,
  fidelity: step,
  artefacts: step,
});

const rowSchema = z.object({
  image_id: optional(z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits')),
  image_hash: optional(hash),
  category: optional(name.pipe(z.string().max(100))),
  split: optional(
    z.string().transform((word, context) => {
      const split = toSplit(word);
      if (split) return split;
      context.addIssue('expected seen, development or unseen, or a part of a data set such as test');
      return z.NEVER;
    }),
  ),
  edits: z.unknown().optional(),
  seed: optional(number(z.int().min(0).max(Number.MAX_SAFE_INTEGER))),
  sampler: optional(name),
  steps: optional(whole),
  guidance_scale: optional(number(z.number().min(0).max(1000))),
  negative_prompt: optional(text.max(10_000)),
  width: optional(whole),
  height: optional(whole),
  precision: optional(z.enum(PRECISION_CHOICES)),
  vae_tile: optional(whole),
  model_hash: optional(hash),
  purpose: optional(z.enum(IMAGE_PURPOSES)),
  decision: optional(z.enum(['good', 'bad', 'skip'])),
});

type RowColumns = z.output<typeof rowSchema>;

/** Columns that rows of a project's own exports have, and that say nothing which is not elsewhere. */
const DERIVED: readonly string[] = ['good', 'bad', 'label', 'skipped', 'round', 'created_at', 'compared', 'best'];
/** Columns that say something of a picture only where its whole recipe is known. */
const WITH_RECIPE = ['negative_prompt', 'width', 'height', 'precision', 'vae_tile', 'purpose'] as const;
const HALF_A_RECIPE =
  'picture that came without all of seed, sampler, steps, guidance_scale and model_hash: how it was drawn is not known';

/**
 * What a row says of a picture; its text and bytes are the format's business. Columns that are none of ours, and values that
 * are none of ours under names that are, belong to another data set: they are passed over and counted.
 *
 * @param own the columns that the format reads itself
 */
export function fromColumns(
  row: Readonly<Record<string, unknown>>,
  notes: ImportNotes,
  own: readonly string[],
): Omit<Incoming, 'prompt' | 'picture' | 'ratings' | 'where'> {
  const checked = takeColumns(row, notes);
  const filled = (value: unknown) => value !== undefined && value !== null && value !== '';
  // Only our own exports have both; under the same names others may say anything.
  const isOurs = checked.image_id !== undefined && checked.image_hash !== undefined;
  for (const [name, value] of Object.entries(row)) {
    const isKnown = Object.hasOwn(rowSchema.shape, name) || own.includes(name) || (isOurs && DERIVED.includes(name));
    if (!isKnown && filled(value)) notes.passOver(name);
  }
  const { image_id, image_hash, category, split, edits, seed, sampler, steps, guidance_scale, model_hash, purpose } =
    checked;
  const { decision } = checked;
  const known =
    seed !== undefined &&
    sampler !== undefined &&
    steps !== undefined &&
    guidance_scale !== undefined &&
    model_hash !== undefined;
  if (!known && [seed, sampler, steps, guidance_scale, model_hash].some((part) => part !== undefined))
    notes.readAs(HALF_A_RECIPE);
  if (!known)
    for (const column of WITH_RECIPE)
      if (checked[column] !== undefined && !own.includes(column)) notes.passOver(column);
  return {
    imageId: image_id,
    hash: image_hash,
    category,
    split,
    edits,
    decision,
    // Half a recipe is none: an identity made of guesses would be another picture's.
    recipe: known
      ? {
          seed,
          sampler,
          steps,
          guidanceScale: guidance_scale,
          negativePrompt: checked.negative_prompt ?? '',
          width: checked.width && checked.height ? checked.width : null,
          height: checked.width && checked.height ? checked.height : null,
          precision: checked.precision ?? 'float32',
          vaeTile: checked.vae_tile || null,
          modelHash: model_hash,
          purpose: purpose ?? 'feedback',
        }
      : undefined,
  };
}

/** The columns whose values are of our kind. */
function takeColumns(row: Readonly<Record<string, unknown>>, notes: ImportNotes): RowColumns {
  const taken: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(rowSchema.shape)) {
    const result = schema.safeParse(row[name]);
    if (result.success) taken[name] = result.data;
    else notes.passOver(name);
  }
  return taken as RowColumns;
}

/** @throws CollimateError USAGE */
export function fromRatingColumns(row: unknown, where: string): IncomingRating {
  const { rater, answer, milliseconds, guideline_version, rated_at, words, note, alignment, fidelity, artefacts } =
    check(ratingSchema, row, where);
  return {
    rater,
    answer,
    milliseconds: milliseconds ?? 0,
    guidelineVersion: guideline_version ?? 0,
    ratedAt: rated_at?.time,
    assumedUtc: rated_at?.assumed,
    words,
    note,
    scales: { alignment, fidelity, artefacts },
  };
}

/**
 * The list of answers of a row, which Parquet has as JSON text; undefined where it has none, be it that the list is of
 * something else and belongs to another data set.
 *
 * @throws CollimateError USAGE for answers that are none
 */
export function fromRatingList(value: unknown, where: string): IncomingRating[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const list = typeof value === 'string' ? parseList(value) : value;
  return isRatingList(list) ? list.map((row, i) => fromRatingColumns(row, `${where}, rating ${i + 1}`)) : undefined;
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRatingList = (list: unknown): list is unknown[] =>
  Array.isArray(list) &&
  list.every((row) => typeof row === 'object' && row !== null && ('answer' in row || 'rater' in row));

/** A text as it is stored, without blanks around it. @throws CollimateError USAGE */
export function readText(value: unknown, column: string, where: string): string {
  const given = value instanceof Uint8Array ? readUtf8(value) : value;
  const tidy = typeof given === 'string' ? tidyText(given) : '';
  if (tidy === '' || tidy.length > 10_000)
    throw wrong(where, `${column}: expected a text of at most 10,000 characters, got ${describe(value)}`);
  const fault = findTextFault(tidy);
  if (fault === undefined) return tidy;
  throw wrong(where, `${column}: the text ${fault}`, 'Nothing was stored; take it out and import again.');
}

/** Some writers of Parquet do not say that bytes are a text. */
function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function check<T extends z.ZodType>(schema: T, row: unknown, where: string): z.output<T> {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw wrong(where, `${path.join('.') || 'the row'}: ${inWords(message)}`);
}

export function wrong(
  where: string,
  message: string,
  hint = 'Nothing was stored; mend the file and import it again.',
): CollimateError {
  return new CollimateError('USAGE', `${where}: ${message}`, hint);
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty one' : `one of ${value.length}`;
  if (value instanceof Uint8Array) return 'bytes that are no UTF-8 text';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** What goes wrong while a file is read, with its name before it. */
export function nameErrors<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CollimateError)) throw error;
    throw new CollimateError(error.code, `${where}: ${error.message}`, error.hint, { cause: error });
  }
}
