import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactInterval } from '../../../statistics/exact.ts';
import { random } from '../../../util/random.ts';
import { clusteredInterval } from './clustered.ts';

const answers = (prompts: number, images: number, isRight: (prompt: number, image: number) => boolean) =>
  Array.from({ length: prompts * images }, (_, i) => {
    const [prompt, image] = [Math.floor(i / images), i % images];
    return { promptId: String(prompt), right: isRight(prompt, image) };
  });

test('images of one prompt do not make a share surer, and few prompts get an exact interval', () => {
  const rng = () => random(1, 'clustered');
  // Whole prompts are right or wrong: a hundred images of twenty prompts are twenty answers.
  const alike = clusteredInterval(
    answers(20, 5, (prompt) => prompt % 2 === 0),
    rng(),
  );
  const apart = clusteredInterval(
    answers(100, 1, (prompt) => prompt % 2 === 0),
    rng(),
  );
  assert.ok(alike[1] - alike[0] > 1.8 * (apart[1] - apart[0]), `${alike} and ${apart}`);
  assert.deepEqual(
    clusteredInterval(
      answers(4, 10, (_, image) => image < 5),
      rng(),
    ),
    exactInterval(2, 4),
  );
  assert.deepEqual(
    clusteredInterval(
      answers(30, 2, () => true),
      rng(),
    ),
    exactInterval(30, 30),
  );
  assert.deepEqual(clusteredInterval([], rng()), [0, 1]);
});
