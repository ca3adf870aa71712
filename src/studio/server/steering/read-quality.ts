// How far raters agree, how each one does, and what more answers would bring.

import { planQuality, measureQuality as readProjectQuality } from '../../../method/feedback/rater-quality.ts';
import type { Project } from '../../../project/project.ts';
import { listNotices } from '../../../project/rating/notices.ts';
import { listTestResults } from '../../../project/rating/rater-tests.ts';
import type { Output } from '../../contract/client.ts';

export async function readQuality({ db }: Project, _input: null): Promise<Output<'getQuality'>> {
  const { raters, agreement, confusion } = await readProjectQuality(db);
  const notices = await listNotices(db, { open: true });
  const tests = new Map(
    (await listTestResults(db)).map(({ raterId, passed, rightAnswers: right, questions }) => [
      raterId,
      { passed, right, questions },
    ]),
  );
  return {
    raters: raters.map((rater) => ({
      ...rater,
      test: tests.get(rater.id) ?? null,
      notices: notices
        .filter(({ raterId }) => raterId === rater.id)
        .map(({ id, rule, action, detail, createdAt }) => ({ id, rule, action, detail, createdAt })),
    })),
    agreement: [...agreement],
    confusion: confusion && { labels: [...confusion.labels], counts: confusion.counts.map((row) => [...row]) },
  };
}

export async function readRatingPlans(
  { db }: Project,
  { width, raters }: { width: number; raters: number },
): Promise<Output<'planRating'>> {
  const { plans, basis } = await planQuality(db, { width, most: raters });
  return { plans: [...plans], basis };
}
