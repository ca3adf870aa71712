import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatCount,
  formatInterval,
  formatNumber,
  formatP,
  formatPoints,
  formatSeconds,
  formatShare,
  formatShareInterval,
  plural,
} from './format.ts';

test('numbers are written as people read them', () => {
  assert.deepEqual(
    [formatCount(27528), plural(1, 'image'), plural(1200, 'image')],
    ['27,528', '1 image', '1,200 images'],
  );
  assert.deepEqual([formatShare(0.4651), formatShare(null), formatShare(0.5, 0)], ['46.5 %', '–', '50 %']);
  assert.deepEqual([formatShareInterval([0.41, 0.523]), formatShareInterval(null)], ['41.0 to 52.3 %', '']);
  assert.deepEqual(
    [formatInterval([-0.091, 1], 2), formatNumber(-0.5), formatNumber(-0.001)],
    ['−0.09 to 1.00', '−0.50', '0.00'],
  );
  assert.deepEqual([-0.125, 0, 0.03].map(formatPoints), ['−12.5', '0.0', '+3.0']);
  assert.deepEqual([0.5, 1e-9].map(formatP), ['= 0.500', '< 0.001']);
  assert.deepEqual([formatNumber(0.123), formatNumber(undefined)], ['0.12', '–']);
  assert.deepEqual([1.25, 9.97, 59, 59.7, 83, 179.6, 3700].map(formatSeconds), [
    '1.3 s',
    '10 s',
    '59 s',
    '1 min 0 s',
    '1 min 23 s',
    '3 min 0 s',
    '1 h 1 min',
  ]);
});
