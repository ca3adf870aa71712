import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wilsonInterval } from '../../../statistics/wilson.ts';
import { random } from '../../../util/random.ts';
import { auroc, type Scored } from './auroc.ts';
import { calibrationError, reliabilityBins } from './calibration.ts';
import { measureGain } from './gain.ts';
import { accuracyAt, bestThreshold } from './threshold.ts';

const scored = (...pairs: [score: number, label: number][]): Scored[] =>
  pairs.map(([score, label]) => ({ score, label }));
const close = (actual: number | undefined, expected: number) =>
  assert.ok(Math.abs(actual! - expected) < 1e-6, `${actual} is not ${expected}`);

test('auroc counts pairs that are in order, ties as half', () => {
  // Of the four pairs of good {0.4, 0.9} and bad {0.4, 0.5}: 0.4=0.4 is a tie, 0.4<0.5 is wrong, 0.9 wins twice.
  assert.equal(auroc(scored([0.4, 1], [0.9, 1], [0.4, 0], [0.5, 0])), 2.5 / 4);
  assert.equal(auroc(scored([1, 0], [2, 0], [3, 1])), 1);
  assert.equal(auroc(scored([3, 0], [1, 1])), 0);
  assert.equal(auroc(scored([3, 1], [1, 1])), undefined);
});

test('reliability bins by hand: scores outside [0, 1] are cut, 1 is in the last bin', () => {
  const bins = reliabilityBins(scored([-0.3, 0], [0.2, 1], [0.6, 1], [1.4, 1], [1, 0]), 2);
  assert.deepEqual(bins[0], { low: 0, high: 0.5, images: 2, meanScore: 0.1, goodShare: 0.5 });
  assert.equal(bins[1]!.images, 3);
  close(bins[1]!.meanScore, 2.6 / 3);
  close(bins[1]!.goodShare, 2 / 3);
  close(calibrationError(bins), (2 / 5) * 0.4 + (3 / 5) * 0.2);
  assert.deepEqual(reliabilityBins([], 1), [{ low: 0, high: 1, images: 0 }]);
  assert.equal(calibrationError(reliabilityBins([])), undefined);
});

test('bestThreshold lies midway between the scores it parts', () => {
  const items = scored([0.1, 0], [0.3, 0], [0.5, 1], [0.2, 1], [0.7, 1], [0.3, 0]);
  assert.equal(bestThreshold(items), 0.4);
  assert.equal(accuracyAt(items, 0.4), 5 / 6);
  assert.equal(bestThreshold(scored([0.1, 1], [0.2, 1])), Number.NEGATIVE_INFINITY);
  assert.equal(bestThreshold(scored([0.1, 0], [0.2, 0])), Number.POSITIVE_INFINITY);
  assert.equal(bestThreshold(scored([0.1, 1], [0.1, 0], [0.1, 0])), Number.POSITIVE_INFINITY);
  assert.equal(accuracyAt([], 0), undefined);
});

test('wilsonInterval gives the published values', () => {
  const [low, high] = wilsonInterval(0.8, 10);
  close(low, 0.490163);
  close(high, 0.943318);
  close(wilsonInterval(1, 50)[1], 1);
});

test('measureGain compares on the same images, and is as unsure as its prompts are few', () => {
  const answer = (group: string, first: number, second: number) => ({ group, first, second });
  const one = [answer('a', 1, 0), answer('a', 1, 1), answer('a', 0, 1), answer('a', 1, 0)];
  assert.deepEqual(measureGain(one, random(1)), { difference: 0.25, interval: null });
  const { difference, interval } = measureGain([...one, answer('b', 0, 1)], random(1))!;
  close(difference, 0);
  // Prompt b alone gives −1, prompt a alone ¼, one of each 0.
  assert.deepEqual(interval, [-1, 0.25]);
  assert.equal(measureGain([], random(1)), undefined);
});
