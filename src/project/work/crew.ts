// The workers of a project, seen from a stage: it says what is to be made, and waits until all of it is there. What is there is
// seen from the results alone, so it does not matter who made them, or how often.

import { setTimeout as sleep } from 'node:timers/promises';
import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Patience } from '../../util/patience.ts';
import type { Progress } from '../../util/progress.ts';
import { plural } from '../../util/text.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { listFailedKeys } from './count-work.ts';
import { topicName, type WorkItem, type WorkKind, type WorkTopic } from './kinds.ts';
import { openWorkQueue, type WorkQueue } from './queue.ts';
import { WorkFailed } from './work-failed.ts';
import { listWorkersOf, type Worker } from './workers.ts';

/** What a stage has made. */
export interface Order {
  readonly topic: WorkTopic;
  readonly items: readonly WorkItem[];
  /** Which of these keys have no result yet. */
  findMissing(keys: readonly string[]): Promise<readonly string[]>;
  /** How many results there are of the order. */
  onProgress(done: number, workers: number): void;
}

export interface Crew {
  /** Whether a kind of work is to go to workers: as configured, and if there are any. */
  isThere(kind: WorkKind): Promise<boolean>;
  /**
   * Returns when everything has been made.
   *
   * @throws CollimateError WORK where items failed for good, INTERRUPTED as asked; waiting work is then cancelled, or left.
   */
  make(order: Order, session: { readonly progress: Progress; readonly signal: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}

export interface CrewOptions {
  readonly db: Database;
  readonly config: Pick<Config, 'database' | 'workers'>;
  readonly patience?: Patience | undefined;
  /** After how long it is told that nobody is there, or that nobody takes what waits. */
  readonly aloneMs?: number;
}

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [200, 2000];
/** How long results may stand still before the queue is asked whether anything still works on the rest. */
const STILL_MS = 5000;
const ALONE_MS = 30_000;
/** How much later it is told again. */
const TOLD_AGAIN = 10;

/** The queue is opened when it is first needed. */
export function openCrew({ db, config, patience, aloneMs = ALONE_MS }: CrewOptions): Crew {
  const { use, atStop, attempts, heartbeat } = config.workers;
  let queue: Promise<WorkQueue> | undefined;
  const open = () => {
    queue ??= openWorkQueue(db, config.database, patience);
    return queue;
  };
  return {
    async isThere(kind) {
      return use === 'wait' || (use === 'auto' && (await listWorkersOf(db, kind)).length > 0);
    },
    async make(order, { progress, signal }) {
      const own = await open();
      const items = new Map(order.items.map((item) => [item.key, item]));
      const add = (keys: readonly string[]) =>
        own.add(
          order.topic,
          keys.map((key) => items.get(key)!),
          { attempts, heartbeat },
        );
      let missing: readonly string[] = [...items.keys()];
      await add(missing);
      const stopped = () => stop(own, order.topic, new Set(missing), atStop, progress);
      try {
        let changedAt = Date.now();
        const stuck = tellStuck(own, order.topic, progress, aloneMs);
        for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(1.5 * pause, LONGEST_PAUSE_MS)) {
          const before = missing.length;
          missing = await order.findMissing(missing);
          const workers = await listWorkersOf(db, order.topic.kind);
          order.onProgress(items.size - missing.length, workers.length);
          if (missing.length === 0) return;
          if (missing.length < before) changedAt = Date.now();
          await stuck(workers, missing.length < before);
          if (Date.now() - changedAt > STILL_MS) {
            await mendOrder(db, own, order, missing, add);
            changedAt = Date.now();
          }
          throwIfInterrupted(signal);
          await sleep(pause, undefined, { signal }).catch(() => throwIfInterrupted(signal));
        }
      } catch (error) {
        if (error instanceof CollimateError && error.code === 'INTERRUPTED' && signal.aborted) await stopped();
        throw error;
      }
    },
    async close() {
      if (queue) await (await queue).close();
    },
  };
}

/** Tells, now and then, that nothing happens and why: nobody is there, or whoever is there has nothing to do and takes none of it. */
function tellStuck(
  queue: WorkQueue,
  topic: WorkTopic,
  { note }: Progress,
  afterMs: number,
): (workers: readonly Worker[], moved: boolean) => Promise<void> {
  let [movedAt, there] = [Date.now(), 0];
  const isStuck = () => Date.now() - movedAt > afterMs;
  return async (workers, moved) => {
    if (workers.length !== there || moved || workers.some(({ state }) => state === 'working')) movedAt = Date.now();
    there = workers.length;
    if (!isStuck()) return;
    if (workers.length === 0) note('No worker is there: the work waits. Start one with `collimate worker`.');
    else if ((await queue.listWaiting()).includes(topicName(topic)))
      note(
        `${plural(workers.length, 'worker is there and takes', 'workers are there and take')} none of ${topicName(topic)}: they say why, such as that its model needs more memory than they have (--memory). The work waits; start one that can.`,
      );
    else return;
    movedAt = Date.now() + TOLD_AGAIN * afterMs;
  };
}

/** Adds again what nobody works on; ends the stage where all that is missing has failed for good. */
async function mendOrder(
  db: Database,
  queue: WorkQueue,
  { topic, findMissing }: Order,
  missing: readonly string[],
  add: (keys: readonly string[]) => Promise<number>,
): Promise<void> {
  const live = await queue.listLive(topic);
  // What was finished since results were last looked for is no longer worked on, and there.
  const idle = await findMissing(missing.filter((key) => !live.has(key)));
  if (idle.length === 0) return;
  const name = topicName(topic);
  const failed = await listFailedKeys(db, name);
  const lost = idle.filter((key) => !failed.has(key));
  if (lost.length > 0) await add(lost);
  else if (idle.length === missing.length) {
    const [first] = await queue.listFailed(1, { topic: name, key: idle[0]! });
    throw new WorkFailed(name, idle.length, first);
  }
}

async function stop(
  queue: WorkQueue,
  topic: WorkTopic,
  keys: ReadonlySet<string>,
  atStop: 'cancel' | 'leave',
  progress: Progress,
): Promise<void> {
  if (atStop === 'leave')
    return progress.note(`Workers go on with ${plural(keys.size, 'item')}; the same command shows how far they came.`);
  const cancelled = await queue.cancel(topic, keys);
  progress.note(`${plural(cancelled, 'item')} that waited for a worker ${cancelled === 1 ? 'is' : 'are'} cancelled.`);
}
