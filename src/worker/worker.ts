// A worker: takes items that wait, makes what they name, and says so. It needs the database and the objects, nothing else. What
// it takes it holds by a sign of life; killed, it falls silent and others get its items. Asked to stop, it finishes what it has.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Span } from '@opentelemetry/api';
import type { Database } from '../project/database/database.ts';
import { readSchema, requireKnownSchema } from '../project/database/database.ts';
import { countModelBytes } from '../project/objects/models.ts';
import { BucketRefused } from '../project/objects/s3-errors.ts';
import { type Beat, startBeat } from '../project/work/beat.ts';
import { kindOfTopic, WORK_KINDS, type WorkKind } from '../project/work/kinds.ts';
import { openWorkQueue, type TakenItem, type WorkQueue } from '../project/work/queue.ts';
import { putWorker, removeWorker, type WorkerReport } from '../project/work/workers.ts';
import { CollimateError } from '../util/errors.ts';
import type { Patience } from '../util/patience.ts';
import { formatBytes, formatDuration, formatNumber, plural } from '../util/text.ts';
import { traced } from '../util/traced.ts';
import { type Bench, TooLarge, type WorkHandler } from './bench.ts';
import { HANDLERS } from './handlers.ts';

export interface WorkerOptions extends Omit<Bench, 'memory'> {
  readonly db: Database;
  /** Where the database is, for the queue's own connections. */
  readonly database: string;
  readonly patience: Patience;
  readonly kinds: readonly WorkKind[];
  /** Items that are taken at once. */
  readonly batchSize: number;
  /** Bytes of memory that a model may need; all of this machine where it is left out. */
  readonly memory?: number | undefined;
  /** Ends after so many milliseconds without work; without it, it waits for ever. */
  readonly idleMs?: number | undefined;
  /** Aborted: finish what is in hand, and end. */
  readonly signal: AbortSignal;
}

export interface WorkerSummary {
  readonly worker: string;
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
}

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [200, 2000];
/** How often signs of life are given: several times within the shortest silence that counts. */
const BEAT_MS = 2500;
/** After a refusal by the bucket; each one more in a row doubles it. */
const [FIRST_REFUSED_MS, LONGEST_REFUSED_MS] = [2000, 300_000];
/** Rounds in a row of which nothing could be made before others get to try first, and how long they get at most. */
const [FRUITLESS_ROUNDS, LONGEST_FRUITLESS_MS] = [3, 15_000];
/** How often the tables are looked at, whether a newer release changed them. */
const LOOK_MS = 1000;
/** How often a worker tells that it is at a topic. */
const TELL_MS = 60_000;
/** Tries of an item in company; one that ended its worker so often is tried alone, so that it takes no others with it. */
const TRIES_TOGETHER = 2;
/** What is wrong with this machine and not with an item: the worker ends, and others get what it had. */
const OWN_TROUBLES: readonly string[] = ['INTERRUPTED', 'DISK_FULL'];
/** Memory that a model takes, by the bytes of its files: as float32, and its activations. */
const MEMORY_PER_BYTE = 2;

/**
 * Works until asked to stop. A bucket that refuses it at the beginning ends it; one that refuses later is tried again, with growing
 * pauses, and what was in hand is given back.
 *
 * @throws CollimateError STORAGE where the tables are of another release or the bucket refuses, INTERRUPTED where a server stayed
 *   away, DISK_FULL; what the system says where the cache cannot be written, since all items would fail here
 */
export async function runWorker(options: WorkerOptions): Promise<WorkerSummary> {
  const { db, database, modelsDir, objects } = options;
  mkdirSync(modelsDir, { recursive: true });
  accessSync(modelsDir, constants.W_OK);
  await requireKnownSchema(db);
  for await (const _ of objects.list('models/')) break;
  const id = randomBytes(8).toString('hex');
  const beat = startBeat({ url: database, schema: await readSchema(db), worker: id, everyMs: BEAT_MS });
  try {
    return await workAs(id, options, beat);
  } finally {
    await beat.stop();
    await removeWorker(db, id).catch(() => undefined);
  }
}

async function workAs(id: string, options: WorkerOptions, beat: Beat): Promise<WorkerSummary> {
  const { db, database, patience, signal, note } = options;
  const queue = await openWorkQueue(db, database, patience);
  const worker = createWorker(id, options, queue);
  const began = Date.now();
  try {
    await worker.report();
    await Promise.race([beat.ready, untilAborted(signal)]);
    note('Ready for work; Ctrl+C ends it after what is in hand.');
    await workOn(options, worker, beat);
    return { worker: worker.name, ...worker.counts(), seconds: (Date.now() - began) / 1000 };
  } finally {
    await worker.close();
    await queue.close();
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** Round after round, until asked to stop or idle for long. */
async function workOn({ db, idleMs, signal, note }: WorkerOptions, worker: RunningWorker, beat: Beat): Promise<void> {
  let [idleSince, lookedAt] = [Date.now(), Date.now()];
  let [pause, refused, fruitless] = [FIRST_PAUSE_MS, 0, 0];
  while (!signal.aborted) {
    if (Date.now() - lookedAt > LOOK_MS) {
      await requireKnownSchema(db);
      lookedAt = Date.now();
    }
    const outcome = await takeAndWork(worker, beat).catch((error: unknown) => {
      if (error instanceof BucketRefused) return error;
      throw error;
    });
    if (outcome === 'made') fruitless = 0;
    if (outcome === 'failed') fruitless++;
    const isFruitless = outcome === 'failed' && fruitless >= FRUITLESS_ROUNDS;
    if ((outcome === 'made' || outcome === 'failed') && !isFruitless) {
      [idleSince, pause, refused] = [Date.now(), FIRST_PAUSE_MS, 0];
      continue;
    }
    let reason = '';
    if (outcome instanceof BucketRefused) {
      pause = Math.min(FIRST_REFUSED_MS * 2 ** refused++, LONGEST_REFUSED_MS);
      reason = outcome.message;
      note(
        `${reason}. ${outcome.hint} What was in hand is given back; tried again in ${formatDuration(pause / 1000)}.`,
      );
    } else if (isFruitless) {
      idleSince = Date.now();
      pause = Math.min(FIRST_REFUSED_MS * 2 ** (fruitless - FRUITLESS_ROUNDS), LONGEST_FRUITLESS_MS);
      reason = `Nothing of the last ${fruitless} rounds could be made here`;
      note(`${reason}: other workers get ${formatDuration(pause / 1000)} to try first.`);
    }
    await worker.report(reason);
    if (idleMs !== undefined && Date.now() - idleSince > idleMs) return;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}

/** What became of a round: at least one item was made, all that it took failed, or there was nothing that it could keep. */
type Outcome = 'made' | 'failed' | 'nothing';

/** One round. What it took and made is one span, of which none is sent where it took nothing. */
function takeAndWork(worker: RunningWorker, beat: Beat): Promise<Outcome> {
  const round = async (span: Span): Promise<Outcome> => {
    const items = await worker.take();
    if (items.length === 0) return 'nothing';
    span.updateName(`work ${items[0]!.topic}`).setAttribute('items', items.length);
    const before = worker.counts();
    beat.hold(items);
    try {
      await worker.work(items);
    } catch (error) {
      // Nobody has to wait until this one counts as dead. Where that cannot be said either, it falls silent.
      await worker.giveBack(items).catch(() => undefined);
      throw error;
    } finally {
      beat.hold([]);
    }
    const after = worker.counts();
    return after.done === before.done && after.failed > before.failed ? 'failed' : 'made';
  };
  return traced('work', {}, round, (outcome) => outcome !== 'nothing');
}

interface RunningWorker {
  readonly name: string;
  take(): Promise<TakenItem[]>;
  /** @throws CollimateError where what is wrong is not an item: the release, this machine, the bucket */
  work(items: readonly TakenItem[]): Promise<void>;
  giveBack(items: readonly TakenItem[]): Promise<void>;
  /** @param waitsFor why it makes nothing, where there is a reason */
  report(waitsFor?: string): Promise<void>;
  counts(): { done: number; failed: number };
  close(): Promise<void>;
}

function createWorker(id: string, options: WorkerOptions, queue: WorkQueue): RunningWorker {
  const { db, note, kinds, batchSize, signal, engine } = options;
  const memory = options.memory ?? totalmem();
  const name = `${hostname()}-${process.pid}`;
  let [done, failed, busyMs] = [0, 0, 0];
  let open: { topic: string; handler: WorkHandler } | undefined;
  /** When it was told of each topic. */
  const told = new Map<string, number>();
  /** Topics whose models are too large for this machine. */
  const left = new Set<string>();

  async function report(doing: string, isWorking: boolean): Promise<void> {
    const state = signal.aborted ? 'draining' : isWorking ? 'working' : 'ready';
    const perMinute = busyMs > 0 ? (60_000 * done) / busyMs : 0;
    const row: WorkerReport = {
      id,
      name,
      host: hostname(),
      pid: process.pid,
      kinds: kinds.join(' '),
      device: engine.provider ?? 'cpu',
      memoryMib: Math.round(memory / 2 ** 20),
      warm: open?.topic ?? '',
      state,
      doing,
      done,
      failed,
      perMinute,
    };
    await putWorker(db, row);
  }

  /** What it does, where that was not told for long: whoever watches one worker sees it in its log. */
  function tellNow(topic: string): void {
    if (Date.now() - (told.get(topic) ?? -Infinity) < TELL_MS) return;
    told.set(topic, Date.now());
    const pace = busyMs > 0 ? `, ${formatNumber(Number(((60_000 * done) / busyMs).toPrecision(3)))} a minute` : '';
    note(`At ${topic}; ${plural(done, 'item')} made so far${pace}.`);
  }

  async function handlerFor(item: TakenItem): Promise<WorkHandler> {
    const kind = await HANDLERS[kindOfTopic(item.topic)!].load();
    const files = kind.filesOf(item);
    if (open?.handler.files === files) return open.handler;
    await open?.handler.dispose();
    open = undefined;
    open = { topic: item.topic, handler: await kind.open({ ...options, memory }, item) };
    return open.handler;
  }

  /** Whether this machine can hold the model of a topic, which is named by the beginning of its hash. */
  async function fits(topic: string): Promise<boolean> {
    const bytes = await countModelBytes(options.objects, topic.split('-').at(-1)!);
    if (MEMORY_PER_BYTE * bytes <= memory) return true;
    left.add(topic);
    note(
      `${topic} is left to others: its model takes about ${formatBytes(MEMORY_PER_BYTE * bytes)}, of ${formatBytes(memory)} here.`,
    );
    return false;
  }

  async function make(items: readonly TakenItem[]): Promise<void> {
    await traced(`make ${items[0]!.topic}`, { items: items.length }, async () =>
      (await handlerFor(items[0]!)).make(items),
    );
    done += await queue.complete(items);
  }

  return {
    name,
    counts: () => ({ done, failed }),
    report: (waitsFor = '') => report(waitsFor, false),
    giveBack: (items) => queue.giveBack(items),
    async take() {
      const topics = (await queue.listWaiting()).filter((topic) => {
        const kind = kindOfTopic(topic);
        return kind !== undefined && kinds.includes(kind) && !left.has(topic);
      });
      // What is open already costs nothing to open.
      const warm = topics.filter((topic) => topic === open?.topic);
      for (const topic of [...warm, ...topics.filter((other) => !warm.includes(other))]) {
        if (topic !== open?.topic && !(await fits(topic))) continue;
        const [first] = await queue.take(topic, 1);
        if (!first) continue;
        if (isSuspect(first) || batchSize === 1 || HANDLERS[kindOfTopic(topic)!].isLong) return [first];
        return [first, ...(await queue.take(topic, batchSize - 1))];
      }
      return [];
    },
    async work(items) {
      const began = Date.now();
      tellNow(items[0]!.topic);
      await report(`${items[0]!.topic} × ${items.length}`, true);
      for (const group of await groupAlike(items)) await make(group).catch((error: unknown) => blameOne(group, error));
      busyMs += Date.now() - began;
    },
    async close() {
      await open?.handler.dispose();
    },
  };

  /** Items that need the same to be open go together; those that may end the process come last and alone. */
  async function groupAlike(items: readonly TakenItem[]): Promise<TakenItem[][]> {
    const groups = new Map<string, TakenItem[]>();
    for (const item of items.toSorted((a, b) => Number(isSuspect(a)) - Number(isSuspect(b)))) {
      const name = isSuspect(item) ? item.key : await describeFiles(item);
      groups.set(name, [...(groups.get(name) ?? []), item]);
    }
    return [...groups.values()];
  }

  /** Where several fail together, each is tried by itself, so that only what is to blame fails. */
  async function blameOne(items: readonly TakenItem[], error: unknown): Promise<void> {
    if (error instanceof BucketRefused || (error instanceof CollimateError && OWN_TROUBLES.includes(error.code)))
      throw error;
    if (error instanceof TooLarge) {
      left.add(items[0]!.topic);
      note(`${items[0]!.topic} is left to others: ${error.message}.`);
      return queue.giveBack(items);
    }
    // Tables that were changed meanwhile: what could not be stored is no fault of the item.
    await requireKnownSchema(db);
    if (items.length === 1) {
      const message = error instanceof Error ? error.message : String(error);
      note(`${items[0]!.topic} ${items[0]!.key}: ${message}`);
      failed++;
      return queue.fail(items, { message, worker: name });
    }
    note(`${plural(items.length, 'item')} failed together (${(error as Error).message}); each is tried by itself.`);
    for (const item of items) await make([item]).catch((alone: unknown) => blameOne([item], alone));
  }
}

const isSuspect = ({ retryCount }: TakenItem) => retryCount >= TRIES_TOGETHER;

/** What an item needs open; one that is not what its topic says is alone with it, and fails by itself. */
async function describeFiles(item: TakenItem): Promise<string> {
  const kind = await HANDLERS[kindOfTopic(item.topic)!].load();
  try {
    return kind.filesOf(item);
  } catch {
    return item.key;
  }
}

/** All kinds of work that this release can do. */
export const ALL_KINDS = Object.keys(WORK_KINDS) as WorkKind[];
