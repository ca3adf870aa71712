// Noise levels spaced by a rule of their own: evenly in ln σ, by quantiles of a beta distribution, or as Karras et al. (2022, "Elucidating the design space of diffusion-based generative models",
// equation 5) do, and which training timestep a level belongs to.

import { betaQuantile } from '../../statistics/beta.ts';

const RHO = 7;

/** `steps` levels from `highest` down to `lowest`, evenly spaced in `σ^(1/7)`. */
export function karrasSigmas(highest: number, lowest: number, steps: number): number[] {
  const [from, to] = [highest ** (1 / RHO), lowest ** (1 / RHO)];
  return Array.from({ length: steps }, (_, i) => (from + (steps === 1 ? 0 : i / (steps - 1)) * (to - from)) ** RHO);
}

/** `steps` levels from `highest` down to `lowest`, evenly spaced in `ln σ`. */
export function exponentialSigmas(highest: number, lowest: number, steps: number): number[] {
  const [from, to] = [Math.log(highest), Math.log(lowest)];
  return Array.from({ length: steps }, (_, i) => Math.exp(from + (steps === 1 ? 0 : i / (steps - 1)) * (to - from)));
}

const BETA = 0.6;

/** `steps` levels from `highest` down to `lowest`, at quantiles of Beta(0.6, 0.6): close to one another at both ends (Lee et al., 2024, "Beta sampling is all you need"). */
export function betaSigmas(highest: number, lowest: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => {
    const share = 1 - (steps === 1 ? 0 : i / (steps - 1));
    return lowest + betaQuantile(share, BETA, BETA) * (highest - lowest);
  });
}

/** The fractional timestep at which training had this level: `ln σ` is linear between whole ones. */
export function timestepOfSigma(sigma: number, training: readonly number[]): number {
  const log = Math.log(Math.max(sigma, 1e-10));
  let low = 0;
  for (let i = 0; i < training.length - 1; i++) if (Math.log(training[i]!) <= log) low = i;
  low = Math.min(low, training.length - 2);
  const [below, above] = [Math.log(training[low]!), Math.log(training[low + 1]!)];
  const share = Math.min(1, Math.max(0, (below - log) / (below - above)));
  return low + share;
}
