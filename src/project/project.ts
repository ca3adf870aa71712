// A project: a folder with `collimate.yaml`, `images/`, `weights/` and `runs/`, and `collimate.db` or a PostgreSQL database.

import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CollimateError } from '../util/errors.ts';
import { rememberHashes } from '../util/file-hashes.ts';
import { writeFileAtomic } from '../util/files.ts';
import type { Config, ConfigPatch } from './config/config.ts';
import { CONFIG_FILE, readConfigFile } from './config/config-file.ts';
import { type ConfigInputs, type LoadedConfig, loadConfig, renderConfigFile } from './config/config-load.ts';
import { EMBEDDED } from './config/database-url.ts';
import { FOLDER } from './config/objects-address.ts';
import { type Database, type OpenOptions, openDatabase } from './database/database.ts';
import { acquireLock, type Lock, type LockHolder, readLivingHolders } from './database/lock.ts';
import { type BlobHome, type BlobStore, openBlobStore } from './images/blobs.ts';
import { sweepStaging } from './images/staging.ts';
import type { Objects } from './objects/objects.ts';
import { copyWhereReadOnly, requireWritable } from './read-only.ts';

/** The SQLite file of a project whose database is not elsewhere. */
export const DATABASE_FILE = 'collimate.db';

/** An open project. */
export interface Project {
  /** Its folder, absolute. */
  dir: string;
  config: Config;
  /** Where each value of `config` came from, by key path. */
  sources: LoadedConfig['sources'];
  /** What the configuration calls by the name of an earlier release, in words. */
  notes: readonly string[];
  db: Database;
  /** PNG files by content. */
  images: BlobStore;
  /** Safetensors files by content. */
  weights: BlobStore;
  /** The bucket that holds both, where they are not in the project's folder alone. */
  objects: Objects | undefined;
  /** Where stages keep what is not named by content: `runs/<run id>/checkpoint-<step>/`, reports, logs. */
  runsDir: string;
  /** Where what can be made again is kept, such as small versions of pictures. */
  cacheDir: string;
  /** Whether the folder cannot be written: what the database is told is forgotten when it is closed. */
  readOnly: boolean;
  /**
   * Takes the project for one stage; reading and rating go on beside it. With settings, so may other stages, and this one with
   * others: what the settings say is what may not be made twice at once.
   *
   * @throws CollimateError LOCKED
   */
  lock(stage: string, settings?: object): Promise<Lock>;
  /** Which stages work on the project now, the one that began first in front. */
  holders(): Promise<LockHolder[]>;
  close(): Promise<void>;
}

/** The nearest folder at or above `from` that holds a `collimate.yaml`. */
export function findProjectDir(from: string): string | undefined {
  const dir = resolve(from);
  if (existsSync(join(dir, CONFIG_FILE))) return dir;
  return dirname(dir) === dir ? undefined : findProjectDir(dirname(dir));
}

/** The config file of the nearest project at or above `from`, read, or undefined where there is none. */
export function findProjectConfig(from: string): { patch: unknown; path: string } | undefined {
  const dir = findProjectDir(from);
  if (!dir) return undefined;
  const path = join(dir, CONFIG_FILE);
  return { patch: readConfigFile(path), path };
}

/**
 * Opens the project at `dir` or in the nearest folder above it.
 *
 * @throws CollimateError USAGE where there is none, CONFIG for values that do not fit, STORAGE for a damaged database.
 */
export async function openProject(
  dir: string,
  inputs: Omit<ConfigInputs, 'file'> & OpenOptions & { readonly isNew?: boolean } = {},
): Promise<Project> {
  const file = findProjectConfig(dir);
  if (!file) {
    throw new CollimateError(
      'USAGE',
      `there is no ${CONFIG_FILE} in ${resolve(dir)} or above it`,
      'Make a project with `collimate init`, or name one with --project DIR.',
    );
  }
  const found = dirname(file.path);
  const { config, sources, notes } = loadConfig({ ...inputs, file });
  sweepStaging(found);
  const lockFile = join(found, 'collimate.lock');
  const { database } = config;
  const embedded = database === EMBEDDED;
  // A new project may be made where folders of these names are somebody's own.
  if (embedded && !inputs.isNew) requireRows(found);
  const saveHashes = rememberHashes(join(found, 'cache', 'file-hashes.json'));
  const copy = embedded ? copyWhereReadOnly(join(found, DATABASE_FILE)) : undefined;
  const db = await openDatabase(embedded ? (copy?.path ?? join(found, DATABASE_FILE)) : database, inputs);
  const objects =
    config.objects === FOLDER
      ? undefined
      : (await import('./objects/s3.ts')).openBucket(config.objects, inputs.patience);
  const home: BlobHome | undefined = objects && { objects, cacheBytes: config.objectsCacheGib * 2 ** 30 };
  return {
    dir: found,
    config,
    sources,
    notes,
    db,
    images: openBlobStore(join(found, 'images'), '.png', home),
    weights: openBlobStore(join(found, 'weights'), '.safetensors', home),
    objects,
    runsDir: join(found, 'runs'),
    cacheDir: copy ? dirname(copy.path) : join(found, '.cache'),
    readOnly: copy !== undefined,
    lock: async (stage, settings) => {
      requireWritable({ dir: found, readOnly: copy !== undefined }, stage);
      const scope = { stage, settings };
      return embedded
        ? acquireLock(db, lockFile, scope)
        : (await import('./database/lock-postgres.ts')).acquirePostgresLock(db, database, scope);
    },
    holders: async () =>
      embedded ? readLivingHolders(lockFile) : (await import('./database/lock-postgres.ts')).readPostgresHolders(db),
    async close() {
      if (!copy) saveHashes();
      objects?.close();
      await db.destroy();
      copy?.remove();
    },
  };
}

/** Files without their rows: a database that was lost must not begin anew, empty, in silence. */
function requireRows(dir: string): void {
  const path = join(dir, DATABASE_FILE);
  const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeOf(path) + sizeOf(`${path}-wal`) > 0) return;
  const full = ['images', 'weights', 'runs'].filter((name) => {
    const folder = join(dir, name);
    return existsSync(folder) && readdirSync(folder).some((entry) => !entry.startsWith('.'));
  });
  if (full.length === 0) return;
  throw new CollimateError(
    'STORAGE',
    `${dir}: ${full.join(' and ')} hold files, and ${DATABASE_FILE}, which says what they are, is not there, or empty`,
    'Restore it from a copy, or name the database that has its rows as `database` in collimate.yaml. To begin anew, move these folders away.',
  );
}

/**
 * Makes a project in `dir` with the values of `patch` set in its config file, and opens it.
 *
 * @throws CollimateError USAGE where the folder is a project already.
 */
export async function createProject(
  dir: string,
  patch: ConfigPatch = {},
  env: Record<string, string | undefined> = {},
): Promise<Project> {
  const path = join(resolve(dir), CONFIG_FILE);
  if (existsSync(path))
    throw new CollimateError('USAGE', `${resolve(dir)} is a project already`, `Edit ${path}, or name another folder.`);
  loadConfig({ file: { patch, path } });
  for (const name of ['images', 'weights', 'runs']) mkdirSync(join(resolve(dir), name), { recursive: true });
  writeFileAtomic(path, renderConfigFile(patch));
  return openProject(dir, { env, isNew: true });
}
