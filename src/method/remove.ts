// Removing what a project no longer wants. What something else rests on is refused, unless that is told to go too.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { resolveModel } from '../models/inference/embedded.ts';
import type { ImagePurpose } from '../project/database/schema.ts';
import { listImages } from '../project/images/images.ts';
import { listPrompts, type Prompt } from '../project/images/prompts.ts';
import { countImageUse, type ImageUse, removeImages, removePrompts } from '../project/images/removal.ts';
import type { Project } from '../project/project.ts';
import { bytesOf } from '../util/disk.ts';
import { CollimateError } from '../util/errors.ts';
import { plural } from '../util/text.ts';

/** Which pictures; what is left out does not narrow the choice. */
export interface RemovalChoice {
  /** Beginnings of identifiers or hashes. */
  readonly ids?: readonly string[];
  readonly purpose?: ImagePurpose;
  /** The beginning of the hash of the model that drew them. */
  readonly model?: string;
}

/** Which prompts. */
export interface PromptChoice {
  readonly texts?: readonly string[];
  readonly category?: string;
}

export interface Removed extends ImageUse {
  readonly prompts: number;
}

/**
 * Removes pictures, and with `force` all that rests on them.
 *
 * @throws CollimateError USAGE where none are chosen, or where answers, a reward function or a study rest on them.
 */
export async function removeChosenImages(project: Project, choice: RemovalChoice, force: boolean): Promise<Removed> {
  const { ids, purpose, model } = choice;
  const images = (await listImages(project.db, purpose === undefined ? {} : { purpose })).filter(
    ({ id, hash, modelHash }) =>
      (ids === undefined || ids.some((start) => id.startsWith(start) || hash.startsWith(start))) &&
      (model === undefined || modelHash.startsWith(model)),
  );
  if (images.length === 0)
    throw nothing('picture', 'Name pictures by the beginning of their hash, or see `collimate status`.');
  const use = await countImageUse(
    project.db,
    images.map(({ id }) => id),
  );
  refuseUsed(use, force);
  await removeImages(
    project,
    images.map(({ id }) => id),
  );
  return { ...use, prompts: 0 };
}

/**
 * Removes prompts with their pictures, and with `force` all that rests on those.
 *
 * @throws CollimateError USAGE where none are chosen, or where answers, a reward function or a study rest on them.
 */
export async function removeChosenPrompts(project: Project, choice: PromptChoice, force: boolean): Promise<Removed> {
  const { texts, category } = choice;
  const isChosen = ({ text, id, category: own }: Prompt) =>
    (texts === undefined || texts.some((asked) => asked === text || asked === id)) &&
    (category === undefined || own === category);
  const prompts = (await listPrompts(project.db)).filter(isChosen);
  if (prompts.length === 0) throw nothing('prompt', 'Give its whole text, or see `collimate prompts list`.');
  const ids = new Set(prompts.map(({ id }) => id));
  const images = (await listImages(project.db)).filter(({ promptId }) => ids.has(promptId)).map(({ id }) => id);
  const use = await countImageUse(project.db, images);
  refuseUsed(use, force);
  await removeImages(project, images);
  await removePrompts(project.db, [...ids]);
  return { ...use, prompts: prompts.length };
}

export interface RemovedModel {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Deletes the folder of a model in `models/`. What it drew and what was found of it stays, with its hash.
 *
 * @throws CollimateError USAGE for the model that draws now, or a name that is not there.
 */
export function removeModel(project: Project, name: string): RemovedModel {
  const { dir, config } = project;
  const path = join(dir, 'models', name);
  if (!/^[\w.-]+$/.test(name) || !existsSync(join(path, 'model_index.json')))
    throw new CollimateError(
      'USAGE',
      `remove: there is no model ${name} in ${join(dir, 'models')}`,
      'See `collimate status` for the names.',
    );
  if (resolveModel(config.model, dir) === path)
    throw new CollimateError(
      'USAGE',
      `remove: ${name} is the model of this project (model: ${config.model}), and draws its pictures`,
      'Set `model` in collimate.yaml to another one first.',
    );
  const bytes = bytesOf(path);
  rmSync(path, { recursive: true });
  return { name, path, bytes };
}

function nothing(what: string, hint: string): CollimateError {
  return new CollimateError('USAGE', `remove: no ${what} of this project is meant by that`, hint);
}

function refuseUsed({ images, answers, taught, tuned, pairs, preferences, sheets }: ImageUse, force: boolean): void {
  if (force || answers + taught + tuned + pairs + preferences + sheets === 0) return;
  const rests = [
    ...(answers > 0 ? [plural(answers, 'answer')] : []),
    ...(taught > 0 ? [`what a reward function learned from ${plural(taught, 'of them', 'of them')}`] : []),
    ...(tuned > 0 ? [`what a tuned model learned from ${plural(tuned, 'of them', 'of them')}`] : []),
    ...(pairs > 0 ? [plural(pairs, 'pair of studies', 'pairs of studies')] : []),
    ...(preferences > 0 ? [plural(preferences, 'pair that came as one', 'pairs that came as pairs')] : []),
    ...(sheets > 0 ? [plural(sheets, 'choice of the best of a sheet', 'choices of the best of a sheet')] : []),
  ];
  throw new CollimateError(
    'USAGE',
    `remove: on ${plural(images, 'picture')} rest ${rests.join(', ')}`,
    'Add --force to remove these too; lineage, reports and verdicts will lack them. `collimate export` keeps a copy.',
  );
}
