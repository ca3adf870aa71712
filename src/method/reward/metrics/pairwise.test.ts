import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../../util/random.ts';
import { type ComparedPicture, measurePairs } from './pairwise.ts';

const image = (promptId: string, label: 0 | 1, score: number): ComparedPicture => ({ promptId, label, score });

test('pairs are compared within prompts alone, ties count half, and choosing is told as a share of what it could gain', () => {
  const images = [
    // Its good picture has the higher score than one bad picture, and the same as another.
    image('a', 1, 0.5),
    image('a', 0, 0.5),
    image('a', 0, 0.1),
    // Wrong way round; its pictures have lower scores than all others, which no pair sees.
    image('b', 1, -2),
    image('b', 0, -1),
    // Of one kind alone.
    image('c', 1, 9),
    image('c', 1, 8),
  ];
  const found = measurePairs(images, random(1))!;
  assert.deepEqual([found.pairs, found.prompts], [3, 2]);
  assert.equal(found.accuracy.estimate, 1.5 / 3);
  // By chance 1/3 and 1/2; the top of `a` is a good one half of the time, that of `b` is bad.
  assert.ok(Math.abs(found.bestOf - (1 / 2 - 1 / 3 + (0 - 1 / 2)) / (2 / 3 + 1 / 2)) < 1e-12);
  assert.equal(measurePairs(images.slice(5), random(1)), undefined);
});

test('where all prompts agree the interval is the exact one, and else it is over prompts', () => {
  const right = Array.from({ length: 5 }, (_, i) => [image(`${i}`, 1, 1), image(`${i}`, 0, 0)]).flat();
  const sure = measurePairs(right, random(1))!.accuracy;
  assert.deepEqual([sure.estimate, sure.high], [1, 1]);
  assert.ok(Math.abs(sure.low! - 0.025 ** (1 / 5)) < 1e-12);
  // One prompt of many pairs moves the estimate, and the interval knows that it is one prompt.
  const many = Array.from({ length: 40 }, (_, i) => image('many', i < 20 ? 1 : 0, i < 20 ? 0 : 1));
  const { accuracy } = measurePairs([...right, ...many], random(1))!;
  assert.ok(accuracy.estimate < 0.02 && accuracy.high! > 0.9, JSON.stringify(accuracy));
});
