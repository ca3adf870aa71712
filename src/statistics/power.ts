// How many pairs a study needs, before anybody has answered: exact power of the sign test over pairs that may tie.

import { requireCount, requireWithin } from './check.ts';
import { binomialShares } from './sign-test.ts';

export interface Effect {
  /** Shares of pairs that are won and lost by majority, 0 to 1; the rest are ties. */
  readonly win: number;
  readonly lose: number;
}

export interface PowerPlan extends Effect {
  /** The level of the two-sided test. */
  readonly level: number;
  /** The chance to find the effect that is asked for. */
  readonly power: number;
  /** The fewest pairs that have it, and what they have; null where 20,000 are not enough. */
  readonly pairs: number | null;
  readonly reached: number;
  /** About how far wins less losses will be told, ± at 95 %, by that many pairs of different prompts. */
  readonly halfWidth: number;
}

const MOST_PAIRS = 20_000;
/** A power that only just holds at one number may fail at the next, since the test's level is discrete. */
const STEADY = 10;

/** The smallest number of wins out of n decided pairs that the test rejects at `level`; above n where none does. */
function criticalWins(n: number, level: number): number {
  const shares = binomialShares(n, 0.5);
  let tail = 0;
  let wins = n + 1;
  while (wins > 0 && 2 * (tail + shares[wins - 1]!) <= level) tail += shares[--wins]!;
  return wins;
}

/**
 * The chance that the two-sided sign test at `level` finds an effect with `pairs` pairs, whichever way it points:
 * `Σ_d P(d decided) · P(|wins − losses| as far out as the test rejects | d)`.
 *
 * @throws CollimateError USAGE for shares that are none, or numbers that count nothing
 * @example
 * signTestPower({ win: 0.7, lose: 0.3 }, 20).toFixed(4); // '0.4164'
 */
export function signTestPower(effect: Effect, pairs: number, level = 0.05): number {
  checkEffect('signTestPower', effect, level);
  requireCount('signTestPower', 'pairs', pairs);
  return powerOf(effect, pairs, level);
}

function checkEffect(who: string, { win, lose }: Effect, level: number): void {
  requireWithin(who, 'win', win, [0, 1]);
  requireWithin(who, 'lose', lose, [0, 1]);
  requireWithin(who, 'win + lose', win + lose, [0, 1]);
  requireWithin(who, 'level', level, [0, 1]);
}

function powerOf({ win, lose }: Effect, pairs: number, level: number): number {
  const decided = win + lose;
  if (decided === 0) return 0;
  const counts = decided >= 1 ? certain(pairs) : binomialShares(pairs, decided);
  const share = Math.min(1 - 1e-12, Math.max(1e-12, win / decided));
  let power = 0;
  for (let n = 1; n <= pairs; n++) {
    if (counts[n]! < 1e-9) continue;
    const least = criticalWins(n, level);
    if (least > n) continue;
    const shares = binomialShares(n, share);
    let found = 0;
    for (let wins = least; wins <= n; wins++) found += shares[wins]! + shares[n - wins]!;
    power += counts[n]! * found;
  }
  return power;
}

function certain(n: number): Float64Array {
  const shares = new Float64Array(n + 1);
  shares[n] = 1;
  return shares;
}

/**
 * The fewest pairs whose power, and that of the next ten numbers, is at least `power` on the way up.
 *
 * @throws CollimateError USAGE for shares that are none
 */
export function planPairs(effect: Effect, { power = 0.8, level = 0.05 } = {}): PowerPlan {
  checkEffect('planPairs', effect, level);
  requireWithin('planPairs', 'power', power, [0, 1]);
  const { win, lose } = effect;
  const at = (pairs: number) => powerOf(effect, pairs, level);
  const result = (pairs: number | null, reached: number): PowerPlan => {
    const spread = win + lose - (win - lose) ** 2;
    return { win, lose, level, power, pairs, reached, halfWidth: 1.96 * Math.sqrt(spread / (pairs ?? MOST_PAIRS)) };
  };
  if (win === lose) return result(null, at(100));
  let high = 4;
  while (high < MOST_PAIRS && at(high) < power) high = Math.min(MOST_PAIRS, Math.ceil(high * 1.5));
  if (at(high) < power) return result(null, at(high));
  let low = Math.floor(high / 1.5) - 2 * STEADY;
  for (low = Math.max(1, low); low < high; low++) {
    let steady = true;
    for (let more = 0; more <= STEADY && steady; more++) steady = at(low + more) >= power;
    if (steady) break;
  }
  return result(low, at(low));
}
