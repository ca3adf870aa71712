import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchRecord } from '../../../method/tuning/watch.ts';
import type { WatchPoint } from '../../../method/tuning/watch-rule.ts';
import { toWatchData } from '../collect/watch.ts';
import { overOptimisation } from './over-optimisation.ts';

function point(step: number, proxy: number, heldOut: number, distance: number, diversity: number | null): WatchPoint {
  const leftOut = { value: distance, without: [distance, distance] };
  return { step, images: 4, proxy: [proxy, proxy], heldOut: [heldOut, heldOut], distance: leftOut, diversity };
}

const RECORD: WatchRecord = {
  version: 1,
  proxyHash: 'p',
  heldOutHash: 'h',
  raters: ['ann'],
  reference: 'pictures of 8 pre-training pairs',
  rule: { fidelityBound: 0.5, patience: 1 },
  points: [point(0, 0.25, 0.25, 4, 0.5), point(10, 0.5, 0.75, 5, 0.25), point(20, 0.75, 0.5, 5, null)],
};

test('fidelity and diversity are shares of the base’s', () => {
  const { looks, pick, firstAlarm } = toWatchData(RECORD);
  assert.deepEqual(
    looks.map(({ fidelityKept, diversityKept }) => [fidelityKept, diversityKept]),
    [
      [1, 1],
      [0.75, 0.5],
      [0.75, null],
    ],
  );
  assert.deepEqual([pick, firstAlarm], [10, { step: 20, alarm: 'over-optimised' }]);
  const below = toWatchData({ ...RECORD, points: [point(0, 0, 0, -0.1, 0.5), point(10, 0, 0, 0.2, 0.5)] });
  assert.deepEqual(
    below.looks.map(({ fidelityKept }) => fidelityKept),
    [null, null],
  );
});

test('the chart has both rewards, the judge, fidelity and diversity, and marks what the rule picked', () => {
  const judged = [0, 10, 20].map((step) => ({ step, images: 4, good: step / 20, reward: null }));
  const { html } = overOptimisation(toWatchData(RECORD), judged, 20);
  const description = /<desc[^>]*>([^<]*)/.exec(html)![1]!;
  for (const told of [
    'reward that steers: 0.25 at step 0, 0.75 at 20.',
    'held-out reward: 0.25 at step 0, 0.5 at 20.',
    'fidelity: 1 at step 0, 0.75 at 20.',
    'diversity: 1 at step 0, 0.5 at 10.',
    'judged good: 0 at step 0, 1 at 20.',
    'picked at step 10. alarm at step 20.',
  ])
    assert.ok(description.includes(told), told);
  assert.match(
    html,
    /checkpoint-10 is the one to take, the best that keeps its fidelity; the tuned model is step 20\./,
  );
  assert.match(html, /First alarm at step 20: the held-out reward fell while the reward that steers rose/);
  assert.match(html, /<th scope="row">step 20<\/th><td>0\.75<\/td><td>0\.50<\/td><td>0\.25/);
});
