// Scales of five beside an answer: how well a picture shows its prompt, how good it looks, and how free of faults it is. More is
// always better, so that nobody has to turn one round.

import type { Answer } from '../database/schema.ts';
import {
  addsNothing,
  type GivenReasons,
  type ReasonColumns,
  type Reasons,
  readReasons,
  toReasonColumns,
} from './reasons.ts';

/** What scales ask, in the order in which they are asked. */
export const SCALES = ['alignment', 'fidelity', 'artefacts'] as const;
type Scale = (typeof SCALES)[number];

/** From 1 to `STEPS`, of the scales that were asked. */
export type Scales = { readonly [K in Scale]?: number | undefined };

export const STEPS = 5;

/** All that may stand beside an answer about an image. */
export interface Beside extends Reasons {
  readonly scales: Scales;
}

/** What was given of it, if anything. */
export type GivenBeside = GivenReasons & { readonly scales?: Scales | undefined };

export interface BesideColumns extends ReasonColumns {
  /** JSON: steps by scale; `{}` where none was asked. */
  scales: string;
}

export function toBesideColumns({ scales = {}, ...reasons }: GivenBeside): BesideColumns {
  return { ...toReasonColumns(reasons), scales: JSON.stringify(tidy(scales)) };
}

export function readBeside({ scales, ...reasons }: BesideColumns): Beside {
  return { ...readReasons(reasons), scales: readScales(scales) };
}

export const readScales = (scales: string): Scales => (scales === '{}' ? {} : (JSON.parse(scales) as Scales));

/** Whether two say the same; what is absent adds nothing to what was said before. */
export function adds(given: GivenBeside, before: Beside): boolean {
  const scales = SCALES.filter((scale) => given.scales?.[scale] !== undefined);
  return scales.some((scale) => given.scales![scale] !== before.scales[scale]) || !addsNothing(given, before);
}

const tidy = (scales: Scales) =>
  Object.fromEntries(SCALES.flatMap((scale) => (scales[scale] === undefined ? [] : [[scale, scales[scale]]])));

/** The answer that a step of alignment is: the upper two are good, the lower two bad, and the middle one neither. */
export function answerOfStep(step: number): Answer {
  const middle = (STEPS + 1) / 2;
  return step > middle ? 'good' : step < middle ? 'bad' : 'skip';
}

/** A step as a share: 0, ¼, ½, ¾ or 1. */
export const shareOfStep = (step: number): number => (step - 1) / (STEPS - 1);
