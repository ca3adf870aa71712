import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStopwatch } from './stopwatch.ts';

test('a stopwatch leaves out the time that the page was hidden', () => {
  let now = 1000;
  const watch = createStopwatch(() => now);
  now += 700;
  watch.setHidden(true);
  now += 60_000;
  assert.equal(watch.read(), 700);
  watch.setHidden(false);
  watch.setHidden(false);
  now += 300;
  assert.equal(watch.read(), 1000);
  watch.restart();
  now += 50;
  assert.equal(watch.read(), 50);
});
