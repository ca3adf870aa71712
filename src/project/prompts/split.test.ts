import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { enumeratePrompts } from './enumerate.ts';
import { CATEGORIES, categoryOf } from './grammar.ts';
import { heldOutTest } from './held-out.ts';
import { formatPrompt } from './prompt-text.ts';
import { samplePrompts } from './sample.ts';
import { splitPrompts } from './split.ts';
import { worldGrammar } from './world-grammar.ts';

const split = splitPrompts();
const heldOutColors = split.heldOutPairings.get('color')!;
const texts = (prompts: Parameters<typeof formatPrompt>[0][]) => prompts.map((slots) => formatPrompt(slots));

test('seen and unseen part all prompts of each category', () => {
  for (const category of CATEGORIES) {
    const parts = texts([...split.seen[category]!, ...split.unseen[category]!]);
    assert.equal(new Set(parts).size, parts.length);
    assert.deepEqual(parts.sort(), texts(enumeratePrompts(category)).sort());
  }
  const sizes = CATEGORIES.map((category) => [split.seen[category]!.length, split.unseen[category]!.length]);
  assert.deepEqual(sizes, [
    [18, 6],
    [30, 6],
    [24, 6],
    [480, 240],
  ]);
});

test('a held-out pairing never occurs in a seen prompt, and each color is held out once', () => {
  assert.equal(heldOutColors.size, worldGrammar.subjects.length);
  assert.deepEqual([...heldOutColors.values()].sort(), [...worldGrammar.colors].sort());
  for (const { subject, color } of CATEGORIES.flatMap((category) => split.seen[category]!)) {
    assert.notEqual(color, heldOutColors.get(subject));
  }
});

test('unseen combinations hold both new pairings and new combinations of seen parts', () => {
  const pairings = split.unseen.combination!.filter(({ subject, color }) => heldOutColors.get(subject) === color);
  assert.equal(pairings.length, 120);
  const seen = new Set(split.seen.combination!.map(({ subject, color }) => `${color} ${subject}`));
  const others = split.unseen.combination!.filter((slots) => !pairings.includes(slots));
  assert.ok(others.every(({ subject, color }) => seen.has(`${color} ${subject}`)));
});

test('the split is a function of its options', () => {
  assert.deepEqual(splitPrompts(), split);
  assert.notDeepEqual(splitPrompts({ seed: 1 }), split);
  assert.equal(splitPrompts({ heldOutShare: 0 }).unseen.combination?.length, 120);
});

test('heldOutTest knows unseen prompts and partial ones with a held-out pairing', () => {
  const heldOut = heldOutTest(split);
  for (const category of CATEGORIES) {
    assert.ok(split.unseen[category]!.every(heldOut));
    assert.ok(!split.seen[category]!.some(heldOut));
  }
  const [subject, color] = [...heldOutColors][0]!;
  assert.ok(heldOut({ count: 3, color: String(color), subject }));
  assert.ok(!heldOut({ count: 2, subject, background: 'city' }));
});

test('samplePrompts keeps the proportions and repeats only what is used up', () => {
  const drawn = samplePrompts(split.seen, 101, { count: 1, color: 1, combination: 2 }, random(4));
  const tally = CATEGORIES.map(
    (category) => drawn.filter((slots) => categoryOf(slots, worldGrammar) === category).length,
  );
  assert.deepEqual(tally, [25, 25, 0, 51]);
  const combinations = texts(drawn.filter((slots) => categoryOf(slots, worldGrammar) === 'combination'));
  assert.equal(new Set(combinations).size, 51);
  assert.equal(new Set(texts(drawn.filter((slots) => categoryOf(slots, worldGrammar) === 'count'))).size, 18);
  assert.deepEqual(samplePrompts(split.seen, 101, { count: 1, color: 1, combination: 2 }, random(4)), drawn);
});

test('samplePrompts refuses proportions that cannot be met', () => {
  const config = (error: unknown) => error instanceof CollimateError && error.code === 'CONFIG';
  assert.throws(() => samplePrompts(split.seen, 5, {}, random(1)), config);
  assert.throws(() => samplePrompts(split.seen, 5, { count: -1, color: 2 }, random(1)), config);
  assert.throws(() => samplePrompts({ ...split.seen, count: [] }, 5, { count: 1 }, random(1)), config);
});
