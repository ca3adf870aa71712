import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBatcher } from './batcher.ts';
import { CollimateError } from './errors.ts';

test('what arrives while a batch is under way makes up the next, in order and bounded', async () => {
  const batches: number[][] = [];
  const double = createBatcher(async (inputs: readonly number[]) => {
    batches.push([...inputs]);
    await new Promise((resolve) => setImmediate(resolve));
    return inputs.map((x) => 2 * x);
  }, 3);
  const first = double(1);
  await new Promise((resolve) => setImmediate(resolve));
  const later = [2, 3, 4, 5].map(double);
  assert.deepEqual(await Promise.all([first, ...later]), [2, 4, 6, 8, 10]);
  assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
});

test('a bad input fails alone, and the next batch goes on', async () => {
  const root = createBatcher(async (inputs: readonly number[]) =>
    inputs.map((x) => {
      if (x < 0) throw new RangeError(`${x} has no root`);
      return Math.sqrt(x);
    }),
  );
  const results = await Promise.allSettled([4, -1, 9].map(root));
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    [2, '-1 has no root', 3],
  );
  assert.equal(await root(16), 4);
});

test('what all of a batch asks is away: each is told at once, and not tried alone', async () => {
  let calls = 0;
  const ask = createBatcher(async (): Promise<readonly number[]> => {
    calls += 1;
    throw new CollimateError('UNAVAILABLE', 'the database is busy', 'Try again.', { retryAfter: 5 });
  });
  const results = await Promise.allSettled([1, 2, 3].map(ask));
  assert.ok(results.every(({ status }) => status === 'rejected'));
  assert.equal(calls, 1);
});

test('where too many wait, whoever comes is turned away, and the others are served', async () => {
  const refuse = () => new Error('busy');
  const echo = createBatcher(async (inputs: readonly number[]) => inputs, 1, { at: 2, refuse });
  const results = await Promise.allSettled([1, 2, 3].map(echo));
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    [1, 2, 'busy'],
  );
});
