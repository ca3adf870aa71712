// The method twice, through the command line: status, a second round, and what may be removed.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addReward, makeEvaluationProject } from '../judging/evaluation/testing.ts';
import { listImages } from '../project/images/images.ts';
import { openProject } from '../project/project.ts';
import { makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

test('a second round draws with the tuned model and keeps all answers; status tells; remove refuses what is needed', async (t) => {
  const dir = makeTemporaryDir(t);
  const { project } = await makeEvaluationProject(dir);
  await addReward(project);
  const first = (await listImages(project.db)).length;
  const cwd = project.dir;
  await project.close();
  const run = (...args: string[]) => runCommand(args, { cwd });
  const json = async (...args: string[]) => {
    const { status, stdout, stderr } = await run(...args, '--json');
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };

  const before = await json('status');
  assert.deepEqual(
    before.models.map(({ name }: { name: string }) => name),
    ['base', 'tuned'],
  );
  assert.equal(before.running, null);
  assert.ok(before.disk.some(({ what, bytes }: { what: string; bytes: number }) => what === 'models' && bytes > 1000));
  assert.match((await run('status')).stdout, /Next:/);

  const [picture] = readdirSync(join(cwd, 'images'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.png'),
  );
  const scores = await json('score', join('images', picture!), 'two dogs', 'a cat');
  assert.deepEqual(
    scores.map(({ prompt }: { prompt: string }) => prompt),
    ['two dogs', 'a cat'],
  );
  for (const { reward, clip } of scores) assert.ok(Number.isFinite(reward) && Math.abs(clip) <= 100);
  assert.notEqual(scores[0].reward, scores[1].reward);
  assert.match((await run('score', 'collimate.yaml', 'a cat')).stderr, /picture/);

  const listing = () =>
    readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('collimate.db'));
  const files = listing();
  const rows = async () => {
    const opened = await openProject(cwd);
    const tables = ['images', 'prompts', 'models', 'runs', 'rewards', 'checkpoints', 'evaluations'] as const;
    const all = await Promise.all(tables.map((name) => opened.db.selectFrom(name).selectAll().execute()));
    await opened.close();
    return all;
  };
  const stored = await rows();
  for (const [command, tasks] of [
    [['generate', '--images-per-prompt', '9'], /^draw \d+ images? of \d+ prompts? in \d+ steps? each/],
    [['reward', 'train'], /^learn from \d+ rated images/],
    [['tune', '--name', 'another', '--max-train-steps', '7'], /^7 steps: /m],
    [['evaluate', '--models', 'base,tuned'], /^draw \d+ images? of \d+ prompts? with base/],
  ] as const) {
    const plan = await json(...command, '--dry-run');
    assert.match(plan.tasks.join('\n'), tasks);
    assert.ok(plan.dryRun && plan.bytes >= 0 && plan.free > 0 && plan.basis !== '', command.join(' '));
  }
  assert.match(
    (await run('generate', '--dry-run')).stdout,
    /^Nothing was done\. This would be:\n.*\nTime: .*\nRoom: about /s,
  );
  const otherwise = await run('generate', '--num-inference-steps', '3', '--images-per-prompt', '9', '--dry-run');
  assert.match(otherwise.stderr, /pictures were drawn with .*; this command draws with 3 steps/);
  assert.match(
    (await run('tune', '--max-train-steps', '7', '--dry-run')).stderr,
    /models\/tuned is there.*--overwrite/s,
  );
  assert.match(
    (await run('evaluate', '--num-inference-steps', '3', '--dry-run')).stderr,
    /this command draws with 3 steps/,
  );
  assert.deepEqual(listing(), files);
  assert.deepEqual(await rows(), stored);

  const round = await json('round', '--images-per-prompt', '1');
  assert.deepEqual([round.round, round.model], [2, 'models/round-2']);
  assert.ok(round.keptAnswers > 0);
  assert.ok(existsSync(join(cwd, 'models', 'round-2', 'model_index.json')));
  assert.ok(!existsSync(join(cwd, 'models', 'tuned')));
  assert.match(readFileSync(join(cwd, 'collimate.yaml'), 'utf8'), /^model: "?models\/round-2"?$/m);
  assert.match(readFileSync(join(cwd, 'collimate.yaml'), 'utf8'), /^ {2}images: "?all"?$/m);
  const again = await json('round', '--images-per-prompt', '1');
  assert.deepEqual([again.round, again.drawn.drawn], [2, 0], 'the same call goes on, and has nothing left to do');

  const opened = await openProject(cwd);
  const images = await listImages(opened.db, { purpose: 'feedback' });
  assert.equal(images.length, first + round.drawn.drawn);
  const models = await opened.db.selectFrom('models').selectAll().execute();
  const base = models.find(({ path }) => !path.includes('models/'))!;
  const second = models.find(({ path }) => path.endsWith('models/round-2'))!;
  assert.equal(second.parentHash, base.hash);
  await opened.close();

  assert.match((await run('remove', 'model', 'round-2')).stderr, /is the model of this project/);
  const refused = await run('remove', 'images', '--drawn-by', base.hash);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /rest \d+ answers, what a reward function learned from/);
  const removed = await json('remove', 'images', '--drawn-by', second.hash);
  assert.deepEqual([removed.images, removed.answers], [round.drawn.drawn, 0]);
  const forced = await json('remove', 'images', '--drawn-by', base.hash, '--force');
  assert.deepEqual([forced.images, forced.answers], [first, 2 * first]);
  const prompts = await json('remove', 'prompts', '--category', 'count');
  assert.equal(prompts.prompts, 2);
  const empty = await openProject(cwd);
  t.after(() => empty.close());
  assert.deepEqual(await listImages(empty.db), []);
  assert.deepEqual(await empty.db.selectFrom('ratings').selectAll().execute(), []);
  assert.deepEqual(await empty.db.selectFrom('queueItems').selectAll().execute(), []);
});

test('remove says what it expected', async (t) => {
  const cwd = makeTemporaryDir(t);
  const run = (...args: string[]) => runCommand(args, { cwd });
  assert.match((await run('remove', 'everything')).stderr, /expected model, prompts or images, got "everything"/);
  assert.match((await run('round')).stderr, /there is no collimate\.yaml/);
});
