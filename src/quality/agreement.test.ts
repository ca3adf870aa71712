import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureAgreement } from './agreement.ts';

/** One text an item, one letter an answer. */
const answers = (...items: string[]) =>
  items.flatMap((text, i) => [...text].map((answer) => ({ item: `${i}`, answer })));

test('α by hand: six pairs of which two differ', () => {
  const { items, pairs, agreement, alpha } = measureAgreement(answers('aa', 'aa', 'ab', 'ab', 'bb', 'aa', 'b'))!;
  assert.deepEqual([items, pairs], [6, 6]);
  assert.equal(agreement.toFixed(10), (8 / 12).toFixed(10));
  // The lone "b" is no pair and counts nowhere: 8 a and 4 b remain.
  assert.equal(alpha!.toFixed(10), (1 - 4 / 12 / (1 - (8 * 7 + 4 * 3) / (12 * 11))).toFixed(10));
});

test('three raters: each item weighs by its answers', () => {
  const { agreement, alpha } = measureAgreement(answers('aaa', 'abb'))!;
  // Unlike ordered pairs: 0, and 4 of 6, divided by n − 1 = 2: 2 of 6 values.
  assert.equal(agreement.toFixed(10), (1 - 2 / 6).toFixed(10));
  assert.equal(alpha!.toFixed(10), (1 - 2 / 6 / (1 - (4 * 3 + 2 * 1) / 30)).toFixed(10));
});

test('full agreement is 1; without two answers or two kinds there is nothing to tell', () => {
  assert.equal(measureAgreement(answers('aa', 'bb'))!.alpha, 1);
  assert.equal(measureAgreement(answers('aa', 'aa'))!.alpha, null);
  assert.equal(measureAgreement(answers('a', 'b')), undefined);
});
