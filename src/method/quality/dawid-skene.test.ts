import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { fitDawidSkene, type RaterAnswer } from './dawid-skene.ts';

/** Dawid and Skene (1979), Table 1: 45 patients; three answers of the first anaesthetist, then one of each of four others. */
const PATIENTS = `1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343
1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111
2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111
1111111 1212111 2322222 1211111 2222222`.split(/\s+/);

const anaesthetists: RaterAnswer[] = PATIENTS.flatMap((row, patient) =>
  [...row].map((answer, i) => ({ item: `${patient + 1}`, rater: `${Math.max(1, i - 1)}`, answer })),
);

test('the anaesthetists of Dawid and Skene (1979), by maximum likelihood', () => {
  const classes = ['1', '2', '3', '4'];
  const fit = fitDawidSkene(anaesthetists, { classes, prior: { right: 0, wrong: 0 } });
  assert.ok(fit.converged);
  // Table 2: the shares of the classes, and the error rates of the first observer for the first three.
  assert.deepEqual(
    fit.shares.map((share) => share.toFixed(2)),
    ['0.40', '0.42', '0.11', '0.07'],
  );
  assert.deepEqual(
    fit.confusions
      .get('1')!
      .slice(0, 3)
      .map((row) => row.map((rate) => rate.toFixed(2)).join(' ')),
    ['0.89 0.11 0.00 0.00', '0.07 0.88 0.05 0.00', '0.00 0.34 0.66 0.00'],
  );
});

test('raters of known error rates are told apart, and the truth is found more often than by majority', () => {
  const rng = random(5, 'dawid-skene');
  const rights = [0.95, 0.9, 0.6, 0.55, 0.55];
  const truth = Array.from({ length: 600 }, () => (rng.uniform() < 0.4 ? 'good' : 'bad'));
  const answers = truth.flatMap((label, item) =>
    rights.map((right, rater) => {
      const answer = rng.uniform() < right ? label : label === 'good' ? 'bad' : 'good';
      return { item: `${item}`, rater: `${rater}`, answer };
    }),
  );
  const { posteriors, confusions, shares } = fitDawidSkene(answers, { classes: ['good', 'bad'] });
  rights.forEach((right, rater) => {
    for (const c of [0, 1]) assert.ok(Math.abs(confusions.get(`${rater}`)![c]![c]! - right) < 0.08, `rater ${rater}`);
  });
  assert.ok(Math.abs(shares[0]! - 0.4) < 0.06);
  const correct = truth.filter((label, item) => posteriors.get(`${item}`)![0]! > 0.5 === (label === 'good')).length;
  const majority = truth.filter((label, item) => {
    const good = answers.filter((answer) => answer.item === `${item}` && answer.answer === 'good').length;
    return good > 2 === (label === 'good');
  }).length;
  assert.ok(correct > majority + 30, `${correct} against ${majority}`);
  // Posteriors are honest: those near 0.9 are right about that often.
  const sure = truth.map((label, item) => ({ label, p: posteriors.get(`${item}`)![0]! }));
  const expected = sure.reduce((sum, { p }) => sum + Math.max(p, 1 - p), 0);
  assert.ok(Math.abs(expected - correct) < 25, `${expected} expected, ${correct} right`);
});

test('few ratings do not blow up, and answers that are no class are left out', () => {
  const classes = ['good', 'bad'];
  const one = fitDawidSkene(
    [
      { item: 'i', rater: 'r', answer: 'good' },
      { item: 'j', rater: 'r', answer: 'skip' },
    ],
    { classes },
  );
  assert.ok(one.posteriors.get('i')![0]! > 0.7 && !one.posteriors.has('j'));
  assert.ok(one.confusions.get('r')![0]![0]! < 0.9);
  assert.equal(fitDawidSkene([], { classes }).posteriors.size, 0);
  assert.throws(() => fitDawidSkene([], { classes: ['good'] }), /two classes/);
});
