// The quality of a project's answers: how far raters agree, how each one does, and what more answers would bring.

import type { Database } from '../../project/database/database.ts';
import type { ImagePurpose } from '../../project/database/schema.ts';
import { knownTimes } from '../../project/rating/answer-times.ts';
import { listRepeatedAnswers } from '../../project/rating/answers.ts';
import { type CountedRating, listCountedRatings } from '../../project/rating/counted-ratings.ts';
import { listGoldChecks } from '../../project/rating/gold.ts';
import { listRaters, type Rater } from '../../project/rating/raters.ts';
import type { Interval } from '../../statistics/interval.ts';
import { median } from '../../statistics/median.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { plural } from '../../util/text.ts';
import { type AgreementIntervals, agreementIntervals } from '../quality/agreement.ts';
import { fitDawidSkene } from '../quality/dawid-skene.ts';
import { type PlanAnswer, planRatings, type RatingPlan, varianceParts } from '../quality/plan.ts';
import {
  type AnswerPair,
  type Confusion,
  compareWithRest,
  countConfusion,
  pairAnswers,
  shareAlike,
} from '../quality/raters.ts';
import { CLASSES } from './consensus.ts';

export interface RaterQuality {
  readonly id: string;
  readonly name: string;
  readonly kind: Rater['kind'];
  readonly excluded: boolean;
  readonly answers: number;
  readonly goodShare: number | null;
  readonly skipShare: number | null;
  readonly medianSeconds: number | null;
  /** Share of good and bad answers like the majority of the other raters who count. */
  readonly againstRest: Interval | null;
  readonly againstGold: Interval | null;
  /** Share of deliberate repeats answered alike. */
  readonly againstSelf: Interval | null;
  /** Their answers by row, the majority of the others by column. */
  readonly confusion: Confusion;
  /** By Dawid and Skene: how often they call good what is good, and bad what is bad. */
  readonly estimated: { readonly good: number; readonly bad: number } | null;
}

export interface CategoryAgreement extends AgreementIntervals {
  /** `all`, or a category of prompts. */
  readonly category: string;
}

export interface Quality {
  readonly raters: readonly RaterQuality[];
  readonly agreement: readonly CategoryAgreement[];
  /** Pairs of answers about one image, skips among them; null where no image has two answers. */
  readonly confusion: Confusion | null;
  readonly medianSeconds: number | null;
}

const LABELS = ['good', 'bad', 'skip'] as const;
const SEED = 0;

/**
 * Reads the quality of the answers about images of a purpose. Agreement is over good and bad answers of raters who are not
 * excluded; a skip is a missing answer. Its intervals resample prompts, since images of a prompt are alike.
 */
export async function measureQuality(
  db: Database,
  { purpose = 'feedback' }: { purpose?: ImagePurpose } = {},
): Promise<Quality> {
  const ratings = await listCountedRatings(db, { purpose });
  const counted = ratings.filter(({ excluded }) => !excluded);
  const images = new Set(ratings.map(({ imageId }) => imageId));
  const isOwn = ({ imageId }: { imageId: string }) => images.has(imageId);
  const gold = groupBy(
    (await listGoldChecks(db)).filter(isOwn).map((check) => ({ ...check, other: check.gold })),
    ({ raterId }) => raterId,
  );
  const repeats = groupBy(
    (await listRepeatedAnswers(db))
      .filter(isOwn)
      .map(({ raterId, first, second }) => ({ raterId, answer: second, other: first })),
    ({ raterId }) => raterId,
  );
  const own = groupBy(ratings, ({ raterId }) => raterId);
  const pairs = countConfusion(pairAnswers(counted.map(toAnswer)), LABELS);
  return {
    raters: describeRaters(await listRaters(db), { ratings, counted, own, gold, repeats }),
    agreement: measureCategories(counted),
    confusion: pairs.counts.flat().some((count) => count > 0) ? pairs : null,
    medianSeconds: toSeconds(counted),
  };
}

const toAnswer = ({ imageId, raterId, answer }: CountedRating) => ({ item: imageId, rater: raterId, answer });
const isLabel = ({ answer }: { answer: string }) => answer !== 'skip';

interface RaterData {
  readonly ratings: readonly CountedRating[];
  readonly counted: readonly CountedRating[];
  readonly own: ReadonlyMap<string, CountedRating[]>;
  readonly gold: ReadonlyMap<string, AnswerPair[]>;
  readonly repeats: ReadonlyMap<string, AnswerPair[]>;
}

function describeRaters(raters: readonly Rater[], data: RaterData): RaterQuality[] {
  const labels = data.counted.filter(isLabel).map(toAnswer);
  const fit = fitDawidSkene(labels, { classes: CLASSES });
  const rest = compareWithRest(labels);
  return raters.map(({ id, name, kind, excluded }) => {
    const own = data.own.get(id) ?? [];
    const given = own.filter(isLabel);
    // An excluded rater is compared with those who count, and changes nothing for them.
    const pairs = (excluded ? compareWithRest([...labels, ...given.map(toAnswer)]) : rest).get(id) ?? [];
    const confusion = fit.confusions.get(id);
    return {
      id,
      name,
      kind,
      excluded,
      answers: own.length,
      goodShare: given.length > 0 ? given.filter(({ answer }) => answer === 'good').length / given.length : null,
      skipShare: own.length > 0 ? (own.length - given.length) / own.length : null,
      medianSeconds: toSeconds(own),
      againstRest: shareAlike(pairs),
      againstGold: shareAlike(data.gold.get(id) ?? []),
      againstSelf: shareAlike(data.repeats.get(id) ?? []),
      confusion: countConfusion(pairs, CLASSES),
      estimated: confusion ? { good: confusion[0]![0]!, bad: confusion[1]![1]! } : null,
    };
  });
}

function toSeconds(ratings: readonly CountedRating[]): number | null {
  const middle = median(knownTimes(ratings));
  return middle === null ? null : middle / 1000;
}

function measureCategories(counted: readonly CountedRating[]): CategoryAgreement[] {
  const labels = counted.filter(isLabel);
  const categories = [...new Set(labels.map(({ category }) => category))].sort();
  const groups = [
    { category: 'all', own: labels },
    ...categories.map((category) => ({ category, own: labels.filter((rating) => rating.category === category) })),
  ];
  return groups.flatMap(({ category, own }) => {
    const answers = own.map(({ imageId: item, answer, promptId: cluster }) => ({ item, answer, cluster }));
    const measured = agreementIntervals(answers, { rng: random(SEED, 'agreement', category) });
    return measured ? [{ category, ...measured }] : [];
  });
}

/** Plans with what they stand on, and the hours of work at the pace so far. */
export interface QualityPlan {
  readonly plans: readonly (RatingPlan & { readonly hours: number | null })[];
  readonly basis: string;
}

/**
 * Says how many raters and images an interval of the share good takes that is `width` wide in full, for 1 to `most` raters an
 * image, as answers have varied so far.
 *
 * @throws CollimateError MISSING_STAGE where there are too few answers to plan by.
 */
export async function planQuality(
  db: Database,
  { width, most, purpose = 'feedback' }: { width: number; most: number; purpose?: ImagePurpose },
): Promise<QualityPlan> {
  const ratings = (await listCountedRatings(db, { purpose })).filter(({ excluded }) => !excluded);
  const answers = ratings.filter(isLabel).map(
    ({ promptId: prompt, imageId: item, raterId: rater, answer }): PlanAnswer => ({
      prompt,
      item,
      rater,
      value: answer === 'good' ? 1 : 0,
    }),
  );
  const parts = varianceParts(answers);
  if (!parts || parts.share === 0 || parts.share === 1)
    throw new CollimateError(
      'MISSING_STAGE',
      `plan: expected good and bad answers to plan by, got ${plural(answers.length, 'answer')}, ${parts?.share === 1 ? 'all good' : 'none good'}`,
      'Rate a few dozen images first.',
    );
  const seconds = toSeconds(ratings);
  const plans = planRatings(parts, { width, most }).map((plan) => ({
    ...plan,
    hours: seconds === null ? null : (plan.answers * seconds) / 3600,
  }));
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const total = parts.share * (1 - parts.share);
  const between = `prompts ${percent(parts.prompt / total)}, images ${parts.image === null ? 'unknown' : percent(parts.image / total)}, raters ${percent(parts.rater / total)}, the rest ${percent(parts.noise / total)}`;
  const single =
    parts.image === null ? ' No image has two answers, so more raters an image cannot be planned for.' : '';
  return {
    plans,
    basis: `${answers.length.toLocaleString('en')} good and bad answers, ${percent(parts.share)} good, ${parts.imagesPerPrompt.toFixed(1)} images a prompt. They vary by ${between}.${single}`,
  };
}

function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const own = groups.get(key(value));
    if (own) own.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}
