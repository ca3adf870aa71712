import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeSteps, type WatchPoint } from './watch-rule.ts';

const RULE = { fidelityBound: 0.5, patience: 2 };

/** A point whose distance is the same with each of its groups left out, so that every growth is clear. */
function point(step: number, proxy: readonly number[], heldOut: readonly number[], distance = 2): WatchPoint {
  const leftOut = { value: distance, without: [distance, distance] };
  return { step, images: 2 * heldOut.length, proxy, heldOut, distance: leftOut, diversity: 0.1 };
}

/** Rewards of two prompts around a mean. */
const around = (middle: number, spread = 0.125) => [middle - spread, middle + spread];

test('the alarm rings where the held-out reward falls by more than a standard error while the proxy rises', () => {
  const verdict = judgeSteps(
    [
      point(0, around(0.25), [0.25, 0.5]),
      point(10, around(0.5), [0.5, 0.75]),
      point(20, around(0.75), [0.5, 0.5]),
      point(30, around(1), [0.25, 0.5]),
    ],
    RULE,
  );
  // Step 20 against step 10: differences 0 and 0.25, mean 0.125, s = 0.25/√2, s/√2 = 0.125: not above it.
  assert.deepEqual(verdict.looks[2]!.drop, { from: 10, value: 0.125, standardError: 0.125 });
  assert.equal(verdict.looks[2]!.alarm, null);
  // Step 30 against step 10: 0.25 twice, without spread.
  assert.deepEqual(verdict.looks[3]!.drop, { from: 10, value: 0.25, standardError: 0 });
  assert.equal(verdict.looks[3]!.alarm, 'over-optimised');
  assert.deepEqual([verdict.pick, verdict.pickIsBetter], [10, true]);
  assert.deepEqual(verdict.firstAlarm, { step: 30, alarm: 'over-optimised' });
  assert.equal(verdict.stopAt, null);
});

test('where both rewards fall the model is worse, and as many alarms in a row as the patience stop', () => {
  const points = [
    point(0, around(0.5), around(0.5)),
    point(10, around(0.25), around(0.25)),
    point(20, around(0.75), around(0.75)),
    point(30, around(0.5), around(0.5)),
    point(40, around(0.25), around(0.25)),
  ];
  const { looks, stopAt, pick } = judgeSteps(points, RULE);
  assert.deepEqual(
    looks.map(({ alarm }) => alarm),
    [null, 'worse', null, 'worse', 'worse'],
  );
  assert.deepEqual([stopAt, pick], [40, 20]);
  assert.equal(judgeSteps(points, { ...RULE, patience: 1 }).stopAt, 10);
  assert.equal(judgeSteps(points.slice(0, 4), RULE).stopAt, null);
});

test('fidelity is lost beyond the bound, and the pick is the best that keeps it', () => {
  const points = [
    point(0, around(0.25), around(0.25)),
    point(10, around(0.5), around(0.5), 3),
    point(20, around(0.75), around(0.75), 3.25),
  ];
  const { looks, pick, firstAlarm } = judgeSteps(points, RULE);
  assert.deepEqual(
    looks.map(({ keepsFidelity }) => keepsFidelity),
    [true, true, false],
  );
  assert.deepEqual(looks[2]!.growth, { value: 1.25, standardError: 0 });
  assert.deepEqual([pick, firstAlarm], [10, { step: 20, alarm: 'fidelity' }]);
  const strict = judgeSteps(points, { ...RULE, fidelityBound: 0.1 });
  assert.deepEqual([strict.pick, strict.pickIsBetter, strict.stopAt], [10, false, 20]);
});

test('a growth within one standard error, or one that cannot be told, is no loss of fidelity', () => {
  const base = { ...point(0, [0], [0]), distance: { value: 1, without: [1, 1] } };
  const away = { ...point(10, [0], [0]), distance: { value: 3, without: [0, 6] } };
  // Growth 2; left out −1 and 5, whose mean is 2: SE² = ½ · (9 + 9) = 9.
  const [, look] = judgeSteps([base, away], RULE).looks;
  assert.deepEqual(look!.growth, { value: 2, standardError: 3 });
  assert.deepEqual([look!.keepsFidelity, look!.alarm], [true, null]);
  const single = { ...away, distance: { value: 3, without: [] } };
  assert.equal(judgeSteps([base, single], RULE).looks[1]!.keepsFidelity, true);
  // One prompt has no standard error, so its held-out reward rings no alarm however far it falls.
  assert.equal(judgeSteps([point(0, [1], [1]), point(10, [2], [0])], RULE).looks[1]!.alarm, null);
});

test('before a tuned model there is nothing to pick; what does not beat the base is picked and said not to', () => {
  assert.deepEqual(judgeSteps([], RULE), {
    looks: [],
    pick: null,
    pickIsBetter: false,
    firstAlarm: null,
    stopAt: null,
  });
  const base = point(0, around(0.5), around(0.5));
  assert.equal(judgeSteps([base], RULE).pick, null);
  const { pick, pickIsBetter } = judgeSteps([base, point(10, around(0.5), around(0.5))], RULE);
  assert.deepEqual([pick, pickIsBetter], [10, false]);
});
