import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toUtc } from './utc.ts';

test('toUtc brings every offset to UTC and says where it had to assume one', () => {
  for (const [text, time] of [
    ['2026-03-01T01:00:00+05:30', '2026-02-28T19:30:00.000Z'],
    ['2026-03-01 01:00:00+0530', '2026-02-28T19:30:00.000Z'],
    ['2026-03-01T01:00:00-05', '2026-03-01T06:00:00.000Z'],
    ['2026-02-01T10:00:00.123456Z', '2026-02-01T10:00:00.123Z'],
    ['2026-02-01 10:00 UTC', '2026-02-01T10:00:00.000Z'],
    ['2024-02-29T10:00:00z', '2024-02-29T10:00:00.000Z'],
  ] as const)
    assert.deepEqual(toUtc(text), time && { time, assumed: false }, text);
  assert.deepEqual(toUtc(' 2026-02-01 10:00:00,5 '), { time: '2026-02-01T10:00:00.500Z', assumed: true });
  for (const text of ['2026-02-30T00:00:00Z', '2026-03-01', 'yesterday', '2026-03-01T25:00:00Z', '1740000000', ''])
    assert.equal(toUtc(text), undefined, text);
});
