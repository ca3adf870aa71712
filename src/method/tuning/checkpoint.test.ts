import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../../project/testing.ts';
import { CollimateError } from '../../util/errors.ts';
import {
  discardCheckpointsAfter,
  findResumePoint,
  listCheckpointFolders,
  pruneCheckpoints,
  statePath,
  writeCheckpoint,
} from './checkpoint.ts';
import { appendMetrics, readMetrics, truncateMetrics } from './metrics.ts';

const fill = (content: string) => async (folder: string) => {
  writeFileSync(join(folder, 'weights'), content);
  writeFileSync(statePath(folder), content);
};

test('writeCheckpoint leaves the last checkpoint whole where the next one cannot be written', async (t) => {
  const dir = makeTemporaryDir(t);
  await writeCheckpoint(dir, 5, fill('five'));
  const full = new CollimateError('DISK_FULL', 'no room left');
  const fails = writeCheckpoint(dir, 10, async (folder) => {
    writeFileSync(join(folder, 'weights'), 'half of te');
    throw full;
  });
  await assert.rejects(fails, full);
  assert.deepEqual(readdirSync(dir), ['checkpoint-5']);
  assert.equal(readFileSync(join(dir, 'checkpoint-5/weights'), 'utf8'), 'five');
  assert.equal(findResumePoint(dir)?.step, 5);
});

test('pruneCheckpoints keeps scheduled weights, and one state to go on from', async (t) => {
  const dir = makeTemporaryDir(t);
  for (const step of [10, 13, 20]) await writeCheckpoint(dir, step, fill(`${step}`));
  pruneCheckpoints(dir, 20, (step) => step % 10 === 0);
  assert.deepEqual(
    listCheckpointFolders(dir).map(({ step, resumable }) => [step, resumable]),
    [
      [10, false],
      [20, true],
    ],
  );
  assert.ok(existsSync(join(dir, 'checkpoint-10/weights')));
  assert.equal(findResumePoint(dir, join(dir, 'checkpoint-20'))?.step, 20);
  assert.equal(findResumePoint(dir, 'none'), undefined);
  assert.throws(() => findResumePoint(dir, 'checkpoint-10'), /this run can go on from: checkpoint-20/);
});

test('discardCheckpointsAfter removes what a run that goes on makes again', async (t) => {
  const dir = makeTemporaryDir(t);
  for (const step of [9, 10]) await writeCheckpoint(dir, step, fill(`${step}`));
  mkdirSync(join(dir, 'checkpoint-11.tmp'));
  discardCheckpointsAfter(dir, 9);
  assert.deepEqual(readdirSync(dir), ['checkpoint-9']);
});

test('metrics of a resumed run have every step once, also after a line that was cut off', (t) => {
  const path = join(makeTemporaryDir(t), 'run', 'metrics.jsonl');
  const line = (step: number) => ({
    step,
    train_loss: step / 2,
    reward_loss: 1,
    grad_norm: 1,
    learning_rate: 1,
    seconds: 1,
  });
  for (const step of [1, 2, 3]) appendMetrics(path, line(step));
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"step":4,"train_l`);
  truncateMetrics(path, 2);
  for (const step of [3, 4]) appendMetrics(path, line(step));
  assert.deepEqual(
    readMetrics(path).map(({ step }) => step),
    [1, 2, 3, 4],
  );
  assert.equal(readFileSync(path, 'utf8').split('\n').length, 5);
});
