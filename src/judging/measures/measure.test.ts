import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodePng } from '../../pictures/image.ts';
import { listImages } from '../../project/images/images.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { addReward, makeEvaluationProject, makeSession } from '../evaluation/testing.ts';
import { describeGeneval, describeMeasures } from './describe.ts';
import { runGeneval } from './geneval-run.ts';
import { measureModels } from './measure.ts';
import { drawBlocks, writeBlockDetector, writeMeanNetwork } from './testing.ts';

async function open(t: TestContext) {
  const dir = makeTemporaryDir(t);
  const made = await makeEvaluationProject(dir);
  t.after(() => made.project.close());
  return { dir, session: makeSession(made.project), ...made };
}

test('measures of base and tuned model: every figure with its interval, and not made twice', async (t) => {
  const { dir, session, project, judgeDir } = await open(t);
  project.config.reward.members = 2;
  await addReward(project);
  const options = { judge: judgeDir, features: writeMeanNetwork(dir) };
  const { report, path, alreadyDone } = await measureModels(session, options);
  assert.equal(alreadyDone, false);
  assert.deepEqual(
    report.models.map(({ name, images }) => [name, images]),
    [
      ['base', 16],
      ['tuned', 16],
    ],
  );
  const [base, tuned] = report.models;
  for (const model of report.models) {
    const { clipScore, reward, doubt, diversity, parts, distances } = model;
    assert.ok(doubt!.value.estimate > 0);
    for (const { value } of [clipScore, reward!, diversity!, ...parts]) {
      assert.ok(Number.isFinite(value.estimate));
      // Two prompts in each of eight strata would have spread; one has none, so there is no freedom.
      assert.equal(value.low, null);
    }
    assert.deepEqual(
      parts.map(({ part }) => part),
      ['count', 'color', 'subject', 'background'],
    );
    assert.deepEqual(
      distances.map(({ features }) => features),
      ['CLIP embeddings', 'judge features', 'channel means'],
    );
    assert.ok(distances[0]!.cmmd!.biased.low! < distances[0]!.cmmd!.biased.high!);
    assert.equal(distances[2]!.width, 3);
    assert.equal(distances[1]!.cmmd, null);
  }
  assert.equal(base!.clipScore.versusBase, null);
  const difference = tuned!.clipScore.value.estimate - base!.clipScore.value.estimate;
  assert.ok(Math.abs(tuned!.clipScore.versusBase!.estimate - difference) < 1e-9);
  assert.match(describeMeasures(report), /CMMD/);
  const again = await measureModels(session, options);
  assert.deepEqual([again.alreadyDone, again.path], [true, path]);
});

test('a folder of pictures as reference, and one without pictures refused', async (t) => {
  const { dir, session, judgeDir } = await open(t);
  const folder = join(dir, 'pictures');
  mkdirSync(folder);
  const options = { models: ['base'], reference: folder, judge: judgeDir };
  await assert.rejects(measureModels(session, options), { code: 'USAGE', message: /at least two pictures, got 0/ });
  for (let i = 0; i < 4; i++) writeFileSync(join(folder, `${i}.png`), await encodePng(drawBlocks([[i, i, 'red']]).rgb));
  mkdirSync(join(folder, 'a folder.png'));
  for (const name of ['photo.heic', '._0.png', 'a folder.png/.hidden.png']) writeFileSync(join(folder, name), 'x');
  const notes: string[] = [];
  const progress = { ...session.progress, note: (text: string) => void notes.push(text) };
  const { report } = await measureModels({ ...session, progress }, options);
  assert.ok(
    notes.includes('reference: 3 files passed over: no PNG, JPEG, WebP, GIF, AVIF or TIFF, or hidden'),
    `${notes}`,
  );
  assert.deepEqual(report.reference, { kind: 'folder', images: 4, path: folder });
  assert.deepEqual(
    report.models[0]!.distances.map(({ features }) => features),
    ['CLIP embeddings'],
  );
  assert.equal(report.models[0]!.reward, null);
});

test('GenEval end to end: prompts kept apart, images drawn once, scores of the detector', async (t) => {
  const { dir, session, project } = await open(t);
  const metadata = join(dir, 'metadata.jsonl');
  const lines = [
    { tag: 'single_object', include: [{ class: 'dog', count: 0 }], exclude: [], prompt: 'a dog' },
    { tag: 'counting', include: [{ class: 'dog', count: 17 }], prompt: 'two dogs' },
    { tag: 'colors', include: [{ class: 'cat', count: 0, color: 'red' }], prompt: 'a red cat' },
  ];
  writeFileSync(metadata, lines.map((line) => JSON.stringify(line)).join('\n'));
  const options = { models: ['tuned'], metadata, detector: writeBlockDetector(dir), imagesPerPrompt: 2 };
  const { report } = await runGeneval(session, options);
  // None of a class is always there, 17 never are.
  assert.deepEqual(
    report.models.map(({ name, tasks }) => [name, ...tasks.map(({ right }) => right.estimate)]),
    [['tuned', 1, 0, 1]],
  );
  assert.match(describeGeneval(report), /overall\s+0\.667/);
  const images = await listImages(project.db, { purpose: 'geneval' });
  assert.equal(images.length, 6);
  assert.deepEqual((await runGeneval(session, options)).report, report);
});
