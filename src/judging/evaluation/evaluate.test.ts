import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { listImages } from '../../project/images/images.ts';
import { listEvaluations } from '../../project/learning/evaluations.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { describeEvaluation } from './describe.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluationReport } from './report.ts';
import { addReward, makeEvaluationProject, makeSession } from './testing.ts';

async function open(t: TestContext) {
  const made = await makeEvaluationProject(makeTemporaryDir(t));
  t.after(() => made.project.close());
  return made;
}

/** What depends on the models and the seed alone. */
function figures({ createdAt: _at, seconds: _s, ...rest }: EvaluationReport) {
  return rest;
}

test('evaluate: base, tuned and best of N on the same prompts and seeds; what is stored is not drawn again', async (t) => {
  const { project, judgeDir } = await open(t);
  await addReward(project);
  const { report, path, alreadyDone } = await evaluate(makeSession(project), { models: ['tuned'], judgeDir });
  assert.equal(alreadyDone, false);
  assert.deepEqual(
    report.contestants.map(({ name, kind, imagesPerPrompt }) => [name, kind, imagesPerPrompt]),
    [
      ['base', 'base', 2],
      ['tuned', 'tuned', 2],
      ['best-of-3', 'best-of', 1],
    ],
  );
  assert.equal(report.items.length, 8);
  assert.equal(report.images, 8 * (3 + 2));
  for (const { images } of report.items) {
    const seeds = (name: string) => images[name]!.map(({ seed }) => seed);
    assert.deepEqual(seeds('tuned'), seeds('base'));
    assert.notEqual(images.base![0]!.hash, images.tuned![0]!.hash);
  }
  const groups = report.contestants[1]!.groups;
  assert.deepEqual(
    groups.filter(({ category }) => category === 'all').map(({ split, images }) => [split, images]),
    [
      ['unseen', 8],
      ['seen', 8],
    ],
  );
  assert.ok(groups.every(({ good, reward }) => good.estimate >= 0 && good.estimate <= 1 && reward !== null));
  assert.ok(report.contestants.every(({ frechet }) => Number.isFinite(frechet.all.value)));
  assert.equal(
    report.bestOfCurve
      .filter(({ split }) => split === 'unseen')
      .map(({ n }) => n)
      .join(),
    '1,2,3',
  );
  const best = report.contestants[2]!.groups[0]!.reward!.estimate;
  assert.ok(best >= report.contestants[0]!.groups[0]!.reward!.estimate);
  assert.match(describeEvaluation(report), /best-of-3\s+unseen/);
  assert.equal((await listEvaluations(project.db)).length, 3);

  const again = await evaluate(makeSession(project), { models: ['tuned'], judgeDir });
  assert.equal(again.alreadyDone, true);
  assert.deepEqual(again.report, report);

  const [lost] = await listImages(project.db, { purpose: 'evaluation' });
  rmSync(project.images.blobPath(lost!.hash));
  rmSync(path);
  const repeated = await evaluate(makeSession(project), { models: ['tuned'], judgeDir });
  assert.ok(await project.images.hasBlob(lost!.hash));
  assert.deepEqual(figures(repeated.report), figures(report));
});

test('evaluate without a reward leaves out what needs one, and goes on after an interruption', async (t) => {
  const { project, judgeDir } = await open(t);
  const controller = new AbortController();
  const session = makeSession(project, controller.signal);
  const progress = { ...session.progress, tick: () => controller.abort() };
  await assert.rejects(evaluate({ ...session, progress }, { judgeDir }), { code: 'INTERRUPTED' });
  const stored = await listImages(project.db, { purpose: 'evaluation' });
  assert.equal(stored.length, 8); // one batch
  const { report } = await evaluate(makeSession(project), { judgeDir });
  assert.equal(report.images, 8 * (2 + 2));
  assert.equal(report.rewardHash, null);
  assert.deepEqual(report.bestOfCurve, []);
  assert.ok(report.contestants.every(({ groups }) => groups.every(({ reward }) => reward === null)));
});

test('a model that is not there is named, with what to do', async (t) => {
  const { project, judgeDir } = await open(t);
  const session = makeSession(project);
  await assert.rejects(evaluate(session, { models: ['tunde'], judgeDir }), { code: 'USAGE', message: /called tunde/ });
  rmSync(`${project.dir}/models/tuned`, { recursive: true });
  await assert.rejects(evaluate(session, { judgeDir }), { code: 'MISSING_STAGE', hint: /collimate tune/ });
});
