import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layGrid, visibleTiles } from './window.ts';

const shape = { total: 100_000, width: 1000, tile: 150, gap: 10, caption: 30 };

test('tiles fill the width, and the grid is as high as its rows', () => {
  const grid = layGrid(shape);
  assert.deepEqual([grid.columns, grid.side, grid.rowHeight], [6, 158, 198]);
  assert.equal(grid.height, Math.ceil(100_000 / 6) * 198 - 10);
  assert.deepEqual(layGrid({ ...shape, total: 0 }).height, 0);
  assert.equal(layGrid({ ...shape, width: 90 }).columns, 1);
});

test('only the rows on screen and two beyond are drawn, at both ends too', () => {
  const grid = layGrid(shape);
  assert.deepEqual(visibleTiles(grid, 100_000, 0, 600), [0, 36]);
  assert.deepEqual(visibleTiles(grid, 100_000, 198 * 1000, 600), [998 * 6, 1006 * 6]);
  assert.deepEqual(visibleTiles(grid, 100_000, grid.height, 600).at(1), 100_000);
  assert.deepEqual(visibleTiles(layGrid({ ...shape, total: 0 }), 0, 0, 600), [0, 0]);
});
