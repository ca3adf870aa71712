// Answers from outside into the project. Of several of one rater about one picture the latest counts, be it in the file or in
// the project; each is counted by what became of it.

import { type Database, now } from '../../project/database/database.ts';
import type { Answer } from '../../project/database/schema.ts';
import { readPseudonyms } from '../../project/people/pseudonyms.ts';
import { addGuideline, findGuidelineVersion, findLatestGuideline } from '../../project/rating/guidelines.ts';
import { putRater } from '../../project/rating/raters.ts';
import {
  insertRatings,
  listRatingsOf,
  type NewRating,
  type Rating,
  replaceRatings,
} from '../../project/rating/ratings.ts';
import { adds, type GivenBeside } from '../../project/rating/scales.ts';
import { sha256 } from '../../util/hash.ts';

export interface IncomingRating extends GivenBeside {
  readonly rater: string;
  readonly answer: Answer;
  readonly milliseconds: number;
  /** As the sender counts them; 0 where unknown. */
  readonly guidelineVersion: number;
  /** In UTC; the time of the import where there is none. */
  readonly ratedAt?: string | undefined;
  /** Whether the time came without an offset, so that it was taken for UTC. */
  readonly assumedUtc?: boolean | undefined;
}

/** What became of the answers of a file; together they are all that it had. */
export interface AnswerSummary {
  /** New ones. */
  readonly ratings: number;
  /** Of raters who had answered otherwise before. */
  readonly changedRatings: number;
  /** Those that were there already. */
  readonly knownRatings: number;
  /** Left out, since the same rater answered later: in the file, or in the project. */
  readonly olderRatings: number;
  /** How many of all came with a time that says no offset, and was taken for UTC. */
  readonly timesWithoutOffset: number;
}

type GivenRating = IncomingRating & { readonly imageId: string };

/** Stores answers; raters come in as new ones, except under pseudonyms that this project gave them itself. */
export async function storeAnswers(tx: Database, given: readonly GivenRating[]): Promise<AnswerSummary> {
  const latest = takeLatest(given.length === 0 ? [] : await toRatings(tx, given));
  const stored = new Map(
    (await listRatingsOf(tx, [...new Set(latest.map(({ imageId }) => imageId))])).map((rating) => [
      keyOf(rating),
      rating,
    ]),
  );
  const sorted = { fresh: [] as NewRating[], changed: [] as NewRating[], known: 0, older: 0 };
  for (const rating of latest) {
    const before = stored.get(keyOf(rating));
    if (!before) sorted.fresh.push(rating);
    else if (before.answer === rating.answer && !adds(rating, before)) sorted.known++;
    else if (rating.ratedAt < before.ratedAt) sorted.older++;
    else sorted.changed.push(rating);
  }
  await insertRatings(tx, sorted.fresh);
  await replaceRatings(tx, sorted.changed);
  return {
    ratings: sorted.fresh.length,
    changedRatings: sorted.changed.length,
    knownRatings: sorted.known,
    olderRatings: sorted.older + given.length - latest.length,
    timesWithoutOffset: given.filter(({ assumedUtc }) => assumedUtc).length,
  };
}

const keyOf = ({ imageId, raterId }: Pick<Rating, 'imageId' | 'raterId'>) => `${imageId} ${raterId}`;

/** Of each rater and image the latest; of those of one time, the last. */
function takeLatest(ratings: readonly NewRating[]): NewRating[] {
  const latest = new Map<string, NewRating>();
  for (const rating of ratings) {
    const before = latest.get(keyOf(rating));
    if (!before || before.ratedAt <= rating.ratedAt) latest.set(keyOf(rating), rating);
  }
  return [...latest.values()];
}

async function toRatings(tx: Database, given: readonly GivenRating[]): Promise<NewRating[]> {
  const own = new Map([...(await readPseudonyms(tx))].map(([id, { name }]) => [name, id]));
  const foreign = given.filter(({ rater }) => !own.has(rater));
  const raters = new Map(
    [...new Set(foreign.map(({ rater }) => rater))].map((name) => [name, `import-${sha256(name).slice(0, 16)}`]),
  );
  for (const [name, id] of raters) await putRater(tx, { id, name, kind: 'human', settings: { imported: true } });
  const versions = await mapGuidelines(tx, [...new Set(foreign.map(({ guidelineVersion }) => guidelineVersion))]);
  const latest = (await findLatestGuideline(tx))?.version ?? 1;
  const time = now();
  return given.map(
    ({ imageId, rater, answer, milliseconds, guidelineVersion, ratedAt = time, words, note, scales }) => ({
      imageId,
      raterId: own.get(rater) ?? raters.get(rater)!,
      answer,
      milliseconds,
      ratedAt,
      words,
      note,
      scales,
      guidelineVersion: own.has(rater)
        ? Math.min(Math.max(1, guidelineVersion), latest)
        : versions.get(guidelineVersion)!,
    }),
  );
}

/** Versions of the sender's guidelines as versions here; what this project's raters are told stays in force. */
async function mapGuidelines(tx: Database, versions: readonly number[]): Promise<Map<number, number>> {
  const before = await findLatestGuideline(tx);
  const mapped = new Map<number, number>();
  for (const version of versions.toSorted((a, b) => a - b)) {
    const which = version === 0 ? 'not known' : `version ${version} of where they were given`;
    const text = `Guidelines of imported answers: ${which}.`;
    mapped.set(version, (await findGuidelineVersion(tx, text)) ?? (await addGuideline(tx, text)));
  }
  if (before && mapped.size > 0) await addGuideline(tx, before.text);
  return mapped;
}
