import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeVerdict } from './describe.ts';
import { relationOfP, sayVerdict } from './sentence.ts';
import { makeStudy, makeVote } from './testing.ts';
import { primaryRow, readVerdict } from './verdict.ts';

/** What raters who are of one mind chose of each pair: one letter a pair. */
function verdictOf(choices: string, raters: readonly string[], pairs = choices.length) {
  const votes = [...choices].flatMap((choice, place) =>
    raters.map((rater) => makeVote(place, rater, choice === 't' ? 'tie' : (choice as 'a' | 'b'))),
  );
  return readVerdict(makeStudy(raters.length), votes, { pairs, registered: true }, { samples: 400, seed: 0 });
}

test('an interval without zero alone makes no winner: the sign test has its say', () => {
  const verdict = verdictOf('bbbbtttt', ['ann', 'bob', 'cy', 'dan']);
  const { figures, signs } = primaryRow(verdict)!;
  assert.ok(figures.net.high! < 0, `the interval ends at ${figures.net.high}`);
  assert.ok(Math.abs(signs.p - 2 * 0.5 ** 4) < 1e-12);
  assert.equal(
    sayVerdict(verdict),
    'On unseen prompts, there is no clear difference between tuned and base: 0.0 % of pairs won, 50.0 % lost (sign test p = 0.125).',
  );
});

test('a winner is named where both agree', () => {
  assert.match(
    sayVerdict(verdictOf('bbbbbbbbbb', ['ann', 'bob', 'cy', 'dan'])),
    /^On unseen prompts, tuned follows the prompt less well than base: 0\.0 % of pairs won, 100\.0 % lost \(sign test p = 0\.002\)\.$/,
  );
});

test('few raters and open pairs stand behind the outcome, wherever it is said', () => {
  const verdict = verdictOf('abtt', ['ann', 'bob'], 6);
  const said = sayVerdict(verdict);
  assert.match(said, /no clear difference/);
  assert.match(
    said,
    / Not finished: 4 of 6 pairs have 2 raters\. Only 2 raters answered: others may see it otherwise\.$/,
  );
  assert.ok(describeVerdict(verdict).includes(said), 'the command line says the same');
  assert.equal(sayVerdict(verdictOf('', ['ann'], 6)), 'Nobody has answered yet.');
});

test('a p is given to three places, and a tiny one by its bound', () => {
  assert.deepEqual([0.5, 0.0004, 1e-9].map(relationOfP), ['= 0.500', '= 4.0e-4', '< 0.000001']);
});
