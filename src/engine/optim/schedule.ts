// Learning-rate schedules: pure functions of the step.

export interface LearningRateSchedule {
  /** The rate after warm-up. */
  readonly learningRate: number;
  /** Steps over which the rate grows linearly from 0. */
  readonly warmupSteps: number;
  /** 'constant', or 'cosine' down to 0 at `totalSteps`. */
  readonly decay: 'constant' | 'cosine';
  readonly totalSteps: number;
}

/** The learning rate of step `t`, counted from 1. */
export function learningRateAt(
  { learningRate, warmupSteps, decay, totalSteps }: LearningRateSchedule,
  t: number,
): number {
  if (t <= warmupSteps) return (learningRate * t) / warmupSteps;
  if (decay === 'constant') return learningRate;
  const progress = Math.min(1, (t - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}
