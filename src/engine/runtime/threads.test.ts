import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { threadsOf } from './threads.ts';

test('as many threads as are asked for, else at most one for each core', () => {
  assert.equal(threadsOf(3), 3);
  const cores = threadsOf(0);
  assert.ok(cores <= availableParallelism() && (process.platform !== 'linux' || cores >= 1), `${cores}`);
});
