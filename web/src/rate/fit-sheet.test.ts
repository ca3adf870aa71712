import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitSheet } from './fit-sheet.ts';

test('tiles of a sheet are as large as their room lets them be', () => {
  assert.deepEqual(fitSheet(8, { width: 1200, height: 560 }, 10), { columns: 4, side: 275 });
  assert.deepEqual(fitSheet(8, { width: 360, height: 520 }, 10), { columns: 2, side: 122 });
  assert.deepEqual(fitSheet(4, { width: 360, height: 520 }, 10), { columns: 2, side: 175 });
  assert.deepEqual(fitSheet(4, { width: 420, height: 300 }, 10), { columns: 2, side: 145 });
  assert.deepEqual(fitSheet(2, { width: 1200, height: 560 }, 10), { columns: 2, side: 384 });
  assert.deepEqual(fitSheet(1, { width: 360, height: 520 }, 10), { columns: 1, side: 360 });
});

test('where there is too little room for all, tiles keep a size that can be looked at, and scroll', () => {
  assert.deepEqual(fitSheet(12, { width: 330, height: 200 }, 10), { columns: 3, side: 103 });
  assert.deepEqual(fitSheet(12, { width: 40, height: 200 }, 10), { columns: 1, side: 40 });
  assert.ok(fitSheet(3, { width: 0, height: 0 }, 10).side > 0);
});
