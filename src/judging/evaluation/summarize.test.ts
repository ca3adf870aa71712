import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PromptSplit } from '../../project/database/schema.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import type { Category } from '../../project/prompts/grammar.ts';
import { random } from '../../util/random.ts';
import { drawCurve } from './best-of-curve.ts';
import { bestOfContestant, type Contestant, groupByPrompt, takeFirst } from './contestants.ts';
import { compareDistances, featuresOf, summarizeRenders } from './distances.ts';
import { imageSeed, planPrompts } from './plan.ts';
import { measurePrediction } from './prediction.ts';
import type { FrechetReport } from './report.ts';
import { summarize } from './summarize.ts';

function plan(...groups: [split: PromptSplit, category: Category][]): Prompt[] {
  return groups.map(([split, category], i) => ({ id: `p${i}`, text: `prompt ${i}`, category, split, slots: {} }));
}

/** One letter an image, good or bad; rewards count up with the place. */
function contestant(name: string, answers: readonly string[]): Contestant {
  const images = answers.map((letters, prompt) =>
    [...letters].map((letter, i) => ({
      id: `${name}${prompt}${i}`,
      hash: '',
      seed: i,
      prompt,
      answer: letter === 'g' ? ('good' as const) : letter === 'b' ? ('bad' as const) : ('unclear' as const),
      features: Float32Array.of(i, name.length),
      empty: undefined,
      reward: i / 4,
      clip: -i,
    })),
  );
  return { name, kind: name === 'base' ? 'base' : 'tuned', modelHash: name, images };
}

const options = { seed: 1, bootstrapSamples: 500 };

test('summarize: shares, duels and differences by hand', () => {
  const prompts = plan(['unseen', 'count'], ['unseen', 'color'], ['seen', 'count']);
  const base = contestant('base', ['gb', 'bb', 'gg']);
  const tuned = contestant('tuned', ['gg', 'gu', 'bg']);
  const [ofBase, ofTuned] = summarize(prompts, [base, tuned], options);
  const names = ofBase!.map(({ split, category }) => `${split} ${category}`);
  assert.deepEqual(names, ['unseen all', 'unseen count', 'unseen color', 'seen all', 'seen count']);
  const all = ofTuned![0]!;
  assert.equal(ofBase![0]!.good.estimate, 0.25);
  assert.equal(all.good.estimate, 0.75);
  assert.equal(all.unclear, 0.25);
  assert.equal(all.versusBase!.good.estimate, 0.5);
  assert.deepEqual([all.versusBase!.wins, all.versusBase!.losses, all.versusBase!.ties], [0.5, 0, 0.5]);
  assert.equal(all.reward!.estimate, 0.125);
  assert.equal(all.diversity!.estimate, 1);
  assert.equal(ofBase![0]!.versusBase, null);
  assert.equal(ofTuned![3]!.versusBase!.losses, 0.5);
  assert.deepEqual(ofTuned![4]!.good, { estimate: 0.5, low: null, high: null });
});

test('a clear gain on many prompts has an interval above 0', () => {
  const rng = random(2);
  const prompts = plan(...Array.from({ length: 30 }, () => ['unseen', 'count'] as [PromptSplit, Category]));
  const draw = (share: number) => prompts.map(() => 'bbbb'.replaceAll('b', () => (rng.uniform() < share ? 'g' : 'b')));
  const [, tuned] = summarize(prompts, [contestant('base', draw(0.3)), contestant('tuned', draw(0.6))], options);
  const { estimate, low, high } = tuned![0]!.versusBase!.good;
  assert.ok(low! > 0 && low! < estimate && estimate < high! && high! < 0.6);
  assert.ok(tuned![0]!.versusBase!.growth!.low! > 0);
});

test('the best of N is chosen by reward and keeps one image a prompt', () => {
  const prompts = plan(['unseen', 'count'], ['unseen', 'count']);
  const pool = contestant('base', ['bbbg', 'gggb']);
  const best = bestOfContestant(pool, 4);
  assert.deepEqual(
    best.images.map(([image]) => image!.answer),
    ['good', 'bad'],
  );
  const [, group] = summarize(prompts, [takeFirst(pool, 2), best], options);
  assert.equal(group![0]!.diversity, null);
  assert.equal(group![0]!.images, 2);
  // Its first image is held against the base's first one.
  assert.deepEqual([group![0]!.versusBase!.wins, group![0]!.versusBase!.losses], [0.5, 0.5]);
  assert.deepEqual(
    drawCurve(prompts, pool, 4).map(({ n, good }) => [n, good]),
    [
      [1, 0.5],
      [2, 0.5],
      [4, 0.5],
    ],
  );
});

test('prediction: the reward against the judge, by hand', () => {
  const prompts = plan(['unseen', 'count'], ['unseen', 'count'], ['unseen', 'color']);
  // Rewards are 0, 0.25, 0.5, 0.75: only the last counts as good. CLIP scores are 0, −1, −2, −3.
  const pool = contestant('base', ['bbbg', 'gbug', 'bbgg']);
  const [all, ofCount] = measurePrediction(prompts, pool, -2.5, options);
  assert.equal(all!.images, 11);
  assert.equal(all!.goodShare, 5 / 11);
  assert.ok(Math.abs(all!.accuracy.estimate - (1 + 2 / 3 + 3 / 4) / 3) < 1e-12);
  assert.ok(Math.abs(all!.clip.accuracy! - 2 / 11) < 1e-12); // above −2.5 are the first three of each
  assert.ok(Math.abs(ofCount!.auroc! - 8.5 / 12) < 1e-12);
  assert.ok(all!.gain!.estimate > 0);
  assert.equal(measurePrediction(prompts, pool, null, options)[0]!.gain, null);
});

test('distances: features that are moved lie further off, by the square of the way', () => {
  const cloud = (shift: number, name: string) =>
    Array.from({ length: 40 }, (_, prompt) =>
      Array.from({ length: 4 }, (_, i) =>
        random(3, name, prompt, i)
          .normals(3)
          .map((value) => value + shift),
      ),
    );
  const reference = cloud(0, 'reference');
  const [base, moved, few] = compareDistances(
    [cloud(1, 'base'), cloud(2, 'moved'), cloud(2, 'few').slice(0, 30)],
    reference,
  ) as [FrechetReport, FrechetReport, FrechetReport];
  assert.equal(base.growth, null);
  assert.equal(few.growth, null); // another number of images
  assert.equal(moved.images, 160);
  assert.ok(Math.abs(moved.value - 12) < 2 && moved.standardError! < 1);
  assert.ok(Math.abs(moved.growth!.value - 3) < 1);
  const splits = reference.map((_, i) => ({ split: i < 10 ? ('seen' as const) : ('unseen' as const) }));
  const { floor, images, diversity, diversityOf } = summarizeRenders(splits, reference, [cloud(0, 'a'), cloud(0, 'b')]);
  assert.ok(Math.abs((10 * diversityOf!.seen! + 30 * diversityOf!.unseen!) / 40 - diversity) < 1e-9);
  assert.equal(images, 160);
  assert.equal(floor.first.images, 40);
  assert.ok(floor.all.distance < floor.first.distance && floor.first.distance < 0.6);
  assert.equal(featuresOf(contestant('base', ['gg', 'bb']), 'first')[0]!.length, 1);
});

test('the plan depends on the seed alone, and holds unseen prompts first', () => {
  const prompts = plan(['seen', 'count'], ['unseen', 'count'], ['unseen', 'count'], ['unseen', 'color']);
  const one = { perCategory: 1, seed: 5 };
  const chosen = planPrompts(prompts, one);
  assert.deepEqual(chosen, planPrompts(prompts.toReversed().toReversed(), one));
  assert.deepEqual(
    chosen.map(({ split }) => split),
    ['unseen', 'unseen', 'seen'],
  );
  assert.notEqual(imageSeed(1, 'p', 0), imageSeed(1, 'p', 1));
  assert.throws(() => planPrompts([], one), { code: 'MISSING_STAGE' });
  assert.deepEqual(
    groupByPrompt([{ prompt: 1 }, { prompt: 0 }, { prompt: 1 }], 2).map((group) => group.length),
    [1, 2],
  );
});

test('with development prompts the unseen ones stay closed until they are named', () => {
  const prompts = plan(['seen', 'count'], ['development', 'count'], ['unseen', 'count']);
  const options = { perCategory: 5, seed: 1 };
  const splitsOf = (splits?: PromptSplit[]) => planPrompts(prompts, { ...options, splits }).map(({ split }) => split);
  assert.deepEqual(splitsOf(), ['development', 'seen']);
  assert.deepEqual(splitsOf(['unseen']), ['unseen']);
  assert.deepEqual(splitsOf(['seen', 'unseen']), ['unseen', 'seen']);
  const without = prompts.filter(({ split }) => split !== 'development');
  assert.throws(() => planPrompts(without, { ...options, splits: ['development'] }), {
    code: 'MISSING_STAGE',
    message: /the project has no development prompts/,
  });
});
