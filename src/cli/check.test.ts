// `collimate check` on a project that went through the method, whole and then damaged.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { addReward, makeEvaluationProject, makeSession } from '../judging/evaluation/testing.ts';
import { checkProject, type ProjectCheck } from '../judging/status/check.ts';
import { quietProgress } from '../method/feedback/testing.ts';
import { listCheckpointFolders } from '../method/tuning/checkpoint.ts';
import { tuneModel } from '../method/tuning/tune.ts';
import { listImages } from '../project/images/images.ts';
import { findLatestRewardModel } from '../project/learning/rewards.ts';
import { insertJob } from '../project/people/jobs.ts';
import { openProject } from '../project/project.ts';
import { makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

const TUNE = {
  maxTrainSteps: 2,
  checkpointingSteps: 1,
  batchSize: 2,
  pretrainPairs: 4,
  samplesEvery: 0,
  warmupSteps: 1,
};

/** Flips one bit in the middle of a file, and leaves its size and times as they were. */
function flipBit(path: string): void {
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
}

test('check tells a flipped bit of a picture, reward, checkpoint and model, files that are gone, and stray ones', async (t) => {
  const { project } = await makeEvaluationProject(makeTemporaryDir(t), { tune: TUNE });
  await addReward(project);
  const { model, runId } = await tuneModel(makeSession(project), { name: 'second' });
  const { dir, db, images, weights, runsDir } = project;
  const [changed, missing] = [...new Set((await listImages(db)).map(({ hash }) => hash))].map(images.blobPath);
  const reward = weights.blobPath((await findLatestRewardModel(db))!.hash);
  const [checkpoint] = listCheckpointFolders(join(runsDir, runId));
  const stopping = new AbortController();
  const stopped = checkProject(
    project,
    quietProgress(() => stopping.abort()),
    stopping.signal,
  );
  await assert.rejects(stopped, { code: 'INTERRUPTED', message: /nothing was changed/ });
  // What the studio's jobs leave is theirs.
  const job = await insertJob(db, {
    kind: 'report',
    options: {},
    command: 'collimate report',
    host: '',
    startedBy: '',
  });
  mkdirSync(join(runsDir, 'jobs', job.id), { recursive: true });
  await project.close();
  const check = (...args: string[]) => runCommand(['check', ...args], { cwd: dir });

  const whole = await check();
  assert.equal(whole.status, 0, whole.stdout + whole.stderr);
  assert.match(whole.stdout, /^database: 1 checked$/m);
  assert.match(whole.stdout, /^images: \d+ checked$/m);
  assert.match(whole.stdout, /^reward functions: 1 checked$/m);
  assert.match(whole.stdout, /^checkpoints: 2 checked$/m);
  assert.match(whole.stdout, /^models: 3 checked, 1 without a record$/m, 'base, second, and one that was put there');
  assert.match(whole.stdout, /^files without a row: 0 checked$/m);
  assert.match(whole.stderr, /Checking images: /);

  const unet = (folder: string) => join(folder, 'unet/diffusion_pytorch_model.safetensors');
  const metrics = join(runsDir, runId, 'metrics.jsonl');
  for (const path of [changed!, reward, unet(checkpoint!.path), unet(model)]) flipBit(path);
  rmSync(missing!);
  writeFileSync(metrics, `{"step":1}\n${readFileSync(metrics, 'utf8')}`);
  writeFileSync(join(dir, 'images/left.png.1234.tmp'), 'half');
  mkdirSync(join(runsDir, 'jobs/job-of-nobody'));
  const { db: edited, close } = await openProject(dir);
  await sql`pragma foreign_keys = off`.execute(edited);
  await edited
    .deleteFrom('prompts')
    .where('id', '=', (await listImages(edited))[0]!.promptId)
    .execute();
  await close();
  const before = readdirSync(dir, { recursive: true }).sort();

  const damaged = await check('--json');
  assert.equal(damaged.status, 1);
  const found = JSON.parse(damaged.stdout) as ProjectCheck;
  const paths = (name: string, state: string) =>
    found.kinds
      .find((kind) => kind.name === name)!
      .faults.flatMap((fault) => (fault.state === state ? fault.path : []));
  const below = (path: string) => path.slice(dir.length + 1);
  assert.deepEqual(paths('database', 'changed'), ['collimate.db']);
  assert.deepEqual(paths('images', 'changed'), [below(changed!)]);
  assert.deepEqual(paths('images', 'missing'), [below(missing!)]);
  assert.deepEqual(paths('reward functions', 'changed'), [below(reward)]);
  assert.deepEqual(paths('checkpoints', 'changed'), [below(checkpoint!.path)]);
  assert.deepEqual(paths('models', 'changed'), ['models/second']);
  assert.deepEqual(paths('models', 'unknown'), ['models/tuned']);
  assert.deepEqual(paths('files of figures', 'changed'), [below(metrics)]);
  assert.deepEqual(paths('files without a row', 'unknown'), ['images/left.png.1234.tmp', 'runs/jobs/job-of-nobody']);
  assert.equal(found.problems, 7);

  const told = await check('--quiet');
  assert.match(told.stdout, /collimate\.db: \d+ rows name rows that are not there \(images of prompts/);
  assert.match(told.stdout, /^images: \d+ checked, 1 changed, 1 missing$/m);
  assert.match(told.stdout, /^missing: images\/.+: a row names this picture.+\n {2}Restore it from a copy, or take/m);
  assert.match(told.stderr, /7 files changed or missing/);
  assert.deepEqual(readdirSync(dir, { recursive: true }).sort(), before, 'nothing is written');
});
