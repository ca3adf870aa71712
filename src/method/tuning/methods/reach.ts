// How far a picture moves where the network's output does.

import type { MethodRun } from './method.ts';

/** `|∂x̂₀/∂o|` at the times of the images of a batch, [images]. */
export function reachOf(
  { process, mixture }: Pick<MethodRun, 'process' | 'mixture'>,
  { timesteps }: Readonly<Record<string, unknown>>,
): Float32Array {
  return process.clean((timesteps as Float32Array).subarray(0, mixture.images)).ofOutput.map(Math.abs);
}
