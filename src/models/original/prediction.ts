// What a 2.x model predicts, noise or velocity, changes no tensor's shape, so something beside the weights must say it:
// the file's metadata (modelspec), or the published configuration lying beside it as NAME.yaml.

import { existsSync, readFileSync } from 'node:fs';
import { CollimateError } from '../../util/errors.ts';
import type { PredictionType } from '../diffusion/schedule.ts';
import type { RawConfig } from '../families/model.ts';

/**
 * @param unsaid whether models of this kind predict either
 * @param asked what the user says, who knows best
 * @throws CollimateError MODEL_CONFIG where nothing says it and the model is a 2.x.
 */
export function findPredictionType(
  path: string,
  metadata: Readonly<Record<string, string>>,
  unsaid: boolean,
  asked?: PredictionType,
): PredictionType {
  const found = asked ?? fromModelSpec(metadata) ?? fromYaml(path.replace(/\.safetensors$/, '.yaml'));
  if (found) return found;
  if (!unsaid) return 'epsilon';
  throw new CollimateError(
    'MODEL_CONFIG',
    `model ${path}: a Stable Diffusion 2.x model predicts noise or velocity, and nothing here says which`,
    'Put the published v2-inference.yaml or v2-inference-v.yaml beside it under the same name, or convert it with --prediction-type.',
  );
}

function fromModelSpec(metadata: Readonly<Record<string, string>>): PredictionType | undefined {
  const type = metadata['modelspec.prediction_type'];
  if (type !== undefined) return type.startsWith('v') ? 'v_prediction' : 'epsilon';
  const architecture = metadata['modelspec.architecture'] ?? '';
  if (/^stable-diffusion-v2-768-v/.test(architecture)) return 'v_prediction';
  return /^stable-diffusion-(v[12]|xl)/.test(architecture) ? 'epsilon' : undefined;
}

function fromYaml(path: string): PredictionType | undefined {
  if (!existsSync(path)) return undefined;
  return /^\s*parameterization:\s*["']?v\b/m.test(readFileSync(path, 'utf8')) ? 'v_prediction' : 'epsilon';
}

/** The side of the latents that a model was trained at: 768 pixels for velocities, else 512, if no metadata say otherwise. */
export function findSampleSize(metadata: Readonly<Record<string, string>>, type: PredictionType): number {
  const [, pixels] = /^(\d+)x\d+$/.exec(metadata['modelspec.resolution'] ?? '') ?? [];
  return pixels ? Math.floor(Number(pixels) / 8) : type === 'v_prediction' ? 96 : 64;
}

/** The noise schedule that all of Stable Diffusion 1.x and 2.x was trained on. */
export function schedulerConfig(type: PredictionType): RawConfig {
  return {
    _class_name: 'DDIMScheduler',
    beta_end: 0.012,
    beta_schedule: 'scaled_linear',
    beta_start: 0.00085,
    clip_sample: false,
    num_train_timesteps: 1000,
    prediction_type: type,
    set_alpha_to_one: false,
    steps_offset: 1,
    trained_betas: null,
  };
}
