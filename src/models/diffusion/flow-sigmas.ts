// Noise levels of rectified flow from a published scheduler_config.json: σ = 1 is noise alone, 0 the clean sample.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { field, notBuilt, type Published, readPublished } from './published.ts';
import { unknownFields } from './scheduler-classes.ts';

const CLASS = 'FlowMatchEulerDiscreteScheduler';

const schema = z.looseObject({
  num_train_timesteps: field(z.int().min(2).max(100_000), 1000),
  /** How far levels lie towards the noise: larger pictures lose their signal later. */
  shift: field(z.number().positive(), 1),
  use_dynamic_shifting: notBuilt,
  use_karras_sigmas: field(z.boolean(), false),
  use_exponential_sigmas: field(z.boolean(), false),
  use_beta_sigmas: notBuilt,
  invert_sigmas: notBuilt,
  stochastic_sampling: notBuilt,
  shift_terminal: z.null({ error: 'is not built here, expected null' }).optional(),
});

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
  /** How samplers space their levels. */
  readonly spacing: 'shifted' | 'karras' | 'exponential';
  /** `shift·σ / (1 + (shift − 1)·σ)` */
  shifted(sigma: number): number;
  /** The highest and the lowest level of training, both shifted. */
  readonly ends: readonly [highest: number, lowest: number];
  /** Fields that nothing here knows. */
  readonly unknown: readonly string[];
}

/** @throws CollimateError MODEL_CONFIG where the class is another one, or a field cannot be followed. */
export function readFlowSchedule(fields: Readonly<Record<string, unknown>>, where: string): FlowSchedule {
  const { _class_name: name } = fields;
  if (name !== undefined && name !== CLASS)
    throw new CollimateError(
      'MODEL_CONFIG',
      `scheduler ${where}: _class_name: expected ${CLASS}, since this model was trained by flow matching, got ${JSON.stringify(name)}`,
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
    spacing: config.use_karras_sigmas ? 'karras' : config.use_exponential_sigmas ? 'exponential' : 'shifted',
    shifted,
    ends: [shifted(1), shifted(1 / trainSteps)],
    unknown: unknownFields(fields, known),
  };
}
