import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StudyVote } from '../../project/studies/study-votes.ts';
import { votesAsCsv } from './collect.ts';
import { describeVerdict } from './describe.ts';
import { makeStudy, makeVote } from './testing.ts';
import { primaryRow, readVerdict } from './verdict.ts';

const STUDY = makeStudy(3);
const OPTIONS = { samples: 200, seed: 0 };
const RATERS = ['ann', 'bob', 'cy'];

/** Ten pairs: eight won by two votes to one or three to none, one lost, one undecided. */
const VOTES = Array.from({ length: 10 }, (_, place) => {
  const choices = place < 4 ? 'aaa' : place < 8 ? 'aab' : place === 8 ? 'bbt' : 'abt';
  return [...choices].map((choice, i) => makeVote(place, RATERS[i]!, choice === 't' ? 'tie' : (choice as 'a' | 'b')));
}).flat();

test('win, lose and tie by majority, the share of votes and the sign test, by hand', () => {
  const verdict = readVerdict(STUDY, VOTES, { pairs: 10, registered: true }, OPTIONS);
  const row = primaryRow(verdict)!;
  const { win, lose, tie, net, preference } = row.figures;
  assert.deepEqual(
    [win, lose, tie].map(({ estimate }) => estimate),
    [0.8, 0.1, 0.1],
  );
  assert.ok(Math.abs(net.estimate - 0.7) < 1e-12);
  // 12 + 8 + 1 votes for tuned, two ties, of 30.
  assert.ok(Math.abs(preference.estimate - 22 / 30) < 1e-12);
  assert.ok(net.low! < 0.7 && net.high! > 0.7 && net.low! >= -1 && net.high! <= 1);
  assert.deepEqual([row.signs.wins, row.signs.losses], [8, 1]);
  assert.ok(Math.abs(row.signs.p - 2 * (10 / 512)) < 1e-12);
  assert.deepEqual([verdict.pairsDone, verdict.raters, verdict.simulated, verdict.medianSeconds], [10, 3, 'none', 5.5]);
  // Alike: 4 pairs wholly, 5 by one of three, 1 not at all.
  assert.ok(Math.abs(verdict.agreement[0]!.agreement - (4 + 5 / 3) / 10) < 1e-12);
  // The sign test finds it, but three raters of whom one often disagrees do not tell what others would say.
  assert.match(describeVerdict(verdict), /there is no clear difference between tuned and base: 80\.0 % of pairs won/);
});

test('a verdict is called clear where the sign test and the interval over prompts and raters agree', () => {
  const votes = Array.from({ length: 12 }, (_, place) =>
    RATERS.map((rater) => makeVote(place, rater, place === 11 ? 'b' : 'a')),
  ).flat();
  const verdict = readVerdict(STUDY, votes, { pairs: 12, registered: true }, OPTIONS);
  assert.ok(primaryRow(verdict)!.figures.net.low! > 0);
  assert.match(
    describeVerdict(verdict),
    /On unseen prompts, tuned follows the prompt better than base: 91\.7 % of pairs won/,
  );
});

test('skips are no votes, and both bad is a tie that is counted apart', () => {
  const [first, second] = [
    makeVote(0, 'ann', 'tie', { answer: 'bad' }),
    makeVote(0, 'bob', 'none', { answer: 'skip' }),
  ];
  const verdict = readVerdict(STUDY, [first, second, ...VOTES], { pairs: 10, registered: true }, OPTIONS);
  assert.deepEqual([verdict.votes, verdict.skipped, verdict.bothBad], [VOTES.length + 1, 1, 1 / (VOTES.length + 1)]);
  assert.match(describeVerdict(verdict), /called both pictures bad, which counts as a tie\. 1 answer was skipped/);
});

test('excluded raters are left out, and simulated ones are named in large letters', () => {
  const votes = VOTES.map((vote) => ({ ...vote, excluded: vote.raterId === 'cy', raterKind: 'simulated' as const }));
  const verdict = readVerdict(STUDY, votes, { pairs: 10, registered: false }, OPTIONS);
  assert.deepEqual([verdict.votes, verdict.raters, verdict.excludedRaters, verdict.pairsDone], [20, 2, 1, 0]);
  const text = describeVerdict(verdict);
  assert.match(text, /^█+\n██ SIMULATED RATERS – NO PERSON HAS ANSWERED/);
  assert.match(text, /NOT AS REGISTERED/);
  assert.match(text, /Not finished: 0 of 10 pairs have 3 raters/);
  const none = readVerdict(STUDY, [], { pairs: 10, registered: true }, OPTIONS);
  assert.match(describeVerdict(none), /Nobody has answered yet/);
});

test('votes as CSV: one line each, quoted where a prompt needs it, and no formula', () => {
  const asPublic = ({ raterId: _, ...vote }: StudyVote) => ({ ...vote, rater: 'rater-0123' });
  const votes = [
    makeVote(0, 'ann', 'b', { prompt: 'a "big", dog' }),
    makeVote(1, 'ann', 'b', { prompt: '=HYPERLINK("http://evil")' }),
  ];
  const [header, line, formula] = votesAsCsv(votes.map(asPublic)).split('\r\n');
  assert.match(header!, /^pairId,prompt,category,split,.*,rater,raterKind,/);
  assert.match(
    line!,
    /^pair 0,"a ""big"", dog",count,unseen,tuned,base,a,b,rater-0123,human,false,alignment,right,a,b,1,1000,/,
  );
  assert.match(formula!, /^pair 1,"'=HYPERLINK/);
});
