import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../project/config/config.ts';
import type { Answer } from '../../project/database/schema.ts';
import type { WorldAnswer } from '../world.ts';
import { makeRaters, simulateAnswer } from './raters.ts';

const config = configSchema.parse({
  seed: 5,
  label: { raters: 6, ratersPerImage: 2, errorRate: [0.05, 0.2], skipRate: [0, 0.1] },
});
const IMAGES = Array.from({ length: 4000 }, (_, i) => `image-${i}`);

function shares(rater: ReturnType<typeof makeRaters>[number], truth: WorldAnswer): Record<Answer, number> {
  const counts: Record<Answer, number> = { good: 0, bad: 0, skip: 0 };
  for (const image of IMAGES) counts[simulateAnswer(rater, image, truth).answer] += 1 / IMAGES.length;
  return counts;
}

function assertNear(actual: number, expected: number, count = IMAGES.length): void {
  const deviation = Math.sqrt((expected * (1 - expected)) / count) + 1e-9;
  assert.ok(Math.abs(actual - expected) < 4 * deviation, `${actual} is not near ${expected}`);
}

test('each rater has rates of their own within the configured ranges, the same for the same seed', () => {
  const raters = makeRaters(config);
  assert.equal(raters.length, 6);
  for (const { errorRate, skipRate } of raters) {
    assert.ok(errorRate >= 0.05 && errorRate <= 0.2 && skipRate >= 0 && skipRate <= 0.1);
  }
  assert.equal(new Set(raters.map(({ errorRate }) => errorRate)).size, 6);
  assert.deepEqual(makeRaters(config), raters);
  assert.notDeepEqual(makeRaters({ ...config, seed: 6 }), raters);
});

test('raters err and skip as often as they should', () => {
  for (const rater of makeRaters(config)) {
    const { good, bad, skip } = shares(rater, 'good');
    assertNear(skip, rater.skipRate);
    assertNear(bad / (good + bad), rater.errorRate);
    assertNear(shares(rater, 'bad').good / (1 - skip), rater.errorRate);
  }
});

test('unclear pictures are mostly skipped, and otherwise no good', () => {
  const [rater] = makeRaters(config);
  const { good, bad, skip } = shares(rater!, 'unclear');
  assertNear(skip, 1 - 0.2 * (1 - rater!.skipRate));
  assertNear(good / (good + bad), rater!.errorRate, 0.2 * IMAGES.length);
});

test('an answer depends on rater, seed and image alone, and takes a plausible time', () => {
  const [first, second] = makeRaters(config);
  const answers = (rater: typeof first) => IMAGES.slice(0, 300).map((image) => simulateAnswer(rater!, image, 'good'));
  assert.deepEqual(answers(first), answers(first));
  assert.notDeepEqual(answers(first), answers(second));
  const times = answers(first)
    .map(({ milliseconds }) => milliseconds)
    .sort((a, b) => a - b);
  assert.ok(times[0]! >= 400 && times.at(-1)! < 30_000);
  assert.ok(times[150]! > 2000 && times[150]! < 3300, `median ${times[150]} ms`);
});
