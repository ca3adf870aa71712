import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createJsonProgress } from './json-progress.ts';

test('each line of a log is an object: stages, progress at intervals, notes', () => {
  const stream = new PassThrough();
  let time = 0;
  const progress = createJsonProgress(stream, () => time);
  progress.note('before');
  progress.stage('generate', 10, 2);
  time = 1000;
  progress.tick(3);
  time = 12_000;
  progress.tick(5, { workers: 2 });
  progress.note('a "note"\nof two lines');
  progress.done();
  progress.done();
  const lines = String(stream.read())
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { time: at, ...rest } = JSON.parse(line) as Record<string, unknown>;
      assert.match(String(at), /^\d{4}-.*Z$/);
      return rest;
    });
  const stage = { level: 'info', stage: 'generate', total: 10 };
  assert.deepEqual(lines, [
    { level: 'info', message: 'before' },
    { ...stage, message: 'stage began', done: 2, seconds: 0 },
    { ...stage, message: 'progress', done: 5, seconds: 12, secondsLeft: 20, workers: 2 },
    { level: 'info', message: 'a "note"\nof two lines', stage: 'generate' },
    { ...stage, message: 'stage ended', done: 5, seconds: 12 },
  ]);
});
