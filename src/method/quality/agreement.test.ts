import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { agreementIntervals, measureAgreement } from './agreement.ts';

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

/** Each row has the counts of one subject's diagnoses by six psychiatrists (Fleiss, 1971, Table 1). */
const DIAGNOSES = `00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006`.split(/\s/);

test('κ of the psychiatric diagnoses is that of Fleiss (1971)', () => {
  const items = DIAGNOSES.map((row) => [...row].map((count, kind) => `${kind}`.repeat(Number(count))).join(''));
  const { kappa, items: subjects } = measureAgreement(answers(...items))!;
  assert.equal(subjects, 30);
  assert.equal(kappa!.toFixed(3), '0.430');
});

/** Rows are observers, columns units; a dot is a missing value. */
function unitsOf(...observers: string[]): string[] {
  return [...observers[0]!].map((_, unit) =>
    observers
      .map((row) => row[unit]!)
      .join('')
      .replaceAll('.', ''),
  );
}

test('α of the published matrices with missing data', () => {
  // Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: four observers, twelve units.
  const four = unitsOf('123321412...', '1233224125.3', '.3332342251.', '12332441251.');
  assert.equal(measureAgreement(answers(...four))!.alpha!.toFixed(3), '0.743');
  const three = unitsOf('.....34121133.3', '1.213343.......', '..21344.21133.4');
  assert.equal(measureAgreement(answers(...three))!.alpha!.toFixed(3), '0.691');
});

test('95 % intervals of κ and α cover the truth about as often as they say', () => {
  // Two kinds as often as each other; a rater copies the item's kind with probability 0.8, so κ = (2 · 0.8 − 1)² = 0.36.
  const trials = 200;
  let [kappa, alpha] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const rng = random(trial, 'agreement');
    const items = Array.from({ length: 60 }, () => {
      const kind = rng.int(2);
      return Array.from({ length: 2 + rng.int(3) }, () => `${rng.uniform() < 0.8 ? kind : 1 - kind}`).join('');
    });
    const found = agreementIntervals(answers(...items), { samples: 300, rng })!;
    if (found.kappa!.low! <= 0.36 && found.kappa!.high! >= 0.36) kappa++;
    if (found.alpha!.low! <= 0.36 && found.alpha!.high! >= 0.36) alpha++;
  }
  for (const covered of [kappa, alpha])
    assert.ok(covered / trials > 0.9 && covered / trials < 0.99, `${covered} of ${trials}`);
});

test('a cluster is resampled as a whole; one alone has no interval', () => {
  const clustered = answers('aa', 'ab', 'bb', 'ab').map((answer) => ({ ...answer, cluster: 'one' }));
  const { kappa, alpha } = agreementIntervals(clustered, { rng: random(0) })!;
  assert.deepEqual([kappa!.low, alpha!.high], [null, null]);
  assert.equal(agreementIntervals([], { rng: random(0) }), undefined);
});
