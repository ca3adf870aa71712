import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../project/config/config.ts';
import type { Database } from '../../project/database/database.ts';
import { putGoldAnswer } from '../../project/rating/gold.ts';
import { closeNotice, listNotices, readStanding } from '../../project/rating/notices.ts';
import { putRater } from '../../project/rating/raters.ts';
import { fillStore, testDatabases } from '../../project/testing.ts';
import { answerItems } from './queue/answer-items.ts';
import { nextItems } from './queue/next-items.ts';
import type { QueueContext } from './queue/open-queue.ts';
import { applyRule, type RaterRules } from './rater-rules.ts';
import { watchRater } from './watch-rater.ts';

const rulesOf = (patch: Partial<RaterRules>) => configSchema.parse({ studio: { rules: { after: 5, ...patch } } });

test('a rule speaks where its figure is surely beyond its bound, and not before there are answers enough', () => {
  const { rules } = rulesOf({ gold: 0.7, seconds: 1, secondsThen: 'warn', run: 4 }).studio;
  const answers = (list: string, milliseconds = 2000) =>
    [...list].map((letter) => ({ answer: letter === 'g' ? 'good' : 'bad', milliseconds }));
  const none = { gold: [], rest: [] };
  const right = (count: number, of: number) =>
    Array.from({ length: of }, (_, i) => ({ answer: i < count ? 'good' : 'bad', other: 'good' }));
  const gold = (count: number, of: number) =>
    applyRule('gold', rules, { answers: answers('gbgbg'), rest: [], gold: right(count, of) });
  assert.equal(gold(3, 5), undefined, 'three of five may be bad luck');
  assert.match(gold(1, 6)!.detail, /^1 of 6 gold answers right; at least 70 % wanted$/);
  assert.equal(applyRule('seconds', rules, { ...none, answers: answers('gbgb', 300) }), undefined, 'too few');
  assert.deepEqual(applyRule('seconds', rules, { ...none, answers: answers('gbgbg', 300) }), {
    rule: 'seconds',
    action: 'warn',
    detail: 'median of 0.3 s over 5 answers; at least 1 s wanted',
  });
  assert.equal(applyRule('run', rules, { ...none, answers: answers('gggbg') }), undefined);
  assert.match(applyRule('run', rules, { ...none, answers: answers('bbbbg') })!.detail, /last 4 answers are all bad/);
  assert.equal(applyRule('agreement', rules, { ...none, answers: answers('ggggg'), rest: right(0, 50) }), undefined);
});

/** Answers the next images of a rater, all alike. */
async function answer(context: QueueContext, raterId: string, count: number, milliseconds: number) {
  const items = await nextItems(context, { raterId, count });
  const answers = items.map(({ id }) => ({ clientId: `c-${id}`, leaseId: id, answer: 'good' as const, milliseconds }));
  await answerItems(context, { raterId, answers });
}

const open = async (db: Database, raterId: string) =>
  (await listNotices(db, { raterId, open: true })).map(({ rule, action }) => `${rule} ${action}`);

testDatabases('whoever breaks a rule is paused once, gives back what they had, and begins anew', async (_t, db) => {
  const ids = await fillStore(db, 40);
  await putRater(db, { id: 'rob', name: 'Rob', kind: 'human', settings: {} });
  const studio = { ratersPerImage: 2, repeatRate: 0, goldRate: 0 };
  const { studio: settings } = configSchema.parse({
    studio: { ...studio, rules: { after: 6, seconds: 1, secondsThen: 'pause', gold: 0.6, goldThen: 'warn' } },
  });
  const context: QueueContext = { db, config: { seed: 1, studio: settings } };
  await answer(context, 'rob', 5, 200);
  assert.deepEqual(await watchRater(context, 'rob'), []);
  await answer(context, 'rob', 3, 200);
  await nextItems(context, { raterId: 'rob', count: 4 });
  assert.equal((await watchRater(context, 'rob')).length, 1);
  assert.deepEqual(await watchRater(context, 'rob'), [], 'said once');
  assert.deepEqual(await open(db, 'rob'), ['seconds pause']);
  assert.equal((await readStanding(db, 'rob')).paused, true);
  assert.deepEqual(
    await db.selectFrom('leases').select('id').where('raterId', '=', 'rob').where('status', '=', 'open').execute(),
    [],
  );

  const [pause] = await listNotices(db, { raterId: 'rob' });
  assert.equal(
    await closeNotice(db, pause!.id, 'rob', { raterId: 'rob', action: 'warn' }),
    undefined,
    'not by himself',
  );
  assert.ok(await closeNotice(db, pause!.id, 'ann'));
  assert.deepEqual(await watchRater(context, 'rob'), [], 'the answers of before are judged no more');
  await answer(context, 'rob', 6, 3000);
  const rated = await db.selectFrom('ratings').select('imageId').where('raterId', '=', 'rob').execute();
  assert.equal(rated.length, 14);
  for (const { imageId } of rated) await putGoldAnswer(db, { imageId, answer: 'bad' });
  await watchRater(context, 'rob');
  assert.deepEqual(await open(db, 'rob'), ['gold warn']);
  const standing = await readStanding(db, 'rob');
  assert.deepEqual([standing.paused, standing.notices.length], [false, 1]);
  assert.ok(ids.length === 40);
});
