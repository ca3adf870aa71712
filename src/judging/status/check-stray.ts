// Files where only named ones belong, that no row names: what a killed stage left, or somebody put there.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobStore } from '../../project/images/blobs.ts';
import { listImages } from '../../project/images/images.ts';
import { STAGING } from '../../project/images/staging.ts';
import { listRewardModels } from '../../project/learning/rewards.ts';
import { listRuns } from '../../project/learning/runs.ts';
import { JOBS_FOLDER, listJobIds } from '../../project/people/jobs.ts';
import type { Project } from '../../project/project.ts';
import { type Fault, type Piece, showPath } from './check-piece.ts';

/** Each of these is a fault, of the kind that harms nothing. */
export async function listStrayPieces(project: Project): Promise<Piece[]> {
  const { dir, db, images, weights, runsDir } = project;
  const [pictures, rewards] = [await listImages(db), await listRewardModels(db)];
  const runs = new Set((await listRuns(db)).map(({ id }) => id));
  const [jobs, jobsDir] = [new Set(await listJobIds(db)), join(runsDir, JOBS_FOLDER)];
  const piece = (path: string, fault: Fault): Piece => ({ path: showPath(project, path), look: async () => fault });
  const stray = [
    ...listUnnamed(join(dir, 'images'), images, pictures),
    ...listUnnamed(join(dir, 'weights'), weights, rewards),
  ];
  return [
    ...stray.map((path) => piece(path, UNNAMED)),
    ...listEntries(join(dir, 'images'))
      .filter((name) => name.startsWith(STAGING))
      .map((name) => piece(join(dir, 'images', name), UNDER_WAY)),
    ...listEntries(runsDir)
      .filter((name) => !runs.has(name) && name !== JOBS_FOLDER)
      .map((name) => piece(join(runsDir, name), UNKNOWN_RUN)),
    ...listEntries(jobsDir)
      .filter((name) => !jobs.has(name))
      .map((name) => piece(join(jobsDir, name), UNKNOWN_JOB)),
  ];
}

const UNNAMED: Fault = {
  state: 'unknown',
  text: 'no row names this file; a stage that was killed may have left it',
  remedy: 'It may be deleted, unless somebody put it there.',
};

const UNDER_WAY: Fault = {
  state: 'unknown',
  text: 'an import keeps its files here until all of them are sound',
  remedy:
    'Nothing: what an import that was killed leaves is removed when the project is next opened, if it can be written.',
};

const UNKNOWN_RUN: Fault = {
  state: 'unknown',
  text: 'the database knows of no such run',
  remedy: 'It may be deleted, unless somebody put it there.',
};

const UNKNOWN_JOB: Fault = { ...UNKNOWN_RUN, text: 'the database knows of no such job of the studio' };

function listUnnamed(folder: string, store: BlobStore, rows: readonly { readonly hash: string }[]): string[] {
  const named = new Set(rows.map(({ hash }) => store.blobPath(hash)));
  return listEntries(folder)
    .filter((name) => !name.startsWith(STAGING))
    .flatMap((name) => listFiles(join(folder, name)))
    .filter((path) => !named.has(path));
}

function listEntries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** A file, or all files below a folder. */
function listFiles(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}
