// A project on servers and workers for it, for tests: a real PostgreSQL, a real S3 server, tiny models.

import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeTinyProject, quietProgress } from '../method/feedback/testing.ts';
import type { Session } from '../method/session.ts';
import type { ConfigPatch } from '../project/config/config.ts';
import { openDatabase } from '../project/database/database.ts';
import { openBlobStore } from '../project/images/blobs.ts';
import { openBucket } from '../project/objects/s3.ts';
import { makeBucket, type TestBucket } from '../project/objects/testing.ts';
import { openProject, type Project } from '../project/project.ts';
import { makePostgresSchema, makeTemporaryDir } from '../project/testing.ts';
import { openCrew } from '../project/work/crew.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { ALL_KINDS, runWorker, type WorkerSummary } from './worker.ts';

export interface SharedProject {
  readonly project: Project;
  readonly bucket: TestBucket;
  readonly session: Session;
  /** What progress and crew told. */
  readonly notes: string[];
}

/** A tiny project whose rows and files are on servers, with a session that knows of its workers. */
export async function makeSharedProject(
  t: TestContext,
  {
    generate,
    workers,
    database,
    make = async (dir, patch) => (await makeTinyProject(dir, patch)).project,
    world = null,
  }: {
    generate?: ConfigPatch['generate'];
    workers?: ConfigPatch['workers'];
    database?: string;
    /** Makes another project than a tiny one. */
    make?: (dir: string, patch: ConfigPatch) => Promise<Project>;
    world?: Session['world'];
  } = {},
): Promise<SharedProject> {
  const bucket = await makeBucket(t);
  const notes: string[] = [];
  const progress = { ...quietProgress(), note: (text: string) => void notes.push(text) };
  const patience = { ms: 60_000, tell: progress.note };
  const dir = makeTemporaryDir(t);
  const made = await make(dir, {
    database: database ?? (await makePostgresSchema(t)),
    objects: bucket.address,
    workers: { use: 'wait', heartbeat: 10, ...workers },
    ...(generate && { generate }),
  });
  await made.close();
  // As commands open it: they wait for servers that go away.
  const project = await openProject(dir, { patience });
  const crew = openCrew({ db: project.db, config: project.config, patience });
  t.after(async () => {
    await crew.close();
    await project.close();
  });
  const signal = new AbortController().signal;
  return { project, bucket, notes, session: { project, world, progress, signal, crew } };
}

export interface TestWorker {
  readonly dir: string;
  readonly notes: string[];
  readonly ended: Promise<WorkerSummary>;
  stop(): Promise<WorkerSummary>;
}

/** A worker in this process, with a folder of its own; it ends with the test. */
export async function startTestWorker(
  t: TestContext,
  { config }: Project,
  {
    database = config.database,
    batchSize = 4,
    memory,
    dir = makeTemporaryDir(t),
  }: { database?: string; batchSize?: number; memory?: number; dir?: string } = {},
): Promise<TestWorker> {
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const stop = new AbortController();
  const patience = { ms: 60_000, tell: note };
  const objects = openBucket(config.objects, patience);
  const db = await openDatabase(database, { patience, migrate: false });
  const ended = runWorker({
    db,
    database,
    objects,
    images: openBlobStore(join(dir, 'images'), '.png', { objects, cacheBytes: 2 ** 30 }),
    modelsDir: join(dir, 'models'),
    engine: { provider: 'cpu', threads: 1 },
    note,
    patience,
    kinds: ALL_KINDS,
    batchSize,
    memory,
    openWorld: async (of) => openWorld(of),
    signal: stop.signal,
  }).finally(async () => {
    objects.close();
    await db.destroy();
  });
  ended.catch(() => undefined);
  t.after(async () => {
    stop.abort();
    await ended.catch(() => undefined);
  });
  return {
    dir,
    notes,
    ended,
    stop() {
      stop.abort();
      return ended;
    },
  };
}
