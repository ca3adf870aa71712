// Models: each folder or file that a row names against the hashes that were recorded of it, and folders that no row names.

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OUTSIDE } from '../../method/feedback/own-images.ts';
import { resolveModel } from '../../models/inference/embedded.ts';
import { hashModel } from '../../models/inference/painter.ts';
import { listModels } from '../../project/images/models.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { type Fault, hashAnew, type Pause, type Piece, showPath } from './check-piece.ts';

/** By where a model lies; of several runs into one folder, each hash will do. */
export async function listModelPieces(project: Project): Promise<Piece[]> {
  const { dir, db, runsDir } = project;
  const recorded = new Map<string, string[]>();
  for (const { path, hash } of await listModels(db)) {
    if (path === OUTSIDE.path || resolve(dir, path).startsWith(join(runsDir, '/'))) continue;
    const place = locate(project, path) ?? resolve(dir, path);
    recorded.set(place, [...(recorded.get(place) ?? []), hash]);
  }
  for (const place of listOwn(dir)) if (!recorded.has(place)) recorded.set(place, []);
  return [...recorded].map(([place, hashes]) => ({
    path: showPath(project, place),
    look: (pause) => lookAtModel(project, place, hashes, pause),
  }));
}

function locate({ dir }: Project, path: string): string | undefined {
  try {
    return resolveModel(path, dir);
  } catch (error) {
    if (error instanceof CollimateError) return undefined;
    throw error;
  }
}

/** The models in `models/`. */
function listOwn(dir: string): string[] {
  const folder = join(dir, 'models');
  return existsSync(folder)
    ? readdirSync(folder)
        .map((name) => join(folder, name))
        .filter((path) => existsSync(join(path, 'model_index.json')))
    : [];
}

async function lookAtModel(
  project: Project,
  place: string,
  hashes: readonly string[],
  pause: Pause,
): Promise<Fault | undefined> {
  if (!existsSync(place)) return describeAbsent(project, place);
  if (hashes.length === 0)
    return {
      state: 'unknown',
      text: 'no run of this project made this model or drew with it',
      remedy: 'Nothing: it was not compared.',
    };
  const found = await hashModelAnew(place, pause);
  if (hashes.includes(found)) return undefined;
  const [expected, got] = [hashes.at(-1)!, found].map((hash) => hash.slice(0, 12));
  return {
    state: 'changed',
    text: `expected the model ${expected}, got ${got}: files were changed or damaged`,
    remedy:
      'Restore it from a copy; a tuned model is written anew by the same `collimate tune`. One that was changed on purpose needs another name.',
  };
}

/** `collimate remove model` leaves the row, for what the model drew; the one that draws now has to be there. */
function describeAbsent(project: Project, place: string): Fault {
  if (resolve(project.dir, project.config.model) === place)
    return {
      state: 'missing',
      text: 'the model of this project is not there',
      remedy: 'Restore it from a copy, or set `model` in collimate.yaml to another one.',
    };
  return {
    state: 'gone',
    text: 'this model was recorded and is not there: removed, moved or lost',
    remedy: 'Nothing, or restore it from a copy to draw with it.',
  };
}

/** `hashModel` from the bytes as they are now: which files count is asked first, then each is read. */
async function hashModelAnew(place: string, pause: Pause): Promise<string> {
  const hashes = new Map<string, string>();
  hashModel(place, undefined, (path) => {
    hashes.set(path, '');
    return '';
  });
  for (const path of hashes.keys()) hashes.set(path, await hashAnew(path, pause));
  return hashModel(place, undefined, (path) => hashes.get(path)!);
}
