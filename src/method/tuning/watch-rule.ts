// The rule that watches over tuning: from what was measured at each look to the checkpoint to take, and to the alarm. It
// is a pure function of the measurements, so a run that was resumed decides as a straight one does.

import { mean } from '../../statistics/interval.ts';
import { type Estimate, jackknife, type LeftOut } from '../../statistics/jackknife.ts';

/** The samples of one step, measured. The base is step 0. */
export interface WatchPoint {
  readonly step: number;
  readonly images: number;
  /** Mean over its images of the reward that steers, by prompt. */
  readonly proxy: readonly number[];
  /** The same of the held-out reward. */
  readonly heldOut: readonly number[];
  /** Unbiased CMMD of the samples to the reference, with groups of prompts left out; null for fewer than two images. */
  readonly distance: LeftOut | null;
  /** Mean `1 − cos` between two images of a prompt; null for one image a prompt. */
  readonly diversity: number | null;
}

export interface WatchRule {
  /** How much further than the base's the distance may be, as a share of it. */
  readonly fidelityBound: number;
  /** Looks in a row with an alarm after which tuning stops. */
  readonly patience: number;
}

/**
 * `over-optimised`: the held-out reward fell while the reward that steers rose; `worse`: both fell; `fidelity`: the
 * pictures moved away from the reference.
 */
export type Alarm = 'over-optimised' | 'worse' | 'fidelity';

/** One look as the rule sees it. */
export interface WatchLook {
  readonly step: number;
  readonly images: number;
  readonly proxy: number;
  readonly heldOut: number;
  /** The earlier step with the highest held-out reward, and how far below it this one is; null at the base. */
  readonly drop: (Estimate & { readonly from: number }) | null;
  readonly distance: number | null;
  /** Distance less the base's. */
  readonly growth: Estimate | null;
  readonly diversity: number | null;
  readonly keepsFidelity: boolean;
  readonly alarm: Alarm | null;
}

export interface WatchVerdict {
  readonly looks: readonly WatchLook[];
  /** The step to take; null before the first look at a tuned model. */
  readonly pick: number | null;
  /** Whether its held-out reward is above the base's, and its distance within the bound. */
  readonly pickIsBetter: boolean;
  /** The first alarm. */
  readonly firstAlarm: { readonly step: number; readonly alarm: Alarm } | null;
  /** Where tuning stops by the rule. */
  readonly stopAt: number | null;
}

/**
 * 1. A look keeps its fidelity unless its distance exceeds the base's by more than `fidelityBound` of it and by more than
 *    one standard error (delete-a-group jackknife over prompts, paired with the base).
 * 2. The alarm rings where the held-out reward lies below that of the best earlier look by more than one standard error of
 *    the difference (paired by prompt), or where fidelity is lost.
 * 3. The pick is the tuned look with the highest held-out reward that keeps its fidelity, the first of equals; where none
 *    does, the one with the smallest distance.
 * 4. Tuning stops where the alarm has rung at `patience` looks in a row.
 *
 * @param points by rising step, the base first
 */
export function judgeSteps(points: readonly WatchPoint[], { fidelityBound, patience }: WatchRule): WatchVerdict {
  const looks = points.map((point, i) => lookAt(point, points.slice(0, i), fidelityBound));
  const tuned = looks.filter(({ step }) => step > 0);
  const pick = pickLook(tuned);
  const base = looks.find(({ step }) => step === 0);
  const first = tuned.find(({ alarm }) => alarm !== null);
  const stop = tuned.find((_, i) => i + 1 >= patience && tuned.slice(i + 1 - patience, i + 1).every((l) => l.alarm));
  return {
    looks,
    pick: pick?.step ?? null,
    pickIsBetter: pick?.keepsFidelity === true && (base === undefined || pick.heldOut > base.heldOut),
    firstAlarm: first ? { step: first.step, alarm: first.alarm! } : null,
    stopAt: stop?.step ?? null,
  };
}

function lookAt(point: WatchPoint, before: readonly WatchPoint[], bound: number): WatchLook {
  const { step, images, distance, diversity } = point;
  const best = before.reduce<WatchPoint | undefined>(
    (found, other) => (found && mean(found.heldOut) >= mean(other.heldOut) ? found : other),
    undefined,
  );
  const drop = best && { from: best.step, ...pairedDifference(best.heldOut, point.heldOut) };
  const base = before[0]?.distance;
  const growth = base && distance ? differenceOf(distance, base) : null;
  const keepsFidelity = !(growth && growth.value > bound * Math.max(0, base!.value) && isClear(growth));
  const fell = drop !== undefined && isClear(drop);
  const rose = best !== undefined && mean(point.proxy) > mean(best.proxy);
  return {
    step,
    images,
    proxy: mean(point.proxy),
    heldOut: mean(point.heldOut),
    drop: drop ?? null,
    distance: distance?.value ?? null,
    growth,
    diversity,
    keepsFidelity,
    alarm: fell ? (rose ? 'over-optimised' : 'worse') : keepsFidelity ? null : 'fidelity',
  };
}

function pickLook(tuned: readonly WatchLook[]): WatchLook | undefined {
  const kept = tuned.filter(({ keepsFidelity }) => keepsFidelity);
  if (kept.length > 0) return kept.reduce((best, look) => (look.heldOut > best.heldOut ? look : best));
  if (tuned.length === 0) return undefined;
  return tuned.reduce((nearest, look) => (look.distance! < nearest.distance! ? look : nearest));
}

/** Above 0 by more than one standard error; never where that cannot be told. */
function isClear({ value, standardError }: Estimate): boolean {
  return standardError !== null && value > 0 && value > standardError;
}

/** The mean of `a − b` over prompts and its standard error `s / √n`; none for a single prompt. */
function pairedDifference(a: readonly number[], b: readonly number[]): Estimate {
  const differences = a.map((value, i) => value - b[i]!);
  const value = mean(differences);
  const n = differences.length;
  if (n < 2) return { value, standardError: null };
  const variance = differences.reduce((sum, one) => sum + (one - value) ** 2, 0) / (n - 1);
  return { value, standardError: Math.sqrt(variance / n) };
}

/** `a − b` of two statistics of the same prompts, group by group. */
function differenceOf(a: LeftOut, b: LeftOut): Estimate {
  return jackknife({ value: a.value - b.value, without: a.without.map((one, g) => one - b.without[g]!) });
}
