// Pairs of a preferred image and another one of the same prompt: those that came as pairs, and those that are made of answers
// good and bad.

import type { Database } from '../../project/database/database.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { listPairRaters, listPreferences, type StoredPreference } from '../../project/rating/preferences.ts';
import type { WhoseAnswers } from '../../project/rating/select-answers.ts';
import { listSheetPairs } from '../../project/rating/sheet-choices.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { plural } from '../../util/text.ts';
import type { Examples } from './batches.ts';
import { type ModelImage, nothingToLearn, readLabels, toModelImage } from './images.ts';
import type { SelectSource } from './methods/method.ts';

/**
 * Two rows of the images: the one that people called good, and one that they called bad; where pairs are soft, with the
 * probability that the first is preferred.
 */
export type Preference = readonly [winner: number, loser: number, share?: number];

type Labelled = Pick<Examples, 'texts' | 'weights'>;

/**
 * Pairs within prompts: each image called good by most meets one called bad, in an order of the seed; of unequal numbers the
 * fewer come again, so that every image of a prompt with both kinds is in a pair.
 *
 * @throws CollimateError MISSING_STAGE where no prompt has both.
 */
export function pairPreferences(images: Labelled, seed: number, soft = false): Preference[] {
  const pairs = pairAnswers(images, seed).map((pair) => (soft ? soften(pair, images) : pair));
  if (pairs.length > 0) return pairs;
  throw new CollimateError(
    'MISSING_STAGE',
    'tune: no prompt has an image answered good and one answered bad, of which pairs are made',
    'Have more images rated (`collimate studio`, `collimate import`), or tune by another method.',
  );
}

/** `p(1 − q)/(p(1 − q) + q(1 − p))` of shares p and q of good answers: one good and one bad answer meet this way round. */
function soften([first, second]: Preference, { weights }: Labelled): Preference {
  const [p, q] = [weights[first]!, weights[second]!];
  const [forth, back] = [p * (1 - q), q * (1 - p)];
  return [first, second, forth / (forth + back)];
}

function pairAnswers({ texts, weights }: Labelled, seed: number): Preference[] {
  const prompts = [...new Set(texts)];
  return prompts.flatMap((prompt): Preference[] => {
    const rng = random(seed, 'tune', 'preferences', prompt);
    const rows = rng.shuffle([...texts.keys()].filter((row) => texts[row] === prompt));
    const winners = rows.filter((row) => weights[row]! > 0.5);
    const losers = rows.filter((row) => weights[row]! < 0.5);
    if (winners.length === 0 || losers.length === 0) return [];
    return Array.from({ length: Math.max(winners.length, losers.length) }, (_, i) => [
      winners[i % winners.length]!,
      losers[i % losers.length]!,
    ]);
  });
}

/** What is learned from pairs. */
export interface PreferenceChoice {
  readonly images: ModelImage[];
  /** Candidates that are in no pair that came as one, and have no answers. */
  readonly unscored: number;
  readonly preferences: Preference[];
  readonly counts: PreferenceCounts;
  /** The identifiers of the pairs that came as pairs, ties left out, where there are any. */
  readonly identity: readonly (readonly string[])[];
  readonly remarks: readonly string[];
}

/** Where pairs come from. */
export interface PreferenceCounts {
  readonly came: number;
  /** Of those that came, left out since neither picture was preferred. */
  readonly ties: number;
  readonly answers: number;
  /** Images with answers that are in no pair, since all of their prompt are good, or all bad. Older plans do not say. */
  readonly unpaired?: number;
}

/** Such as `pairs of images: 12 that came as pairs (3 ties are left out), 40 of answers; 5 images have none to be paired with`. */
export function describePreferences({ came, ties, answers, unpaired = 0 }: PreferenceCounts): string {
  const left = ties > 0 ? ` (${ties} ${ties === 1 ? 'tie is' : 'ties are'} left out)` : '';
  const alone = unpaired > 0 ? `; ${plural(unpaired, 'image has', 'images have')} none to be paired with` : '';
  return `pairs of images: ${came} that came as pairs${left}, ${answers} of answers${alone}`;
}

/** Neither good nor bad: such an image is in the pairs that came alone. */
const UNDECIDED = 0.5;

/**
 * Pairs of the candidates: first those that came as pairs, in their order, then those of answers. Answers that an import made
 * of the pairs themselves make no further ones.
 *
 * @param soft whether pairs keep how many preferred which, ties too
 * @throws CollimateError MISSING_STAGE where there are none.
 */
export async function choosePreferences(
  { db, candidates, settings, seed, whose }: Omit<SelectSource, 'rewardHash' | 'reading'>,
  soft = false,
): Promise<PreferenceChoice> {
  const ids = new Set(candidates.map(({ id }) => id));
  const came = [...(await listPreferences(db)), ...(await readSheetPairs(db, whose))].filter(
    ({ firstImage, secondImage }) => ids.has(firstImage) && ids.has(secondImage),
  );
  const labels = await readPairLabels(db, came, whose);
  const texts = new Map((await listPrompts(db, { split: 'seen' })).map(({ id, text }) => [id, text]));
  const images = candidates.flatMap((image): ModelImage[] => {
    const label = labels.get(image.id);
    return label === undefined ? [] : [toModelImage(image, texts.get(image.promptId)!, label)];
  });
  if (images.length === 0)
    throw await nothingToLearn(
      db,
      { candidates: candidates.length, usable: 0, scored: 0 },
      { images: settings.images, byAnswers: true },
    );
  const rowOf = new Map(images.map(({ id }, row) => [id, row]));
  const decided = soft ? came : came.filter(({ share }) => share !== 0.5);
  const stored = decided.map(({ firstImage, secondImage, share }): Preference => {
    const [first, second] = [rowOf.get(firstImage)!, rowOf.get(secondImage)!];
    const pair = share >= 0.5 ? ([first, second] as const) : ([second, first] as const);
    return soft ? [...pair, Math.max(share, 1 - share)] : pair;
  });
  const rows = asRows(images);
  const made =
    stored.length > 0
      ? pairAnswers(rows, seed).map((pair) => (soft ? soften(pair, rows) : pair))
      : pairPreferences(rows, seed, soft);
  const preferences = [...stored, ...made];
  const paired = new Set(preferences.flat());
  // Ties are told by themselves.
  const tied = new Set(came.flatMap(({ firstImage, secondImage }) => [firstImage, secondImage]));
  const unpaired = images.filter(({ id }, row) => !paired.has(row) && !tied.has(id)).length;
  const counts = { came: stored.length, ties: came.length - decided.length, answers: made.length, unpaired };
  return {
    images,
    unscored: candidates.length - images.length,
    preferences,
    counts,
    identity: decided.length > 0 ? [decided.map(({ id }) => id)] : [],
    remarks: [describePreferences(counts)],
  };
}

/** What the best of sheets makes, as pairs that came as such; another share is another pair. */
async function readSheetPairs(db: Database, whose: WhoseAnswers): Promise<StoredPreference[]> {
  return (await listSheetPairs(db, whose)).map((pair) => ({
    ...pair,
    id: `sheet ${pair.firstImage} ${pair.secondImage} ${pair.share}`,
    details: {},
  }));
}

/** Answers about images; of those in pairs that came, without the answers that were made of these pairs. */
async function readPairLabels(
  db: Database,
  came: readonly StoredPreference[],
  whose: WhoseAnswers,
): Promise<Map<string, number>> {
  const labels = await readLabels(db, whose);
  if (came.length === 0) return labels;
  const without = [...(whose.withoutRaters ?? []), ...(await listPairRaters(db))];
  const given = await readLabels(db, { ...whose, withoutRaters: without });
  for (const { firstImage, secondImage } of came)
    for (const id of [firstImage, secondImage]) labels.set(id, given.get(id) ?? UNDECIDED);
  return labels;
}

/** Prompts as rows of texts, of which row 0 is the empty one, as `loadTuneData` numbers them. */
function asRows(images: readonly ModelImage[]): Labelled {
  const rows = new Map([...new Set(images.map(({ prompt }) => prompt))].map((prompt, i) => [prompt, i + 1]));
  return {
    texts: Int32Array.from(images, ({ prompt }) => rows.get(prompt)!),
    weights: Float32Array.from(images, ({ weight }) => weight),
  };
}
