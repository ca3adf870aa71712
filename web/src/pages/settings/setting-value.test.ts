import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSetting, showSetting } from './setting-value.ts';

test('values of every kind come back as they were shown', () => {
  const values = [
    ['number', 2e-5],
    ['boolean', false],
    ['text', 'dpm-solver'],
    ['pair', [0.05, 0.2]],
    ['text', null],
  ] as const;
  for (const [kind, value] of values) assert.deepEqual(parseSetting({ kind }, showSetting(value as never)), value);
});
