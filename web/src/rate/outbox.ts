// Sends what waits in the outbox, one after another, until the server has confirmed it. Without an answer from the server
// it waits and sends again; what the server refuses for good is reported and dropped.

import type { Envelope, OutboxStore } from './outbox-store.ts';

/**
 * How a message fared: it is stored, it is stored in place of an answer of another tab or device, it should be sent again, or
 * the server will never take it.
 */
export type Outcome = 'confirmed' | 'changed' | 'later' | { readonly refused: string };

export interface OutboxStatus {
  readonly waiting: number;
  /** Whether the last attempt went unanswered. */
  readonly failing: boolean;
  /** Whether what waits would survive the closing of the page. */
  readonly durable: boolean;
  /** Since the page was opened: answers that took the place of others, … */
  readonly changed: number;
  /** … and those that were not counted. */
  readonly refused: number;
}

interface OutboxOptions {
  readonly store: OutboxStore;
  send(envelope: Envelope): Promise<Outcome>;
  /** Sends several as one request; outcomes of as many as it could, from the first on. */
  sendTogether?(envelopes: readonly Envelope[]): Promise<readonly Outcome[]>;
  onRefused(envelope: Envelope, reason: string): void;
  onConfirmed?(envelope: Envelope): void;
  onChanged?(envelope: Envelope): void;
  /** Runs one sender at a time over all tabs. */
  readonly exclusively?: (work: () => Promise<void>) => Promise<void>;
}

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 10_000;

/** Answers of one request at most: a request of a page that closes may not be long. */
const MOST_TOGETHER = 20;

/** The first message, and the answers right behind it where it is one: order is kept, since one may take another back. */
function takeBatch(waiting: readonly Envelope[]): readonly Envelope[] {
  const end = waiting.findIndex(({ operation }) => operation !== 'submitAnswers');
  return end === 0 ? waiting.slice(0, 1) : waiting.slice(0, Math.min(end < 0 ? waiting.length : end, MOST_TOGETHER));
}

/** Milliseconds before attempt `failures + 1`: doubling, up to ten seconds. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #listeners = new Set<() => void>();
  #status: OutboxStatus;
  #pumping = false;
  #closed = false;
  #failures = 0;
  #counts = { changed: 0, refused: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#status = this.#read();
  }

  get status(): OutboxStatus {
    return this.#status;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The leases and images that waiting messages are about. */
  get pending(): readonly string[] {
    return this.#options.store.list().flatMap(({ about }) => about);
  }

  /** Keeps a message in the browser, then sends it. */
  put(envelope: Envelope): void {
    this.#options.store.put(envelope);
    this.#notify();
    if (this.#failures === 0) this.wake();
  }

  /** Sends what waits now, without sitting out the pause: the network is back, or the page was opened. */
  wake(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    const exclusively = this.#options.exclusively ?? ((work) => work());
    void exclusively(() => this.#sendAll()).finally(() => {
      this.#pumping = false;
      if (this.#failures > 0 && !this.#closed) this.#timer = setTimeout(() => this.wake(), pauseAfter(this.#failures));
      else if (this.#options.store.list().length > 0) this.wake();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const batch = takeBatch(this.#options.store.list());
      if (batch.length === 0 || this.#closed) return;
      const outcomes = await this.#send(batch).catch((): readonly Outcome[] => ['later']);
      for (const [i, outcome] of outcomes.entries()) if (!this.#settle(batch[i]!, outcome)) return;
    }
  }

  async #send(batch: readonly Envelope[]): Promise<readonly Outcome[]> {
    const { send, sendTogether } = this.#options;
    return batch.length > 1 && sendTogether ? sendTogether(batch) : [await send(batch[0]!)];
  }

  /** What becomes of a message; false where it is to be sent again, and nothing after it before that. */
  #settle(message: Envelope, outcome: Outcome): boolean {
    if (outcome === 'later') {
      this.#failures += 1;
      this.#notify();
      return false;
    }
    this.#failures = 0;
    this.#options.store.remove(message.id);
    if (outcome === 'changed') this.#counts.changed += 1;
    else if (outcome !== 'confirmed') this.#counts.refused += 1;
    this.#notify();
    if (outcome === 'confirmed') this.#options.onConfirmed?.(message);
    else if (outcome === 'changed') this.#options.onChanged?.(message);
    else this.#options.onRefused(message, outcome.refused);
    return true;
  }

  #read(): OutboxStatus {
    const { store } = this.#options;
    return { waiting: store.list().length, failing: this.#failures > 0, durable: store.durable, ...this.#counts };
  }

  #notify(): void {
    this.#status = this.#read();
    for (const listener of this.#listeners) listener();
  }
}
