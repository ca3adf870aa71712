// Looks at a rater's latest answers by the project's rules, and stores what they find.

import { type Database, inTransaction } from '../../project/database/database.ts';
import { listLatestAnswers } from '../../project/rating/answers.ts';
import { listGoldChecks } from '../../project/rating/gold.ts';
import { insertNotice, listNotices, type Notice } from '../../project/rating/notices.ts';
import { listRaters } from '../../project/rating/raters.ts';
import { listRatingsOf } from '../../project/rating/ratings.ts';
import { compareWithRest } from '../quality/raters.ts';
import { PURPOSE, type QueueContext, takeRater } from './queue/open-queue.ts';
import { releaseItems } from './queue/release-items.ts';
import { applyRule, hasRules, type RaterEvidence, RULE_NAMES } from './rater-rules.ts';

/** Answers that rules look at. */
const WINDOW = 200;

/**
 * Applies `studio.rules` to a rater and stores a notice for each rule that finds something; a rule looks at answers since it
 * spoke last alone. Whoever is paused gives back what was before them. Returns the new notices.
 */
export async function watchRater(context: QueueContext, raterId: string): Promise<Notice[]> {
  const { rules } = context.config.studio;
  if (!hasRules(rules)) return [];
  return inTransaction(context.db, async (db) => {
    // Two windows of one person do not both find the same.
    await takeRater(db, raterId);
    const spoken = await listNotices(db, { raterId });
    // Whoever is paused already is judged no further.
    if (spoken.some(({ action, closedAt }) => action === 'pause' && closedAt === null)) return [];
    const answers = await listLatestAnswers(db, raterId, { purpose: PURPOSE, limit: WINDOW });
    if (answers.length < rules.after) return [];
    const { gold, rest } = await compareAnswers(
      db,
      raterId,
      answers.map(({ imageId }) => imageId),
    );
    const found = RULE_NAMES.flatMap((rule) => {
      const since = lastOf(spoken.filter((notice) => notice.rule === rule || notice.rule === 'admin'));
      const own = answers.filter(({ answeredAt }) => answeredAt > since);
      const images = new Set(own.map(({ imageId }) => imageId));
      const isOwn = ({ imageId }: { imageId: string }) => images.has(imageId);
      const evidence: RaterEvidence = { answers: own, gold: gold.filter(isOwn), rest: rest.filter(isOwn) };
      return applyRule(rule, rules, evidence) ?? [];
    });
    const notices: Notice[] = [];
    for (const finding of found) notices.push(await insertNotice(db, { raterId, ...finding }));
    if (found.some(({ action }) => action === 'pause')) await releaseItems({ ...context, db }, { raterId });
    return notices;
  });
}

/** When something was said, or closed, last: whoever is taken up again begins anew. */
const lastOf = (notices: readonly Notice[]) =>
  notices.reduce((last, { createdAt, closedAt }) => [last, createdAt, closedAt ?? ''].sort().at(-1)!, '');

async function compareAnswers(db: Database, raterId: string, imageIds: readonly string[]) {
  const gold = (await listGoldChecks(db, { raterId })).map((check) => ({ ...check, other: check.gold }));
  const excluded = new Set((await listRaters(db)).filter((rater) => rater.excluded).map(({ id }) => id));
  const labels = (await listRatingsOf(db, imageIds))
    .filter(({ answer, raterId: by }) => answer !== 'skip' && !excluded.has(by))
    .map(({ imageId: item, raterId: rater, answer }) => ({ item, rater, answer }));
  const rest = imageIds.flatMap((imageId) => {
    const own = labels.filter(({ item }) => item === imageId);
    return (compareWithRest(own).get(raterId) ?? []).map((pair) => ({ ...pair, imageId }));
  });
  return { gold, rest };
}
