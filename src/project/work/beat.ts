// Signs of life while an item is worked on: from a thread of its own, since computing holds up the event loop for as long as a
// step takes.

import type { Worker as Thread } from 'node:worker_threads';
import { startThread } from '../../util/start-thread.ts';
import type { TakenItem } from './queue.ts';

/** What the thread is told: which worker lives, and what it has in hand. */
export interface BeatTask {
  readonly url: string;
  readonly schema: string;
  readonly worker: string;
  readonly everyMs: number;
}

export interface Beat {
  /** The first sign has been given, or it was stopped: whoever holds something before could seem dead while the thread starts. */
  readonly ready: Promise<void>;
  /** What the worker has in hand from now on. */
  hold(items: readonly Pick<TakenItem, 'topic' | 'id' | 'retryCount'>[]): void;
  stop(): Promise<void>;
}

export function startBeat(task: BeatTask): Beat {
  let thread: Thread | undefined;
  let held: Parameters<Beat['hold']>[0] = [];
  let tellReady = () => {};
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve;
  });
  const start = () => {
    const started = startThread('./beat-thread', import.meta.url, task);
    started.postMessage(held);
    started.on('message', tellReady);
    // One that died is started anew: a worker without signs of life would lose its items to others.
    started.on('error', () => {});
    started.on('exit', () => {
      if (thread === started) thread = start();
    });
    started.unref();
    return started;
  };
  thread = start();
  return {
    ready,
    hold(items) {
      held = items.map(({ topic, id, retryCount }) => ({ topic, id, retryCount }));
      thread?.postMessage(held);
    },
    async stop() {
      const last = thread;
      thread = undefined;
      tellReady();
      await last?.terminate();
    },
  };
}
