// A copy of a whole project in another folder, which is a project itself: rows in SQLite wherever they were, and every file beside.

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CollimateError } from '../util/errors.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import type { Progress } from '../util/progress.ts';
import { CONFIG_FILE } from './config/config-file.ts';
import { changeConfigFile } from './config/config-write.ts';
import { writeSnapshot } from './database/snapshot.ts';
import { copyObjects } from './objects/copy-objects.ts';
import { openFolderObjects } from './objects/folder.ts';
import { DATABASE_FILE, type Project } from './project.ts';

export interface CopiedFiles {
  readonly files: number;
  /** How many of them were there already, as they are. */
  readonly there: number;
  readonly bytes: number;
}

interface CopyOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What of a project's folder is of one machine and moment, or can be made again. */
const LEFT_OUT = /^(collimate\.(lock|db(-wal|-shm|-journal)?)|\.?cache)(\/|$)|(^|\/)\.import-|\.(tmp|part)$/;

/**
 * Copies a project to the folder `to`: new, or an earlier copy, to which what is new is added; what was removed from the project since stays
 * in it. Rows come first, so that each has its file; people may rate meanwhile.
 *
 * @throws CollimateError USAGE for a folder that holds something else or lies in the project, STORAGE, INTERRUPTED
 */
export async function backUp(project: Project, to: string, options: CopyOptions): Promise<CopiedFiles> {
  const target = resolve(to);
  refuseTarget(project.dir, target);
  mkdirSync(target, { recursive: true });
  await writeSnapshot(project.db, join(target, DATABASE_FILE));
  const copied = copyFiles(project.dir, target, options);
  const { objects } = project;
  if (objects) await copyObjects(objects, openFolderObjects(target), ['images/', 'weights/'], options);
  // The copy stands on its own, and holds no password of a server.
  changeConfigFile(target, { database: null, objects: null });
  return copied;
}

/**
 * Copies a backup to the folder `to`, which is a project from then on.
 *
 * @throws CollimateError USAGE where `from` is no backup or `to` holds something.
 */
export function restore(from: string, to: string, options: CopyOptions): CopiedFiles {
  const [source, target] = [resolve(from), resolve(to)];
  if (!existsSync(join(source, CONFIG_FILE)) || !existsSync(join(source, DATABASE_FILE)))
    throw new CollimateError(
      'USAGE',
      `restore: ${source} holds no ${CONFIG_FILE} with a ${DATABASE_FILE}`,
      'Name a folder that `collimate backup` made.',
    );
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new CollimateError('USAGE', `restore: ${target} is not empty`, 'Name a folder that is not there yet.');
  refuseTarget(source, target);
  mkdirSync(target, { recursive: true });
  const copied = copyFiles(source, target, options);
  copyFile(join(source, DATABASE_FILE), join(target, DATABASE_FILE));
  return copied;
}

function refuseTarget(from: string, to: string): void {
  const way = relative(from, to);
  if (way === '' || !(way.startsWith('..') || resolve(way) === way))
    throw new CollimateError('USAGE', `${to} lies in ${from}`, 'Name a folder elsewhere, best on another disk.');
  if (existsSync(to) && readdirSync(to).length > 0 && !existsSync(join(to, DATABASE_FILE)))
    throw new CollimateError(
      'USAGE',
      `${to} is not empty, and no backup`,
      'Name an empty folder, or one that is not there.',
    );
}

function copyFiles(from: string, to: string, { progress, signal }: CopyOptions): CopiedFiles {
  const names = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)))
    .filter((name) => !LEFT_OUT.test(name.split(sep).join('/')))
    .sort();
  let [there, bytes] = [0, 0];
  progress.stage('copy', names.length);
  for (const [i, name] of names.entries()) {
    throwIfInterrupted(signal);
    const [source, target] = [join(from, name), join(to, name)];
    if (isSame(source, target)) there++;
    else bytes += copyFile(source, target);
    progress.tick(i + 1);
  }
  progress.done();
  return { files: names.length, there, bytes };
}

/** Copies keep the time of their file, so that one that has both is the same. */
function isSame(source: string, target: string): boolean {
  const [one, other] = [source, target].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && one.size === other?.size && Math.abs(one.mtimeMs - other.mtimeMs) < 1000;
}

/** Returns its bytes; a file that was removed meanwhile has none. */
function copyFile(source: string, target: string): number {
  const { size, atime, mtime } = statSync(source, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) return 0;
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.part`;
  try {
    copyFileSync(source, temporary);
    utimesSync(temporary, atime!, mtime!);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return size;
}
