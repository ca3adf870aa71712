// The models that an evaluation names: the base, what was tuned from it, its checkpoints, or a folder.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { DiffusionModel } from '../models/families/model.ts';
import { resolveModel } from '../models/inference/embedded.ts';
import { hashModelAside } from '../models/inference/painter.ts';
import { openPipeline } from '../models/pipeline.ts';
import { findModel, putModel } from '../project/images/models.ts';
import { checkRecorded, listRecorded } from '../project/learning/recorded-models.ts';
import { listRuns } from '../project/learning/runs.ts';
import type { Project } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import { checkCheckpoint } from '../util/folder-hashes.ts';
import { projectModel } from './project-model.ts';

/** A model to draw with, opened, and other weights for its U-Net where it is a checkpoint. */
export interface EvaluatedModel {
  readonly name: string;
  readonly pipeline: DiffusionModel;
  readonly unet?: string;
  readonly hash: string;
}

export const BASE = 'base';
/** The model that the project began with, before any round. */
const ORIGIN = 'origin';

/**
 * The models of `names`, the base first whether it is named or not. A name is `base`, `tuned`, the name of a folder in
 * the project's `models/`, `origin` for the model of the first round, `checkpoint-<step>` of the latest tuning run that has it,
 * `<name>/checkpoint-<step>` of the run that made that model, or a path to a model folder.
 *
 * @throws CollimateError MISSING_STAGE for `tuned` before tuning, USAGE for a name that is none of these.
 */
export async function findModels(project: Project, names: readonly string[]): Promise<EvaluatedModel[]> {
  const models = await openModels(project, names);
  for (const { hash, pipeline, unet } of models) {
    const known = await findModel(project.db, hash);
    if (!known)
      await putModel(project.db, {
        hash,
        kind: models[0]!.hash === hash ? 'base' : 'checkpoint',
        path: unet ?? pipeline.folder,
      });
  }
  return models;
}

/** As `findModels`, and stores nothing. */
export async function openModels(project: Project, names: readonly string[]): Promise<EvaluatedModel[]> {
  const models: EvaluatedModel[] = [];
  for (const name of new Set([BASE, ...names])) models.push(await findNamed(project, name));
  return models;
}

async function findNamed(project: Project, name: string): Promise<EvaluatedModel> {
  const base = projectModel(project);
  if (name === BASE) return identify(project, name, base);
  const dir = findModelFolder(project.dir, name);
  if (dir) return identify(project, name, dir);
  const path = [resolve(name), resolve(project.dir, name)].find((each) => name !== 'tuned' && existsSync(each));
  if (path) return identify(project, name, path);
  const unet = /^(.+\/)?checkpoint-\d+$/.test(name) ? await findCheckpoint(project, base, name) : undefined;
  if (unet) {
    checkCheckpoint(dirname(unet));
    return { name, pipeline: openPipeline(base), unet, hash: await hashModelAside(base, unet) };
  }
  if (name === ORIGIN) return findOrigin(project);
  if (name === 'tuned')
    throw new CollimateError(
      'MISSING_STAGE',
      'evaluate: there is no tuned model yet',
      'Run `collimate tune` first, or evaluate the base alone with --models base.',
    );
  throw new CollimateError(
    'USAGE',
    `no model is called ${name}`,
    'Name base, tuned, checkpoint-<step>, <name>/checkpoint-<step>, a folder in the project’s models/, or a path to a model: a folder or a .safetensors file.',
  );
}

/** The folder of a model by its name in the project's `models/`, or by a path as seen from here or from the project. */
export function findModelFolder(projectDir: string, name: string): string | undefined {
  return [join(projectDir, 'models', name), resolve(name), resolve(projectDir, name)].find((path) =>
    existsSync(join(path, 'model_index.json')),
  );
}

/** @throws CollimateError MISMATCH where tuning wrote another model to this folder. */
async function identify(project: Project, name: string, dir: string): Promise<EvaluatedModel> {
  const pipeline = openPipeline(dir);
  const hash = await hashModelAside(dir);
  await checkRecorded(project, dir, hash);
  return { name, pipeline, hash };
}

/** The model that the first round began with: where the parents of the base end. */
async function findOrigin(project: Project): Promise<EvaluatedModel> {
  const base = projectModel(project);
  let hash = await hashModelAside(base);
  let path = base;
  for (;;) {
    const parent = (await findModel(project.db, hash))?.parentHash;
    const model = parent ? await findModel(project.db, parent) : undefined;
    if (!model) break;
    [hash, path] = [model.hash, resolveModel(model.path, project.dir)];
  }
  if (hash === (await hashModelAside(base))) return { name: ORIGIN, pipeline: openPipeline(base), hash };
  if (existsSync(path) && (await hashModelAside(path)) === hash)
    return { name: ORIGIN, pipeline: openPipeline(path), hash };
  throw new CollimateError(
    'USAGE',
    `evaluate: the model of the first round, ${hash.slice(0, 12)}, is no longer at ${path}`,
    'Put it back, or compare with models/round-<n>.',
  );
}

async function findCheckpoint(project: Project, base: string, name: string): Promise<string | undefined> {
  const { denoiser } = openPipeline(base);
  const [checkpoint, model] = name.split('/').reverse() as [string, string?];
  const runs = model === undefined ? await listTuningRuns(project) : await listRunsOf(project, model);
  return runs.map((id) => join(project.runsDir, id, checkpoint, denoiser)).find((path) => existsSync(path));
}

async function listTuningRuns({ db }: Project): Promise<string[]> {
  return (await listRuns(db, { stage: 'tune' })).map(({ id }) => id).reverse();
}

/** The runs that wrote the model of this name, by their identifiers, the latest first. */
export async function listRunsOf(project: Project, model: string): Promise<string[]> {
  return (await listRecorded(project, join(project.dir, 'models', model))).map(({ runId }) => runId);
}
