// A copy of a whole project in another folder, which is a project itself: rows in SQLite wherever they were, and every file beside.

import {
  copyFileSync,
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CollimateError } from '../util/errors.ts';
import { writeFileAtomic } from '../util/files.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import type { Progress } from '../util/progress.ts';
import { CONFIG_FILE } from './config/config-file.ts';
import { changeConfigFile } from './config/config-write.ts';
import { writeSnapshot } from './database/snapshot.ts';
import { type CopiedObjects, copyObjects } from './objects/copy-objects.ts';
import { openFolderObjects } from './objects/folder.ts';
import type { Objects } from './objects/objects.ts';
import { DATABASE_FILE, type Project } from './project.ts';

export interface CopiedFiles {
  readonly files: number;
  /** How many of them were there already, as they are. */
  readonly there: number;
  readonly bytes: number;
  /** Links, by their names: what they lead to is not copied. */
  readonly links: readonly string[];
}

interface CopyOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What of a project's folder is of one machine and moment, or can be made again. */
const LEFT_OUT =
  /^(collimate\.(lock|db(-wal|-shm|-journal)?)|backup\.json|\.?cache)(\/|$)|(^|\/)\.import-|\.(tmp|part)$/;
/** What of a project's folder is a copy of what its bucket holds. */
const CACHED = /^(images|weights)\//;
/** What a copy has and a project has not: of which project it is. */
const MARK = 'backup.json';

/**
 * Copies a project to the folder `to`: new, or an earlier copy, to which what is new is added; what was removed from the project since stays
 * in it. Rows come first, so that each has its file; people may rate meanwhile.
 *
 * @throws CollimateError USAGE for a folder that holds something else or lies in the project, STORAGE, INTERRUPTED
 */
export async function backUp(project: Project, to: string, options: CopyOptions): Promise<CopiedFiles> {
  const target = resolve(to);
  refuseInside(project.dir, target);
  refuseOther(project.dir, target);
  mkdirSync(target, { recursive: true });
  writeFileAtomic(join(target, MARK), `${JSON.stringify({ of: project.dir })}\n`);
  await writeSnapshot(project.db, join(target, DATABASE_FILE));
  const { objects } = project;
  const own = copyFiles(project.dir, target, options, objects && CACHED);
  const copied = objects ? add(own, await fetchObjects(objects, target, options)) : own;
  // The copy stands on its own, and holds no password of a server.
  changeConfigFile(target, { database: null, objects: null });
  return copied;
}

function fetchObjects(objects: Objects, target: string, options: CopyOptions): Promise<CopiedObjects> {
  return copyObjects(objects, openFolderObjects(target), ['images/', 'weights/'], { ...options, trustSizes: true });
}

function add({ files, there, bytes, links }: CopiedFiles, more: CopiedObjects): CopiedFiles {
  return { files: files + more.objects, there: there + more.there, bytes: bytes + more.copiedBytes, links };
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
  refuseInside(source, target);
  mkdirSync(target, { recursive: true });
  const copied = copyFiles(source, target, options);
  copyFile(join(source, DATABASE_FILE), join(target, DATABASE_FILE));
  return copied;
}

function refuseInside(from: string, to: string): void {
  const way = relative(from, to);
  if (way === '' || !(way.split(sep)[0] === '..' || isAbsolute(way)))
    throw new CollimateError('USAGE', `${to} lies in ${from}`, 'Name a folder elsewhere, best on another disk.');
}

/** Another project, and a copy of one, would lose its rows. */
function refuseOther(from: string, to: string): void {
  if (!existsSync(to) || readdirSync(to).length === 0) return;
  const mark = join(to, MARK);
  if (!existsSync(mark))
    throw new CollimateError(
      'USAGE',
      `${to} is not empty, and no backup`,
      'Name an empty folder, or one that is not there.',
    );
  const { of } = JSON.parse(readFileSync(mark, 'utf8')) as { of: string };
  if (of !== from)
    throw new CollimateError(
      'USAGE',
      `${to} is a backup of ${of}, not of ${from}`,
      `Name another folder; where the project was moved, correct ${mark}.`,
    );
}

/** @param except names, with slashes, of what comes from elsewhere */
function copyFiles(from: string, to: string, { progress, signal }: CopyOptions, except?: RegExp): CopiedFiles {
  const entries = readdirSync(from, { recursive: true, withFileTypes: true });
  const namesOf = (found: readonly Dirent[]) =>
    found
      .map((entry) => relative(from, join(entry.parentPath, entry.name)))
      .filter((name) => [LEFT_OUT, except].every((pattern) => !pattern?.test(name.split(sep).join('/'))))
      .sort();
  const names = namesOf(entries.filter((entry) => entry.isFile()));
  const links = namesOf(entries.filter((entry) => entry.isSymbolicLink()));
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
  return { files: names.length, there, bytes, links };
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
