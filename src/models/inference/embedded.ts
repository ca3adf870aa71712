// Where the models are: those that ship with the package, paths that the configuration names, and the hub's cache.

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CollimateError } from '../../util/errors.ts';
import { DENOISER_FOLDERS } from '../families/families.ts';
import { findSnapshot, type HubRepo, parseHubRepo } from '../hub/repo.ts';
import { hubCacheDir } from '../hub/settings.ts';

export type EmbeddedModel = 'sd' | 'clip' | 'judge';

/** What `model` and `clip` may say instead of a path, and the folder of those models: those of a world lie together. */
const SHIPPED: Readonly<Record<string, string>> = { embedded: '.', 'embedded-1': '.', 'embedded-2': 'embedded-2' };

/** The folder of a model that ships with the package, by default of the world that a project has unless it names another. */
export function embeddedModel(name: EmbeddedModel, world = 'embedded'): string {
  return fileURLToPath(new URL(`../../../models/${SHIPPED[world]}/${name}`, import.meta.url));
}

/**
 * The path of `config.model`: the embedded Stable Diffusion; a folder, or a `.safetensors` file in the original layout, as
 * seen from the project's folder; or the name of a model on the hub that `collimate pull` has fetched.
 *
 * @throws CollimateError MODEL_CONFIG where there is no model in it.
 */
export function resolveModel(model: string, projectDir = '.'): string {
  const path = resolve(projectDir, model);
  // Whatever file it is, opening it says best why it cannot be used.
  if (!isShipped(model) && statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  return resolveFolder(model, 'sd', 'model_index.json', projectDir);
}

/** The folder of `config.clip`, as `resolveModel`; `who` stands in messages. */
export function resolveClip(clip: string, projectDir = '.', who = 'clip'): string {
  return resolveFolder(clip, 'clip', 'config.json', projectDir, who);
}

/** What a model at a path is called, with the checkpoint whose denoiser it has: for people, not an identity. */
export function modelName(path: string, unetPath?: string): string {
  const pulled = /models--.+?--([^/\\]+)[/\\]snapshots/.exec(path)?.[1];
  const own = shippedName(path) ?? pulled ?? basename(path, '.safetensors');
  if (unetPath === undefined) return own;
  return `${own} with ${basename(DENOISER_FOLDERS.has(basename(unetPath)) ? dirname(unetPath) : unetPath, '.safetensors')}`;
}

function shippedName(path: string): string | undefined {
  if (path === embeddedModel('sd')) return 'collimate-embedded';
  return path === embeddedModel('sd', 'embedded-2') ? 'collimate-embedded-2' : undefined;
}

const isShipped = (value: string) => Object.hasOwn(SHIPPED, value);

/** Paths in either are seen from the project's folder. */
const CORRECT = "Correct the path, in collimate.yaml or in the flag; it is seen from the project's folder";

function resolveFolder(
  value: string,
  name: EmbeddedModel,
  file: string,
  projectDir: string,
  who: string = name === 'sd' ? 'model' : name,
): string {
  const folder = isShipped(value) ? embeddedModel(name, value) : resolve(projectDir, value);
  if (existsSync(resolve(folder, file))) return folder;
  const repo = value.includes('/') && !existsSync(folder) ? parseHubRepo(value) : undefined;
  const snapshot = repo && findSnapshot(hubCacheDir(process.env), repo);
  if (snapshot && existsSync(resolve(snapshot, file))) return snapshot;
  const problem = repo
    ? `expected a folder, or a model of that name in ${hubCacheDir(process.env)}, got neither`
    : statSync(folder, { throwIfNoEntry: false })
      ? `expected a ${file} in it, got none`
      : 'there is no such folder or file';
  throw new CollimateError('MODEL_CONFIG', `${who} ${repo ? value : folder}: ${problem}`, hintFor(value, repo));
}

function hintFor(value: string, repo: HubRepo | undefined): string {
  if (isShipped(value)) return 'Install the package again, or train its models with `collimate pretrain`.';
  return repo ? `${CORRECT}, or fetch it with \`collimate pull ${value}\`.` : `${CORRECT}.`;
}
