// The variance that training added at each timestep, by the rules that published configs name.

export interface BetaConfig {
  readonly num_train_timesteps: number;
  readonly beta_start: number;
  readonly beta_end: number;
  readonly beta_schedule: 'linear' | 'scaled_linear' | 'squaredcos_cap_v2';
  readonly trained_betas?: readonly number[] | null | undefined;
  readonly rescale_betas_zero_snr: boolean;
}

/** Betas of each timestep, [num_train_timesteps]; the last is 1 where the schedule is to end without any signal. */
export function makeBetas(config: BetaConfig): Float32Array {
  const betas = plainBetas(config);
  return config.rescale_betas_zero_snr ? endInNoise(betas) : betas;
}

function plainBetas(config: BetaConfig): Float32Array {
  const { num_train_timesteps: count, beta_start: start, beta_end: end } = config;
  if (config.trained_betas != null) return Float32Array.from(config.trained_betas);
  switch (config.beta_schedule) {
    case 'linear':
      return Float32Array.from({ length: count }, (_, t) => lerp(start, end, t / (count - 1)));
    case 'scaled_linear':
      return Float32Array.from(
        { length: count },
        (_, t) => lerp(Math.sqrt(start), Math.sqrt(end), t / (count - 1)) ** 2,
      );
    case 'squaredcos_cap_v2':
      return Float32Array.from({ length: count }, (_, t) =>
        Math.min(1 - cosineAlphaBar((t + 1) / count) / cosineAlphaBar(t / count), 0.999),
      );
  }
}

function lerp(start: number, end: number, share: number): number {
  return start + (end - start) * share;
}

/** `ᾱ` over time 0 … 1 (Nichol and Dhariwal, 2021, section 3.2). */
function cosineAlphaBar(time: number): number {
  return Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
}

/** The same schedule, shifted and stretched in `√ᾱ` so that its last is 0 and its first as it was (Lin et al., 2024, algorithm 1). */
function endInNoise(betas: Float32Array): Float32Array {
  let product = 1;
  const signals = Array.from(betas, (beta) => {
    product *= 1 - beta;
    return Math.sqrt(product);
  });
  const [first, last] = [signals[0]!, signals.at(-1)!];
  const kept = signals.map((signal) => ((signal - last) * first) / (first - last)).map((signal) => signal ** 2);
  return Float32Array.from(kept, (alphaBar, t) => 1 - (t === 0 ? alphaBar : alphaBar / kept[t - 1]!));
}
