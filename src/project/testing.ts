// A small filled store for tests: one prompt, one base model, images, a rater and a guideline in a temporary folder.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { EMBEDDED } from './config/database-url.ts';
import { type Database, isPostgres, openDatabase, readSchema } from './database/database.ts';
import { openPool } from './database/driver-postgres.ts';
import { imageId, insertImages, type NewImage } from './images/images.ts';
import { putModel } from './images/models.ts';
import { insertPrompts, promptId } from './images/prompts.ts';
import { addGuideline } from './rating/guidelines.ts';
import { putRater } from './rating/raters.ts';

/** A temporary folder that the test removes when it ends. */
export function makeTemporaryDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-test-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * Runs `work` with a folder that shows `source` and cannot be written, as an archive; false where that needs a root who is
 * not there. What root may not write either is a file system that is mounted so.
 */
export async function withReadOnlyView(source: string, work: (archive: string) => Promise<void>): Promise<boolean> {
  const archive = mkdtempSync(join(tmpdir(), 'collimate-archive-'));
  const mount = 'mount --bind "$0" "$1" && mount -o remount,ro,bind "$1"';
  try {
    if (spawnSync('sh', ['-c', mount, source, archive]).status !== 0) return false;
    await work(archive);
    return true;
  } finally {
    spawnSync('umount', ['-l', archive]);
    rmdirSync(archive);
  }
}

/** A SQLite database in a temporary folder, closed when the test ends. */
export async function openTestDatabase(t: TestContext): Promise<Database> {
  const db = await openDatabase(join(makeTemporaryDir(t), 'test.db'));
  t.after(() => db.destroy());
  return db;
}

/** The address of a PostgreSQL server for tests, whose user may make schemas; without it, tests run on SQLite alone. */
const POSTGRES = process.env.COLLIMATE_TEST_POSTGRES;

/** Why a test of PostgreSQL is skipped, or false where it runs. */
export const skipPostgres: string | false =
  POSTGRES !== undefined && POSTGRES !== ''
    ? false
    : 'COLLIMATE_TEST_POSTGRES names no PostgreSQL database; `.ci/run` starts one';

/** The address of an empty schema, and what drops it with the schema of its queue, if one was opened. */
async function createSchema(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const pool = openPool(POSTGRES!, { size: 1 });
  await pool.query(`create schema ${name}`);
  const url = new URL(POSTGRES!);
  url.searchParams.set('options', `-c search_path=${name}`);
  return {
    url: url.href,
    async drop() {
      await pool.query(
        `set client_min_messages = warning; drop schema ${name} cascade; drop schema if exists ${name}_work cascade`,
      );
      await pool.end();
    },
  };
}

/** The address of an empty schema, which is dropped when the test ends. */
export async function makePostgresSchema(t: TestContext): Promise<string> {
  const { url, drop } = await createSchema();
  t.after(drop);
  return url;
}

/** Where a test's database is: an argument of `openDatabase`, for as many openings as the test likes. */
type MakeTarget = (t: TestContext) => Promise<string>;

/** The databases that everything in the store works on. */
const DATABASES: readonly { name: string; skip: string | false; makeTarget: MakeTarget }[] = [
  { name: 'SQLite', skip: false, makeTarget: async (t) => join(makeTemporaryDir(t), 'test.db') },
  { name: 'PostgreSQL', skip: skipPostgres, makeTarget: makePostgresSchema },
];

/** The names of a project's tables. On PostgreSQL those of its schema alone are asked for: others come and go meanwhile. */
export async function listTables(db: Database): Promise<string[]> {
  if (!isPostgres(db)) return (await db.introspection.getTables()).map(({ name }) => name);
  const schema = await readSchema(db);
  const { rows } = await sql<{
    name: string;
  }>`select tablename as name from pg_tables where schemaname = ${schema}`.execute(db);
  return rows.map(({ name }) => name);
}

/** Registers one test for each database; `patch` is what a project's configuration says to use an empty one. */
export function testProjects(name: string, work: (t: TestContext, patch: { database: string }) => Promise<void>): void {
  for (const { name: database, skip, makeTarget } of DATABASES)
    test(`${name} (${database})`, { skip }, async (t) =>
      work(t, { database: database === 'SQLite' ? EMBEDDED : await makeTarget(t) }),
    );
}

/** Databases for a suite that spans many tests: its first step makes one, its last one takes it away. */
export const SUITE_DATABASES = [
  { name: 'SQLite', skip: false, make: async () => ({ url: EMBEDDED, drop: async () => {} }) },
  { name: 'PostgreSQL', skip: skipPostgres, make: createSchema },
] as const;

/** Registers one test for each database; each run has an empty database of its own. */
export function testDatabases(
  name: string,
  work: (t: TestContext, db: Database, target: string) => Promise<void>,
): void {
  for (const { name: database, skip, makeTarget } of DATABASES) {
    test(`${name} (${database})`, { skip }, async (t) => {
      const target = await makeTarget(t);
      const db = await openDatabase(target);
      try {
        await work(t, db, target);
      } finally {
        await db.destroy();
      }
    });
  }
}

export interface CuttableNetwork {
  readonly url: string;
  /** Cuts every connection and lets none through. */
  cut(): void;
  mend(): void;
}

/** A way to the server at `url` that can be cut. */
export async function makeNetwork(t: TestContext, url: string): Promise<CuttableNetwork> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let open = true;
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    if (!open) return socket.destroy();
    const other = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  t.after(() => {
    cut();
    server.close();
  });
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mend = () => {
    open = true;
  };
  return { url: through.href, cut, mend };
}

export const BASE_HASH = 'b'.repeat(64);
export const PROMPT = 'two green dogs in a city';

/** The image that seed `seed` draws for `PROMPT`. */
export function makeImage(seed: number): NewImage {
  const hash = seed.toString(16).padStart(64, '0');
  return {
    promptId: promptId(PROMPT),
    seed,
    sampler: 'ddim',
    steps: 20,
    guidanceScale: 7.5,
    modelHash: BASE_HASH,
    purpose: 'feedback',
    hash,
  };
}

/** Fills `db` with `count` images of `PROMPT` and rater `ann`; returns the identifiers of the images. */
export async function fillStore(db: Database, count: number): Promise<string[]> {
  await addGuideline(db, 'Good shows what the prompt says.');
  const slots = { count: 2, color: 'green', subject: 'dog', background: 'city' };
  await insertPrompts(db, [{ text: PROMPT, category: 'combination', slots, split: 'seen' }]);
  await putModel(db, { hash: BASE_HASH, kind: 'base', path: 'embedded' });
  await putRater(db, { id: 'ann', name: 'Ann', kind: 'human', settings: {} });
  const images = Array.from({ length: count }, (_, seed) => makeImage(seed));
  await insertImages(db, images);
  return images.map(imageId);
}
