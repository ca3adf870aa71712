// `collimate worker`: takes work of a project from its database, on any machine that reaches database and objects.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { chooseEngine } from '../models/inference/device.ts';
import { loadConfig } from '../project/config/config-load.ts';
import { isPostgresUrl } from '../project/config/database-url.ts';
import { FOLDER } from '../project/config/objects-address.ts';
import { openDatabase } from '../project/database/database.ts';
import { openBlobStore } from '../project/images/blobs.ts';
import { openBucket } from '../project/objects/s3.ts';
import { findProjectConfig } from '../project/project.ts';
import type { WorkKind } from '../project/work/kinds.ts';
import { requireShared } from '../project/work/queue.ts';
import { formatDuration, formatNumber, plural } from '../util/text.ts';
import { ALL_KINDS, runWorker, type WorkerSummary } from '../worker/worker.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags, readConfigFlags } from './flags.ts';
import { numberBetween, wholeNumber } from './numbers.ts';

/** A worker outlives the restart of a server; it waits for a day. */
const PATIENCE_MS = 24 * 3600 * 1000;

interface WorkerFlags {
  kinds: WorkKind[];
  batchSize: number;
  memory?: number;
  cache: string;
  idle?: number;
}

export function register(command: Command, context: CliContext): void {
  addConfigFlags(command, []);
  command
    .option('--kinds <list>', `what it takes, of ${ALL_KINDS.join(', ')}`, parseKinds, ALL_KINDS)
    .option('--batch-size <n>', 'items that are taken at once', wholeNumber(1, 4096), 32)
    .option(
      '--memory <gib>',
      'largest memory that a model may need; by default all of this machine',
      numberBetween(0.01, 1e6),
    )
    .option(
      '--cache <dir>',
      'where copies of objects and models are kept',
      join(homedir(), '.cache', 'collimate', 'worker'),
    )
    .option('--idle <seconds>', 'end after so long without work, as in a batch job', numberBetween(0, 1e9));
  command.action(async (flags: WorkerFlags) => {
    const summary = await work(flags, command, context);
    context.print(summary, describe(summary));
  });
  addExamples(command, [
    'worker --database postgres://ann@db.example.org/pictures --objects s3://pictures/dogs',
    'worker --device cuda --kinds draw',
    'worker --idle 60 --json',
  ]);
}

async function work(
  flags: WorkerFlags,
  command: Command,
  { env, signal, progress, options }: CliContext,
): Promise<WorkerSummary> {
  const file = findProjectConfig(options().project ?? '.');
  const { config } = loadConfig({ env, flags: readConfigFlags(command), ...(file && { file }) });
  const { database } = config;
  requireShared(database, config.objects, isPostgresUrl(database) && config.objects !== FOLDER);
  const { note } = progress();
  const patience = { ms: PATIENCE_MS, tell: note, signal };
  const db = await openDatabase(database, { patience, migrate: false });
  const objects = openBucket(config.objects, patience);
  const cache = resolve(flags.cache);
  const home = { objects, cacheBytes: config.objectsCacheGib * 2 ** 30 };
  try {
    return await runWorker({
      db,
      database,
      objects,
      images: openBlobStore(join(cache, 'images'), '.png', home),
      modelsDir: join(cache, 'models'),
      engine: await chooseEngine(config, note),
      note,
      // Of all kinds of work, cells of experiments alone have a world.
      openWorld: async (config) => (await import('../world/worlds/worlds.ts')).openWorld(config),
      patience,
      kinds: flags.kinds,
      batchSize: flags.batchSize,
      memory: flags.memory === undefined ? undefined : flags.memory * 2 ** 30,
      idleMs: flags.idle === undefined ? undefined : flags.idle * 1000,
      signal,
    });
  } finally {
    objects.close();
    await db.destroy();
  }
}

function parseKinds(text: string): WorkKind[] {
  const names = text.split(/[,\s]+/).filter((name) => name !== '');
  const unknown = names.find((name) => !(ALL_KINDS as string[]).includes(name));
  if (names.length > 0 && unknown === undefined) return names as WorkKind[];
  throw new InvalidArgumentError(`Give some of ${ALL_KINDS.join(', ')}, with commas.`);
}

function describe({ worker, done, failed, seconds }: WorkerSummary): string {
  const troubles = failed > 0 ? `, and ${formatNumber(failed)} tries failed` : '';
  return `${worker} made ${plural(done, 'item')} in ${formatDuration(seconds)}${troubles}.`;
}
