import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertPrompts, listPrompts } from '../../project/images/prompts.ts';
import { countOpenings } from '../../project/learning/test-openings.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { makeEvaluationProject, makeSession } from '../evaluation/testing.ts';
import { makeHumanStudy } from '../verdict/make-study.ts';
import { evaluateModels } from './evaluate-models.ts';

const OWN = ['a photo of an astronaut riding a horse', 'a watercolor fox in the rain'];

test('prompts that no judge knows are measured, and the judge answers for the others', async (t) => {
  const { project, judgeDir } = await makeEvaluationProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const session = makeSession(project);
  const free = (text: string, split: 'seen' | 'unseen') => ({ text, category: 'free', slots: {}, split });
  await insertPrompts(project.db, [free(OWN[0]!, 'seen'), free(OWN[1]!, 'unseen')]);

  const mixed = await evaluateModels(session, { judge: judgeDir });
  assert.deepEqual([mixed.prompts, mixed.unknown, mixed.reason], [10, 2, 'the embedded world has no such things']);
  assert.equal(mixed.judged!.report.items.length, 8);
  assert.ok(mixed.judged!.report.items.every(({ category }) => category !== 'free'));
  assert.equal(mixed.measured!.report.prompts, 10);
  const [base] = mixed.measured!.report.models;
  assert.deepEqual(
    base!.splits.map(({ split, prompts }) => [split, prompts]),
    [
      ['unseen', 5],
      ['seen', 5],
    ],
  );

  const without = await evaluateModels({ ...session, world: null });
  assert.deepEqual([without.judged, without.unknown], [null, 10]);
  assert.match(without.reason!, /world: none/);
  assert.ok(without.measured!.report.models.every(({ parts }) => parts.length === 0));

  const study = await makeHumanStudy(session, { comparisons: [{ a: 'tuned', b: 'base' }] });
  const asked = (study.config.prompts as { text: string; category: string }[]).map(({ text }) => text);
  assert.ok(OWN.every((text) => asked.includes(text)));
});

test('a project of own prompts alone has measures and no word of a judge', async (t) => {
  const { project } = await makeEvaluationProject(makeTemporaryDir(t));
  t.after(() => project.close());
  await project.db.deleteFrom('prompts').execute();
  await insertPrompts(
    project.db,
    OWN.map((text) => ({ text, category: 'free', slots: {}, split: 'unseen' as const })),
  );
  const { judged, measured, unknown } = await evaluateModels(makeSession(project));
  assert.deepEqual([judged, unknown, measured!.report.prompts], [null, 2, 2]);
});

test('the test set is opened by name, and each look at it is counted once', async (t) => {
  const { project, judgeDir } = await makeEvaluationProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const session = makeSession(project);
  const [first] = await listPrompts(project.db, { split: 'unseen' });
  await project.db.updateTable('prompts').set({ split: 'development' }).where('id', '=', first!.id).execute();
  const notes: string[] = [];
  const noting = { ...session, progress: { ...session.progress, note: (line: string) => void notes.push(line) } };

  const usual = await evaluateModels(noting, { judge: judgeDir });
  assert.deepEqual(new Set(usual.judged!.report.items.map(({ split }) => split)), new Set(['development', 'seen']));
  assert.match(notes.join('\n'), /3 unseen ones stay closed until `--split unseen`/);
  assert.deepEqual(usual.openings, []);

  const opened = await evaluateModels(session, { judge: judgeDir, splits: ['unseen'] });
  assert.deepEqual(new Set(opened.judged!.report.items.map(({ split }) => split)), new Set(['unseen']));
  assert.deepEqual(opened.openings, [{ stage: 'evaluate', count: 1 }]);
  const again = await evaluateModels(session, { judge: judgeDir, splits: ['unseen'] });
  assert.equal(again.judged!.alreadyDone, true);
  assert.deepEqual(again.openings, opened.openings, 'the same figures again are no other look');
  await makeHumanStudy(session, { comparisons: [{ a: 'tuned', b: 'base' }], splits: ['unseen'] });
  assert.deepEqual(await countOpenings(project.db), [
    { stage: 'evaluate', count: 1 },
    { stage: 'evaluate human', count: 1 },
  ]);
});
