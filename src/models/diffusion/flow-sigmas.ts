// Noise levels of rectified flow from a published scheduler_config.json: σ = 1 is noise alone, 0 the clean sample.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { checkOneRule, type LevelFields } from './levels.ts';
import { field, notBuilt, type Published, readPublished } from './published.ts';
import { unknownFields } from './scheduler-classes.ts';

/** Those that are known, and the sampler that each is. */
const CLASSES: Readonly<Record<string, string>> = {
  FlowMatchEulerDiscreteScheduler: 'euler',
  FlowMatchHeunDiscreteScheduler: 'heun',
};

const schema = z
  .looseObject({
    num_train_timesteps: field(z.int().min(2).max(100_000), 1000),
    /** How far levels lie towards the noise: larger pictures lose their signal later. */
    shift: field(z.number().positive(), 1),
    use_dynamic_shifting: notBuilt,
    use_karras_sigmas: field(z.boolean(), false),
    use_exponential_sigmas: field(z.boolean(), false),
    use_beta_sigmas: field(z.boolean(), false),
    invert_sigmas: notBuilt,
    stochastic_sampling: notBuilt,
    shift_terminal: z.null({ error: 'is not built here, expected null' }).optional(),
  })
  .superRefine(checkOneRule);

/** What only dynamic shifting reads. */
const DYNAMIC_ONLY: ReadonlySet<string> = new Set([
  'base_image_seq_len',
  'base_shift',
  'max_image_seq_len',
  'max_shift',
  'time_shift_type',
]);

/** Levels and what tells them. */
export interface FlowSchedule {
  readonly trainSteps: number;
  readonly shift: number;
  /** Whether levels are spaced otherwise than evenly before the shift. */
  readonly rule: LevelFields;
  /** `shift·σ / (1 + (shift − 1)·σ)` */
  shifted(sigma: number): number;
  /** The highest and the lowest level of training, both shifted. */
  readonly ends: readonly [highest: number, lowest: number];
  /** The sampler that the file names. */
  readonly sampler: string;
  /** Fields that nothing here knows. */
  readonly unknown: readonly string[];
}

/** @throws CollimateError MODEL_CONFIG where the class is another one, or a field cannot be followed. */
export function readFlowSchedule(fields: Readonly<Record<string, unknown>>, where: string): FlowSchedule {
  const { _class_name: name } = fields;
  if (name !== undefined && !(typeof name === 'string' && Object.hasOwn(CLASSES, name)))
    throw new CollimateError(
      'MODEL_CONFIG',
      `scheduler ${where}: _class_name: expected ${Object.keys(CLASSES).join(' or ')}, since this model was trained by flow matching, got ${JSON.stringify(name)}`,
      'Use the scheduler_config.json that was published with the model.',
    );
  const published: Published = { fields, where };
  const config = readPublished(schema, published, 'scheduler', 'Change the field where it is wrong.');
  const { shift, num_train_timesteps: trainSteps } = config;
  const shifted = (sigma: number) => (shift * sigma) / (1 + (shift - 1) * sigma);
  const known = new Set([...Object.keys(schema.shape), ...DYNAMIC_ONLY]);
  return {
    trainSteps,
    shift,
    rule: config,
    shifted,
    ends: [shifted(1), shifted(1 / trainSteps)],
    sampler: name === undefined ? 'euler' : CLASSES[name as string]!,
    unknown: unknownFields(fields, known),
  };
}
