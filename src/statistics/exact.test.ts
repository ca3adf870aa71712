import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactInterval } from './exact.ts';

test('exact intervals are those of the tables, and whole ranges of none', () => {
  const cases = [
    [8, 10, 0.4439, 0.9748],
    [0, 5, 0, 0.5218],
    [5, 5, 0.4782, 1],
    [50, 100, 0.3983, 0.6017],
    [1, 3, 0.0084, 0.9057],
  ] as const;
  for (const [successes, n, low, high] of cases) {
    const [a, b] = exactInterval(successes, n);
    assert.ok(Math.abs(a - low) < 1e-4 && Math.abs(b - high) < 1e-4, `${successes} of ${n}: ${a} to ${b}`);
  }
  assert.deepEqual(exactInterval(0, 0), [0, 1]);
  const [half] = exactInterval(2.5, 5);
  assert.ok(half > exactInterval(2, 5)[0] && half < exactInterval(3, 5)[0]);
});
