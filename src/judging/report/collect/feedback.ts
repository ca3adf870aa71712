// What people or simulated raters said: answers by category and rater, and how far they agree.

import { type AgreementAnswer, measureAgreement } from '../../../method/quality/agreement.ts';
import type { Answer, ImageTable } from '../../../project/database/schema.ts';
import { listImages } from '../../../project/images/images.ts';
import { listPrompts, type Prompt } from '../../../project/images/prompts.ts';
import { readPublicNames } from '../../../project/people/pseudonyms.ts';
import type { Project } from '../../../project/project.ts';
import { orderCategories } from '../../../project/prompts/categories.ts';
import { knownTimes } from '../../../project/rating/answer-times.ts';
import { findLatestGuideline } from '../../../project/rating/guidelines.ts';
import { listRaters, type Rater } from '../../../project/rating/raters.ts';
import { listRatings, type Rating } from '../../../project/rating/ratings.ts';
import { median } from '../../../statistics/median.ts';
import type { FeedbackData, RaterRow } from '../data.ts';

const PURPOSE = 'feedback';
const EXAMPLES = 6;

/** Null before there are ratings. */
export async function collectFeedback({ db }: Project): Promise<FeedbackData | null> {
  const ratings = await listRatings(db, { purpose: PURPOSE });
  if (ratings.length === 0) return null;
  const images = await listImages(db, { purpose: PURPOSE });
  const prompts = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
  const imagesById = new Map(images.map((image) => [image.id, image]));
  const categoryOf = (imageId: string) => prompts.get(imagesById.get(imageId)!.promptId)!.category;
  const categories = orderCategories(ratings.map(({ imageId }) => categoryOf(imageId))).flatMap((category) => {
    const own = ratings.filter(({ imageId }) => categoryOf(imageId) === category);
    if (own.length === 0) return [];
    return [{ category, images: new Set(own.map(({ imageId }) => imageId)).size, ...countAnswers(own) }];
  });
  const raters = await listRaters(db);
  const guideline = await findLatestGuideline(db);
  return {
    images: images.length,
    rated: new Set(ratings.map(({ imageId }) => imageId)).size,
    answers: countAnswers(ratings),
    categories,
    raters: describeRaters(raters, ratings, await readPublicNames(db)),
    agreement: measureAgreement(countedLabels(ratings, raters)) ?? null,
    guideline: guideline ? { version: guideline.version, text: guideline.text } : null,
    examples: chooseExamples(ratings, imagesById, prompts),
  };
}

/** Good and bad answers of raters who count: a skip is a missing answer. */
function countedLabels(ratings: readonly Rating[], raters: readonly Rater[]): AgreementAnswer[] {
  const excluded = new Set(raters.filter((rater) => rater.excluded).map(({ id }) => id));
  return ratings
    .filter(({ raterId, answer }) => answer !== 'skip' && !excluded.has(raterId))
    .map(({ imageId: item, answer }) => ({ item, answer }));
}

function countAnswers(ratings: readonly Rating[]): Record<Answer, number> {
  const counts = { good: 0, bad: 0, skip: 0 };
  for (const { answer } of ratings) counts[answer]++;
  return counts;
}

function describeRaters(
  raters: readonly Rater[],
  ratings: readonly Rating[],
  nameOf: (id: string) => string,
): RaterRow[] {
  return raters.flatMap(({ id, kind, excluded }) => {
    const own = ratings.filter(({ raterId }) => raterId === id);
    if (own.length === 0) return [];
    const { good, bad, skip } = countAnswers(own);
    const middle = median(knownTimes(own));
    return [
      {
        name: nameOf(id),
        kind,
        excluded,
        answers: own.length,
        goodShare: good + bad > 0 ? good / (good + bad) : null,
        skipShare: skip / own.length,
        medianSeconds: middle === null ? null : middle / 1000,
      },
    ];
  });
}

/** The first images of each category and answer in order of their hashes: a rule that looks at no picture. */
function chooseExamples(
  ratings: readonly Rating[],
  images: ReadonlyMap<string, ImageTable>,
  prompts: ReadonlyMap<string, Prompt>,
): FeedbackData['examples'] {
  const rated = ratings.map(({ imageId, answer }) => {
    const { hash, seed, promptId } = images.get(imageId)!;
    const { text, category } = prompts.get(promptId)!;
    return { hash, seed, prompt: text, category, answer };
  });
  const sorted = rated.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return orderCategories(sorted.map(({ category }) => category)).flatMap((category) =>
    (['good', 'bad'] as const).flatMap((answer) => {
      const own = sorted.filter((example) => example.category === category && example.answer === answer);
      return [...new Map(own.map((example) => [example.hash, example])).values()].slice(0, EXAMPLES / 2);
    }),
  );
}
