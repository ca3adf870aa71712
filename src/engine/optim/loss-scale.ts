// The factor of a loss whose gradients are float16: small ones would be 0 there without it (Micikevicius et al., 2018, section 3.2).

export interface LossScale {
  /** A power of two, so that it rounds nothing. */
  readonly scale: number;
  /** Steps since it changed. */
  readonly steps: number;
}

/** PyTorch's. */
const FIRST = 2 ** 16;
const INTERVAL = 2000;
/** Where a loss is 0 for long, the scale would become infinite. */
const LARGEST = 2 ** 24;

export const FIRST_LOSS_SCALE: LossScale = { scale: FIRST, steps: 0 };

/** After a step whose gradient was finite: twice as large after 2000 of them. */
export function raiseLossScale({ scale, steps }: LossScale): LossScale {
  const due = steps + 1 === INTERVAL && scale < LARGEST;
  return due ? { scale: 2 * scale, steps: 0 } : { scale, steps: steps + 1 };
}

/** After a gradient that overflowed: half of it, down to 1, after which it was not the scale; undefined then. */
export function lowerLossScale({ scale }: LossScale): LossScale | undefined {
  return scale > 1 ? { scale: scale / 2, steps: 0 } : undefined;
}
