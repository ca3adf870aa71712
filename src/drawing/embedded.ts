// Where the models are: those that ship with the package, or folders that the configuration names.

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CollimateError } from '../util/errors.ts';

export type EmbeddedModel = 'sd' | 'clip' | 'judge';

/** The folder of a model that ships with the package. */
export function embeddedModel(name: EmbeddedModel): string {
  return fileURLToPath(new URL(`../../models/${name}`, import.meta.url));
}

/**
 * The path of `config.model`: the embedded Stable Diffusion, or a folder or a `.safetensors` file in the original layout
 * as seen from the project's folder.
 *
 * @throws CollimateError MODEL_CONFIG where there is no model in it.
 */
export function resolveModel(model: string, projectDir = '.'): string {
  const path = resolve(projectDir, model);
  // Whatever file it is, opening it says best why it cannot be used.
  if (model !== 'embedded' && statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  return resolveFolder(model, 'sd', 'model_index.json', projectDir);
}

/** The folder of `config.clip`, as `resolveModel`. */
export function resolveClip(clip: string, projectDir = '.'): string {
  return resolveFolder(clip, 'clip', 'config.json', projectDir);
}

function resolveFolder(value: string, name: EmbeddedModel, file: string, projectDir: string): string {
  const embedded = value === 'embedded';
  const folder = embedded ? embeddedModel(name) : resolve(projectDir, value);
  if (existsSync(resolve(folder, file))) return folder;
  throw new CollimateError(
    'MODEL_CONFIG',
    `${name === 'sd' ? 'model' : 'clip'} ${folder}: expected a ${file} in it, got none`,
    embedded
      ? 'Install the package again, or train its models with `collimate pretrain`.'
      : 'Correct the path in collimate.yaml.',
  );
}
