import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from './interval.ts';

test('quantile goes straight between sorted values', () => {
  const values = Float64Array.of(0, 10, 20, 30);
  assert.equal(quantile(values, 0.5), 15);
  assert.equal(quantile(values, 1), 30);
});
