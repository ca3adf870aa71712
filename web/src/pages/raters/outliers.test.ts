import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOutliers } from './outliers.ts';

test('who is far from the others stands apart; of few, or of those alike, nobody does', () => {
  const rows = [0.8, 0.82, 0.85, 0.79, 0.81, 0.2, null];
  assert.deepEqual([...findOutliers(rows, (row) => row)], [0.2]);
  assert.equal(findOutliers([0.1, 0.9, 0.9], (row) => row).size, 0);
  assert.equal(findOutliers([1, 1, 1, 1, 1, 0.9], (row) => row).size, 0);
});
