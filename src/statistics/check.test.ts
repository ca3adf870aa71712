import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cmmdOf, sumKernels } from './cmmd.ts';
import { entropyOf } from './entropy.ts';
import { exactInterval } from './exact.ts';
import { exactShare } from './exact-share.ts';
import { holm } from './holm.ts';
import { planPairs, signTestPower } from './power.ts';
import { signTest } from './sign-test.ts';
import { studentQuantile } from './student.ts';
import { wilsonInterval } from './wilson.ts';

/** As plain JavaScript gives it. */
// biome-ignore lint/suspicious/noExplicitAny: wrong types are what is tried
type Any = any;

const vector = (...numbers: number[]) => Float32Array.from(numbers);
const WRONG: Readonly<Record<string, () => unknown>> = {
  'signTest: wins': () => signTest(-1, 2),
  'signTest: losses': () => signTest(1, Number.NaN),
  'signTest: wins: expected a whole number from 0 on, got 1.5': () => signTest(1.5, 2),
  'signTest: wins: expected a whole number from 0 on, got 3': () => signTest('3' as Any, 2),
  'planPairs: win: expected a number from 0 to 1, got undefined': () => planPairs({} as Any),
  'planPairs: win + lose': () => planPairs({ win: 0.7, lose: 0.4 }),
  'planPairs: power': () => planPairs({ win: 0.7, lose: 0.3 }, { power: 80 }),
  'planPairs: level': () => planPairs({ win: 0.7, lose: 0.3 }, { level: -1 }),
  'signTestPower: pairs': () => signTestPower({ win: 0.7, lose: 0.3 }, 2.5),
  'sumKernels: reference: expected one vector or more, got 0': () => sumKernels([[vector(1)]], []),
  'sumKernels: groups: expected a whole number from 1 on': () => sumKernels([], [vector(1)]),
  'sumKernels: groups: expected one vector or more': () => sumKernels([[]], [vector(1)]),
  'sumKernels: groups: expected vectors of 2 numbers, got 1': () => sumKernels([[vector(1)]], [vector(1, 0)]),
  'sumKernels: groups: expected finite numbers, got NaN': () => sumKernels([[vector(Number.NaN)]], [vector(1)]),
  'cmmdOf: groups kept': () => cmmdOf(sumKernels([[vector(1)]], [vector(1)]), []),
  'cmmdOf: group: expected a number from 0 to 0, got 1': () => cmmdOf(sumKernels([[vector(1)]], [vector(1)]), [1]),
  'exactShare: hits': () => exactShare(3, 2),
  'exactInterval: successes': () => exactInterval(Number.NaN, 2),
  'wilsonInterval: n': () => wilsonInterval(0.5, -3),
  'wilsonInterval: share': () => wilsonInterval(50, 3),
  'entropyOf: count': () => entropyOf([1, -1]),
  'studentQuantile: freedom': () => studentQuantile(0.95, 0),
  'studentQuantile: level': () => studentQuantile(1, 3),
  'holm: p': () => holm([0.1, Number.NaN]),
};

test('figures that can be none are refused by name', () => {
  for (const [message, call] of Object.entries(WRONG))
    assert.throws(
      call,
      (error: Any) => error.name === 'CollimateError' && error.code === 'USAGE' && error.message.startsWith(message),
      message,
    );
});

test('figures at their ends are taken', () => {
  assert.equal(signTest(0, 0), 1);
  assert.equal(signTestPower({ win: 0.7, lose: 0.3 }, 0), 0);
  assert.equal(planPairs({ win: 0.1 + 0.2, lose: 0.7 }).pairs !== null, true, 'a sum above 1 by rounding');
  assert.deepEqual(wilsonInterval(Number.NaN, 0), [0, 1], 'a share of nothing');
  assert.equal(entropyOf([]), null);
});
