import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { type PlanAnswer, planRatings, varianceParts } from './plan.ts';

/** Answers of a world with known parts of the variance: chances around 0.5 by prompt, image and rater. */
function simulate(
  seed: number,
  { prompts, images, raters, each }: Record<'prompts' | 'images' | 'raters' | 'each', number>,
) {
  const rng = random(seed, 'plan');
  const sign = () => (rng.uniform() < 0.5 ? -1 : 1);
  const strict = Array.from({ length: raters }, () => 0.1 * sign());
  return Array.from({ length: prompts }).flatMap((_, prompt) => {
    const ofPrompt = 0.2 * sign();
    return Array.from({ length: images }).flatMap((__, image): PlanAnswer[] => {
      const ofImage = 0.2 * sign();
      const chosen = rng.shuffle(Array.from({ length: raters }, (_x, i) => i)).slice(0, each);
      return chosen.map((rater) => {
        const value = rng.uniform() < 0.5 + ofPrompt + ofImage + strict[rater]! ? 1 : 0;
        return { prompt: `${prompt}`, item: `${prompt}-${image}`, rater: `${rater}`, value };
      });
    });
  });
}

test('the parts of the variance are found again', () => {
  const parts = varianceParts(simulate(1, { prompts: 400, images: 4, raters: 40, each: 3 }))!;
  const near = (value: number | null, expected: number) =>
    assert.ok(Math.abs(value! - expected) < 0.012, `${value} is not ${expected}`);
  near(parts.prompt, 0.04);
  near(parts.image, 0.04);
  near(parts.rater, 0.01);
  near(parts.noise, 0.25 - 0.09);
  assert.equal(parts.imagesPerPrompt, 4);
});

test('a plan keeps its promise: the share good of studies of that size lies within its width 95 times in 100', () => {
  const pilot = varianceParts(simulate(2, { prompts: 300, images: 4, raters: 30, each: 3 }))!;
  const [plan] = planRatings(pilot, { width: 0.2, most: 3 }).slice(-1);
  assert.ok(plan!.width <= 0.2 && plan!.width > 0.19);
  const trials = 200;
  let within = 0;
  for (let trial = 0; trial < trials; trial++) {
    const answers = simulate(100 + trial, { prompts: plan!.prompts, images: 4, raters: plan!.raters, each: 3 });
    const share = answers.reduce((sum, { value }) => sum + value, 0) / answers.length;
    if (Math.abs(share - 0.5) <= 0.1) within++;
  }
  assert.ok(within / trials > 0.9 && within / trials < 0.99, `${within} of ${trials}`);
});

test('more raters an image need fewer images and more answers; one answer an image plans for one rater', () => {
  const parts = varianceParts(simulate(3, { prompts: 100, images: 4, raters: 20, each: 2 }))!;
  const plans = planRatings(parts, { width: 0.1, most: 4 });
  assert.deepEqual(
    plans.map(({ ratersPerImage }) => ratersPerImage),
    [1, 2, 3, 4],
  );
  for (const [i, plan] of plans.slice(1).entries())
    assert.ok(plan.images < plans[i]!.images && plan.answers > plans[i]!.answers);
  const single = varianceParts(simulate(3, { prompts: 100, images: 4, raters: 20, each: 1 }))!;
  assert.equal(single.image, null);
  assert.equal(planRatings(single, { width: 0.1, most: 4 }).length, 1);
  assert.equal(varianceParts([]), undefined);
});
