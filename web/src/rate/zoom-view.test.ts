import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panBy, WHOLE, zoomBy } from './zoom-view.ts';

test('what is under the pointer stays there while it grows', () => {
  const at = { x: 0.25, y: 0.75 };
  const view = zoomBy(zoomBy(WHOLE, 2, at), 1.5, at);
  assert.equal(view.scale, 3);
  // The place of the picture at the pointer: the same before and after.
  assert.deepEqual([(at.x - view.x) / view.scale, (at.y - view.y) / view.scale], [0.25, 0.75]);
});

test('a view never leaves its picture', () => {
  assert.deepEqual(panBy(WHOLE, 0.3, -0.3), WHOLE);
  assert.deepEqual(panBy(zoomBy(WHOLE, 2), -9, 9), { scale: 2, x: -1, y: 0 });
  assert.deepEqual(zoomBy(panBy(zoomBy(WHOLE, 4), -9, -9), 0.01), WHOLE);
  assert.equal(zoomBy(WHOLE, 1000).scale, 16);
});
