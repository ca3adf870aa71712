import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementOf, type Opinions } from './agreement.ts';

test('judges are compared where both answer, and chance is taken off', () => {
  const times = (n: number, pair: Opinions) => Array.from({ length: n }, () => pair);
  const opinions = [
    ...times(40, ['good', 'good']),
    ...times(40, ['bad', 'bad']),
    ...times(10, ['good', 'bad']),
    ...times(10, ['bad', 'good']),
    ...times(5, ['unclear', 'bad']),
  ];
  const { kappa, same, ...counts } = agreementOf(opinions, 'h');
  assert.deepEqual(counts, { secondHash: 'h', images: 105, answered: 100 });
  assert.ok(Math.abs(same - 0.8) < 1e-12 && Math.abs(kappa! - 0.6) < 1e-12);
  assert.equal(agreementOf(times(3, ['bad', 'bad']), 'h').kappa, null);
  assert.deepEqual(agreementOf([], 'h').answered, 0);
});
