// Weights of timesteps in the training loss, by how much signal is left in them.

import type { Schedule } from './schedule.ts';

/**
 * Min-SNR-γ (Hang et al., 2023, section 3.4): `min(SNR, γ) / SNR` for a network that predicts the noise and
 * `min(SNR, γ) / (SNR + 1)` for one that predicts the velocity, with `SNR = ᾱ_t / (1 − ᾱ_t)`.
 *
 * @param timestep a whole number, 0 … trainSteps − 1
 */
export function minSnrWeight(schedule: Schedule, timestep: number, gamma: number): number {
  const signal = schedule.alphasCumprod[timestep]!;
  const snr = signal / (1 - signal);
  return Math.min(snr, gamma) / (schedule.predictionType === 'epsilon' ? snr : snr + 1);
}
