// What a project takes on disk, and what of it comes back by itself if it is deleted.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE, type Project } from '../../project/project.ts';
import { bytesOf } from '../../util/disk.ts';

export interface DiskUse {
  readonly what: string;
  readonly bytes: number;
  /** What becomes of the project without it. */
  readonly without: string;
}

const FOLDERS = {
  images: 'needed: pictures cannot be rated or learned from without their files',
  weights: 'needed: reward functions',
  models: '`collimate remove model NAME` takes one away',
  runs: 'checkpoints and reports of runs; a finished run no longer needs its checkpoints',
  cache: 'may be deleted: it is computed again',
  studies: 'written again by `collimate evaluate verdict`',
} as const;

/** By folder, the largest first; other files of the folder are `other`. */
export function measureDisk({ dir }: Pick<Project, 'dir'>): DiskUse[] {
  const database = readdirSync(dir)
    .filter((name) => name.startsWith(DATABASE_FILE))
    .reduce((sum, name) => sum + bytesOf(join(dir, name)), 0);
  const folders = Object.entries(FOLDERS).map(([what, without]) => ({
    what,
    bytes: bytesOf(join(dir, what)),
    without,
  }));
  const named = [...folders, { what: 'database', bytes: database, without: 'needed: prompts, answers and lineage' }];
  const other = bytesOf(dir) - named.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...named, { what: 'other files', bytes: other, without: 'not of Collimate’s making, but for collimate.yaml' }]
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}
