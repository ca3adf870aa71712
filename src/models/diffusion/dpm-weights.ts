// The sample that a step of DPM-Solver++ aims at, as weights of the last predictions of the clean one.

/** `λ = ln(α/σ)` at the levels of the last predictions, newest first, and at the one that the step ends at. */
export interface StepLambdas {
  readonly to: number;
  readonly from: readonly number[];
}

/** How the second order is reached: half-way along the step, or at its end. */
export type SolverType = 'midpoint' | 'heun';

/**
 * Weights of the last `order` predictions, newest first; they sum to 1 (Lu et al., 2022, "DPM-Solver++", algorithm 2, and
 * the multistep forms of appendix B).
 */
export function predictionWeights(order: number, type: SolverType, { to, from }: StepLambdas): number[] {
  const h = to - from[0]!;
  if (order === 1 || h === 0) return [1];
  const before = (from[0]! - from[1]!) / h;
  // Of the first and second differences, over the weight of the prediction itself.
  const first = order === 2 && type === 'midpoint' ? 0.5 : -(Math.expm1(-h) / h + 1) / Math.expm1(-h);
  if (order === 2) return [1 + first / before, -first / before];
  const second = ((Math.expm1(-h) + h) / h ** 2 - 0.5) / Math.expm1(-h);
  const earlier = (from[1]! - from[2]!) / h;
  const span = before + earlier;
  const newer = first * (1 + before / span) + second / span;
  const older = -(first * before + second) / span;
  return [1 + newer / before, older / earlier - newer / before, -older / earlier];
}
