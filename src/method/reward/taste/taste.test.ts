import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../../util/random.ts';
import { dot, fitRidge } from './ridge.ts';
import { fitTastes, meanTaste, type TasteAnswer } from './taste.ts';

test('ridge regression is that of the normal equations by hand', () => {
  // Φ = [1, 2], y = [3, 4]: (ΦᵀΦ + 1)⁻¹ Φᵀy = 11/6.
  const rows = [
    { features: Float64Array.of(1), value: 3 },
    { features: Float64Array.of(2), value: 4 },
  ];
  assert.ok(Math.abs(fitRidge(rows, 1)[0]! - 11 / 6) < 1e-12);
  assert.equal(dot(Float64Array.of(1, 2), Float64Array.of(3, 4)), 11);
});

/** Ann likes what has the first feature, Bob, who answers two thirds, what has not; the shared head cannot tell. */
function makeAnswers(perRater: number): TasteAnswer[] {
  const rng = random(5, 'taste');
  return ['ann', 'bob'].flatMap((raterId) =>
    Array.from({ length: perRater }, (_, i): TasteAnswer[] => {
      if (raterId === 'bob' && i % 3 === 0) return [];
      const has = i % 2;
      const label = (raterId === 'ann' ? has : 1 - has) as 0 | 1;
      const features = Float64Array.of(2 * has - 1, ...rng.normals(6).map((x) => x / 3), 1);
      return [{ raterId, promptId: `p${i % 12}-${i % 5}`, label, shared: i % 7 < 3 ? 0.51 : 0.49, features }];
    }).flat(),
  );
}

test('raters who differ are told apart, with an interval; those with few answers are counted', () => {
  const answers = makeAnswers(80);
  const few = makeAnswers(4).map((answer) => ({ ...answer, raterId: 'cem' }));
  const { weights, report } = fitTastes([...answers, ...few], {
    enough: 30,
    validates: (id) => id.endsWith('-4'),
    rng: random(1, 'fit'),
  });
  assert.deepEqual([...weights.keys()], ['ann', 'bob']);
  assert.ok(weights.get('ann')![0]! > 0.2 && weights.get('bob')![0]! < -0.2);
  assert.deepEqual([report.raters, report.without, report.answers, report.measured], [2, 1, 106, 27]);
  assert.ok(report.gain!.difference > 0.4 && report.gain!.interval![0] > 0.2, JSON.stringify(report.gain));
  assert.ok(report.error!.own < report.error!.shared / 2);
  const both = meanTaste([...weights.values()]);
  assert.ok(Math.abs(both[0]!) < 0.05);
});

test('without anybody who answered enough there is nothing to tell', () => {
  const { weights, report } = fitTastes(makeAnswers(5), { enough: 30, validates: () => false, rng: random(1, 'fit') });
  assert.deepEqual([weights.size, report.raters, report.without, report.gain], [0, 0, 2, undefined]);
});
