// Figures as people read them: shares in percent, differences in points, a true minus, intervals with "to".

import type { Interval } from '../../statistics/bootstrap.ts';

/** A narrow space that no line breaks at. */
const THIN = '\u202f';

/** `61.2 %` */
export function percent(share: number, digits = 1): string {
  return `${number(100 * share, digits)}${THIN}%`;
}

/** `+18.7 points`, of a difference of shares. */
export function points(difference: number): string {
  return `${signed(100 * difference)} points`;
}

/** `+4.0 %`, of a relative change. */
export function change(ratio: number): string {
  return `${signed(100 * ratio)}${THIN}%`;
}

export function signed(value: number, digits = 1): string {
  const rounded = Number(value.toFixed(digits));
  return rounded > 0 ? `+${number(value, digits)}` : number(value, digits);
}

/** A number with a true minus sign and no minus before zero. */
export function number(value: number, digits = 2): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Whole numbers in groups of three: `27 528`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** `3 images`, `1 image` */
export function counted(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}

/** `13.2 to 24.1`, the ends times `scale`; a dash where it could not be told. */
export function range({ low, high }: Interval, scale = 100, digits = 1): string {
  if (low === null || high === null) return '–';
  return `${number(scale * low, digits)} to ${number(scale * high, digits)}`;
}

/** `95 %: 13.2 to 24.1`, or that it could not be told: a difference that all prompts share has no interval either. */
export function sureness(interval: Interval): string {
  return interval.low === null || interval.high === null ? 'interval cannot be told' : `95 %: ${range(interval)}`;
}

/** Whether an interval lies wholly above (1) or below (−1) zero, or holds it (0). */
export function signOf({ low, high }: Interval): -1 | 0 | 1 {
  if (low !== null && low > 0) return 1;
  return high !== null && high < 0 ? -1 : 0;
}

/** The first digits of a hash. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** `2026-11-21 14:05 UTC` */
export function readableTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
