// UniPC: a multistep solver in the log signal-to-noise ratio whose steps are corrected by the prediction at their end, which
// the next step needs anyway (Zhao et al., 2023, "UniPC: a unified predictor-corrector framework", algorithms 1 and 2 on
// predictions of the clean sample).

import { z } from 'zod';
import { CLEAN, chooseLevels, type Level, levelOf } from './lambda-levels.ts';
import { checkOneRule, levelFields, ruleOf } from './levels.ts';
import { field, notBuilt, readForSampler } from './published.ts';
import { combine, predictClean, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { type UniVariant, uniWeights } from './unipc-weights.ts';

export const unipcFields = z
  .looseObject({
    ...levelFields,
    solver_order: field(z.int().min(1).max(3), 2),
    /** Other classes' names of their own solvers mean bh2 here, as in the reference. */
    solver_type: field(z.enum(['bh1', 'bh2', 'midpoint', 'heun', 'logrho']), 'bh2'),
    lower_order_final: field(z.boolean(), true),
    /** Steps whose end is not corrected. */
    disable_corrector: field(z.array(z.int().min(0)), []),
    final_sigmas_type: field(z.enum(['zero', 'sigma_min']), 'zero'),
    predict_x0: z.literal(true, { error: 'solving for the noise is not built here, expected true' }).nullish(),
    solver_p: z.null({ error: 'another predictor is not built here, expected null' }).optional(),
    thresholding: notBuilt,
    use_dynamic_shifting: notBuilt,
  })
  .superRefine(checkOneRule);

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createUnipc(schedule: Schedule, steps: number): Sampler {
  const fields = readForSampler(unipcFields, schedule.published, 'unipc');
  const { timesteps, levels: visited } = chooseLevels('unipc', schedule, steps, fields);
  const levels = [...visited, lastLevel(schedule, visited, fields)];
  const variant: UniVariant = fields.solver_type === 'bh1' ? 'bh1' : 'bh2';
  const skipped = new Set(fields.disable_corrector);
  /** Predictions of the clean sample, newest first, and the sample that the last step began with. */
  let [predictions, last]: [Float32Array[], Float32Array] = [[], new Float32Array(0)];

  const orderAt = (i: number) => Math.min(fields.solver_order, i + 1, fields.lower_order_final ? steps - i : steps);

  /** The step from `levels[start]` by the predictions up to its start, and by the one at its end where there is one. */
  function go(start: number, sample: Float32Array, known: readonly Float32Array[], end?: Float32Array): Float32Array {
    const [from, to] = [levels[start]!, levels[start + 1]!];
    const order = to === CLEAN ? 1 : orderAt(start);
    const h = to.lambda - from.lambda;
    const places = known.slice(1, order).map((_, i) => (levels[start - 1 - i]!.lambda - from.lambda) / h);
    const { b, rho } = uniWeights({ h, order, variant, places }, end !== undefined);
    const grown = Math.expm1(-h);
    const weights = places.map((place, i) => (-to.alpha * b * rho[i]!) / place);
    const ofEnd = end === undefined ? 0 : -to.alpha * b * rho.at(-1)!;
    const ofNewest = -to.alpha * grown - weights.reduce((sum, weight) => sum + weight, ofEnd);
    const base = combine(ofNewest, known[0]!, to.sigma / from.sigma, sample);
    const moved = weights.reduce((x, weight, i) => combine(weight, known[i + 1]!, 1, x), base);
    return end === undefined ? moved : combine(ofEnd, end, 1, moved);
  }

  function step(modelOutput: Float32Array, i: number, sample: Float32Array): Float32Array {
    const clean = predictClean(schedule, modelOutput, levels[i]!.alphaBar, sample);
    if (i === 0) predictions = [];
    const corrected = i > 0 && !skipped.has(i - 1) ? go(i - 1, last, predictions, clean) : sample;
    predictions = [clean, ...predictions].slice(0, fields.solver_order + 1);
    last = corrected;
    return go(i, corrected, predictions);
  }

  return { name: 'unipc', timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
}

/** Where the last step ends; with levels by a rule of their own, `sigma_min` is the last of these again, as in the reference. */
function lastLevel({ alphasCumprod }: Schedule, visited: readonly Level[], fields: z.infer<typeof unipcFields>): Level {
  if (fields.final_sigmas_type === 'zero') return CLEAN;
  return ruleOf(fields) ? visited.at(-1)! : levelOf(alphasCumprod[0]!);
}
