// Checkpoints of tuning runs: each file against the hashes that were kept beside it.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { listCheckpointFolders, statePath } from '../../method/tuning/checkpoint.ts';
import { listModels } from '../../project/images/models.ts';
import { listCheckpoints } from '../../project/learning/checkpoints.ts';
import type { Project } from '../../project/project.ts';
import { readFolderHashes } from '../../util/folder-hashes.ts';
import { catchRefusal, type Fault, hashAnew, type Pause, type Piece, showPath } from './check-piece.ts';

const REMEDY =
  'Restore it from a copy, or delete the checkpoint; `collimate tune` goes on from another one with --resume-from-checkpoint.';

/** Folders that are there, and those that rows name and that are not. */
export async function listCheckpointPieces(project: Project): Promise<Piece[]> {
  const { runsDir } = project;
  const there = listFolders(runsDir).flatMap((run) =>
    listCheckpointFolders(join(runsDir, run)).map(({ path }) => path),
  );
  const gone = (await listNamed(project)).filter((path) => !there.includes(path));
  return [
    ...there.map((path) => ({ path: showPath(project, path), look: (pause: Pause) => lookAtCheckpoint(path, pause) })),
    ...gone.map((path) => ({ path: showPath(project, path), look: async () => GONE })),
  ];
}

const GONE: Fault = {
  state: 'gone',
  text: 'this checkpoint was recorded and is not kept; a finished run does not need it',
  remedy: 'Nothing, or restore it from a copy to draw with it.',
};

/** The checkpoint folders of rows; the last step of a run is a model in `models/` instead. */
async function listNamed({ db, dir, runsDir }: Project): Promise<string[]> {
  const made = new Set((await listCheckpoints(db)).map(({ modelHash }) => modelHash));
  return (await listModels(db))
    .filter(({ hash }) => made.has(hash))
    .map(({ path }) => resolve(dir, path))
    .filter((path) => path.startsWith(join(runsDir, '/')));
}

function listFolders(dir: string): string[] {
  return existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
}

async function lookAtCheckpoint(folder: string, pause: Pause): Promise<Fault | undefined> {
  let hashes: Readonly<Record<string, string>> | undefined;
  const refused = await catchRefusal(() => {
    hashes = readFolderHashes(folder);
  });
  if (refused) return refused;
  if (!hashes)
    return {
      state: 'unknown',
      text: 'an earlier version saved it and kept no hashes of its files',
      remedy: 'Nothing: it was not compared.',
    };
  const [changed, missing]: [string[], string[]] = [[], []];
  for (const [name, hash] of Object.entries(hashes)) {
    const path = join(folder, name);
    if (existsSync(path)) {
      if ((await hashAnew(path, pause)) !== hash) changed.push(name);
    } else if (name !== basename(statePath(folder))) missing.push(name); // only the newest keeps its state
  }
  if (changed.length > 0)
    return { state: 'changed', text: `${changed.join(', ')}: not the content that was saved there`, remedy: REMEDY };
  if (missing.length > 0) return { state: 'missing', text: `${missing.join(', ')}: not there`, remedy: REMEDY };
  return undefined;
}
