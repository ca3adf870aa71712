import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { listRuns } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { readConfidence } from './confidence.ts';
import { evaluateReward } from './evaluate.ts';
import { makeRatedProject, openTestSession } from './testing.ts';
import { trainReward } from './train.ts';

/** The same images under texts in which nothing can be exchanged. */
async function nameAnew({ db }: Project): Promise<void> {
  for (const [i, { id }] of (await listPrompts(db)).entries())
    await db
      .updateTable('prompts')
      .set({ text: `portrait of queen ${'i'.repeat(i + 1)}`, category: 'free', slots: '{}' })
      .where('id', '=', id)
      .execute();
}

test('without an edit of any prompt, prompt classification is left out and says so, and TextNorm is refused', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t));
  t.after(() => project.close());
  await nameAnew(project);
  const notes: string[] = [];
  const session = openTestSession(project);
  const noting = { ...session, progress: { ...session.progress, note: (line: string) => void notes.push(line) } };
  const { report, rewardHash } = await trainReward(noting);
  assert.match(notes.join('\n'), /None of \d+ prompts has an edit .* prompt classification is left out/);
  assert.deepEqual([report.config.lambda, report.config.candidates], [0, 1]);
  assert.equal(report.edits!.without, report.edits!.prompts);
  const [run] = await listRuns(project.db, { stage: 'reward train' });
  assert.deepEqual(run!.progress.edits, report.edits);

  assert.equal(report.calibration!.temperatures.textNorm, undefined);
  assert.deepEqual(
    report.calibration!.figures.map(({ reading }) => reading),
    ['score', 'calibrated'],
  );
  assert.equal(report.calibration!.withoutEdits, report.calibration!.images);
  assert.deepEqual((await evaluateReward(session, rewardHash)).edits, report.edits);
  const images = await listImages(project.db, { purpose: 'feedback' });
  await assert.rejects(readConfidence(session, 'text-norm', images, { rewardHash }), {
    code: 'CONFIG',
    message: /text-norm: compares a prompt with edits of it, and 9 of 9 prompts have none/,
    hint: /a column `edits`/,
  });
});

test('edits that come with prompts bring prompt classification back, as another training', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t));
  t.after(() => project.close());
  await nameAnew(project);
  const session = openTestSession(project);
  const without = await trainReward(session);
  for (const { id, text } of await listPrompts(project.db)) {
    const edits = JSON.stringify([`${text} in armour`, `${text} asleep`]);
    await project.db.updateTable('prompts').set({ edits }).where('id', '=', id).execute();
  }
  const { report, alreadyDone, rewardHash } = await trainReward(session);
  assert.equal(alreadyDone, false);
  assert.notEqual(rewardHash, without.rewardHash);
  assert.equal(report.edits!.ways.given, report.edits!.prompts);
  assert.ok(report.config.lambda > 0);
  const images = await listImages(project.db, { purpose: 'feedback' });
  const norms = await readConfidence(session, 'text-norm', images, { rewardHash });
  assert.ok([...norms.values()].every((norm) => norm > 0 && norm < 1));
});

test('development prompts that are rated validate, and no seen prompt is kept from learning', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const seen = await listPrompts(project.db, { split: 'seen' });
  const [first, second] = seen;
  for (const { id } of [first!, second!])
    await project.db.updateTable('prompts').set({ split: 'development' }).where('id', '=', id).execute();
  const session = openTestSession(project);
  const { trainImages, validationImages, report, rewardHash } = await trainReward(session);
  assert.deepEqual([trainImages, validationImages], [(seen.length - 2) * 4, 2 * 4]);
  const row = report.rows.find(({ part, category }) => part === 'validation' && category === 'all');
  assert.deepEqual([row!.prompts, row!.images], [2, 8]);
  assert.deepEqual((await evaluateReward(session, rewardHash)).rows, report.rows);
});
