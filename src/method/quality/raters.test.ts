import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWithRest, countConfusion, pairAnswers, shareAlike } from './raters.ts';

/** One text an item: the answers of raters 0, 1, 2, …; a dot is none. */
const answers = (...items: string[]) =>
  items.flatMap((text, item) =>
    [...text].flatMap((answer, rater) => (answer === '.' ? [] : [{ item: `${item}`, rater: `${rater}`, answer }])),
  );

test('each rater meets the majority of the others; ties and silence of the others count nowhere', () => {
  const pairs = compareWithRest(answers('ggg', 'gbb', 'ggb', '.g.'));
  // Rater 0: g/g, g against b b; in the third item the others are tied. Rater 1: 2 items, and g alone.
  assert.deepEqual(pairs.get('0'), [
    { answer: 'g', other: 'g' },
    { answer: 'g', other: 'b' },
  ]);
  assert.equal(shareAlike(pairs.get('0')!)!.estimate, 0.5);
  assert.deepEqual(
    pairs.get('1')!.map(({ answer, other }) => answer + other),
    ['gg'],
  );
  assert.deepEqual(
    pairs.get('2')!.map(({ answer, other }) => answer + other),
    ['gg', 'bg'],
  );
});

test('the interval of a share is Wilson’s; without pairs there is none', () => {
  const { low, high } = shareAlike([...'gggggggb'].map((answer) => ({ answer, other: 'g' })))!;
  assert.deepEqual([low!.toFixed(3), high!.toFixed(3)], ['0.529', '0.978']);
  assert.equal(shareAlike([]), null);
});

test('confusion counts pairs of two raters both ways', () => {
  const { counts } = countConfusion(pairAnswers(answers('ggb', 'bb')), ['g', 'b', 's']);
  assert.deepEqual(counts, [
    [2, 2, 0],
    [2, 2, 0],
    [0, 0, 0],
  ]);
});
