// A rater at work: the queue, the outbox and the clock together. It lives outside React, which only draws its snapshots,
// so that an answer costs one state change and no request stands between a key and the next picture.

import { call, describeFailure } from '../api/client.ts';
import { noteSignedOut } from '../api/signed-out.ts';
import type { Answer, GivenReasons, Kind, RateItem } from './item.ts';
import type { Outbox } from './outbox.ts';
import type { Envelope } from './outbox-store.ts';
import { GOOD_STANDING, type NewFlag, type RatingPort, type Standing } from './port.ts';
import { holdPictures } from './prefetch.ts';
import {
  answerItem,
  currentSheet,
  dropItem,
  emptyQueue,
  type QueueState,
  receiveItems,
  reopenAnswer,
  undoAnswer,
  wantsMore,
} from './queue.ts';
import { createStopwatch } from './stopwatch.ts';

export interface SessionState {
  readonly queue: QueueState<RateItem, Answer>;
  /** The item that the next key answers. */
  readonly current: RateItem | undefined;
  /** `loading` until the first items came, `failed` where none came. */
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly problem: { readonly message: string; readonly hint: string } | undefined;
  /** Whether anything is handed out to this rater, and what there is to be told. */
  readonly standing: Standing;
  /** Answers given since the page was opened. */
  readonly answered: number;
  /** Things that are wholly answered since: images, or pairs with all their questions. */
  readonly finished: number;
}

interface SessionOptions {
  readonly kind: Kind;
  readonly port: RatingPort;
  readonly outbox: Outbox;
}

/** Items below which more are fetched, about, by kind; a sheet is used up faster. */
const LOW: Readonly<Record<Kind, number>> = { image: 10, sheet: 24, pair: 8, best: 4 };
/** Drawn anew for each batch, so that raters who began at one moment do not ask in step ever after. */
const drawLow = (kind: Kind) => Math.round(LOW[kind] * (0.75 + Math.random() / 2));
/** Items whose pictures are kept decoded. */
const HELD = 16;
/** Pictures of these that are, since a sheet has several. */
const MOST_PICTURES = 48;
const RETRY_MS = 2000;
/** How long after "nothing more" the server is asked again: leases of others run out, and images are drawn. */
const ASK_AGAIN_MS = 15_000;

const ASK_FOR_CODE_MS = 3000;

export class RatingSession {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<() => void>();
  readonly #watch = createStopwatch(() => performance.now());
  #state: SessionState;
  #low: number;
  #fetching = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#low = drawLow(options.kind);
    this.#state = {
      queue: emptyQueue(),
      current: undefined,
      phase: 'loading',
      problem: undefined,
      standing: GOOD_STANDING,
      answered: 0,
      finished: 0,
    };
  }

  readonly snapshot = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins, or begins again after a failure. */
  start(): void {
    this.#closed = false;
    document.addEventListener('visibilitychange', this.#onVisibility);
    void this.#fetchMore();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    holdPictures([]);
  }

  /** Answers the current item and goes on to the next. */
  answer(answer: Answer, reasons?: GivenReasons): void {
    const { current, queue } = this.#state;
    if (!current) return;
    const id = crypto.randomUUID();
    this.#send(this.#options.port.answer(current, answer, id, this.#watch.read(), reasons));
    this.#move(answerItem(queue, current.key, answer, id), this.#counted(current, 1));
  }

  /** Whether the project wants raters to be asked why after a bad answer. */
  get asksWhy(): boolean {
    return this.#options.port.asksWhy;
  }

  /** Begins the current item's time anew: something else was before the rater until now. */
  restartClock(): void {
    this.#watch.restart();
  }

  /** Takes the last answer back and shows its item again; returns whether there was one. */
  undo(): boolean {
    return this.#takeBack(undoAnswer(this.#state.queue));
  }

  /** Takes back the answer to an item of the sheet on screen; returns whether there was one. */
  reopen(key: string): boolean {
    return this.#takeBack(reopenAnswer(this.#state.queue, key));
  }

  /** Takes back an answer that the server knows, by default the last of before the page was opened; returns whether there was one. */
  async undoEarlier(clientId?: string): Promise<boolean> {
    const { port, outbox } = this.#options;
    // What waits to be sent is later than what the server knows.
    if (outbox.status.waiting > 0) return false;
    const item = await port.undoLatest(clientId);
    if (!item || this.#closed) return false;
    const { queue } = this.#state;
    this.#move({ ...queue, ahead: [item, ...queue.ahead] }, { current: item, phase: 'ready' });
    return true;
  }

  #takeBack(result: ReturnType<typeof undoAnswer<RateItem, Answer>>): boolean {
    if (!result) return false;
    this.#send(this.#options.port.undo(result.undone));
    this.#move(result.state, { ...this.#counted(result.undone.item, -1), current: result.undone.item });
    return true;
  }

  flag(flag: NewFlag): void {
    const { current, queue } = this.#state;
    if (!current) return;
    this.#send(this.#options.port.flag(current, flag));
    // Of a pair, the question that would come next goes as well.
    const { pair } = current;
    const gone = pair ? queue.ahead.filter((item) => item.pair?.pairId === pair.pairId) : [current];
    const left = gone.reduce((state, { key }) => dropItem(state, key), queue);
    this.#move(left, pair && { finished: this.#state.finished + 1 });
  }

  /** Makes an item of the sheet on screen the current one. */
  choose(key: string): void {
    const item = this.#state.queue.ahead.find((other) => other.key === key);
    if (item && item !== this.#state.current) this.#set({ current: item });
  }

  /** Goes to the next or the previous open item of the sheet. */
  step(by: 1 | -1): void {
    const open = currentSheet(this.#state.queue).filter(({ answer }) => answer === undefined);
    const at = open.findIndex(({ item }) => item === this.#state.current);
    const next = open[(at + by + open.length) % open.length];
    if (next) this.choose(next.item.key);
  }

  /** A warning was read: it is gone here, and the server does not say it again. */
  readNotice(id: string): void {
    const { standing } = this.#state;
    this.#set({ standing: { ...standing, notices: standing.notices.filter((notice) => notice.id !== id) } });
    this.restartClock();
    // What is not confirmed is shown again.
    void call('readNotice', { params: { id } }).catch(() => {});
  }

  readonly #onVisibility = (): void => {
    this.#watch.setHidden(document.hidden);
    if (!document.hidden) void this.#fetchMore();
  };

  #counted({ pair }: RateItem, by: 1 | -1): Pick<SessionState, 'answered' | 'finished'> {
    const { answered, finished } = this.#state;
    return { answered: answered + by, finished: finished + (pair && !pair.isLast ? 0 : by) };
  }

  #send(envelope: Envelope | undefined): void {
    if (envelope) this.#options.outbox.put(envelope);
  }

  async #fetchMore(): Promise<void> {
    clearTimeout(this.#timer);
    const { kind, port, outbox } = this.#options;
    if (this.#fetching || this.#closed || this.#state.queue.ahead.length >= this.#low) return;
    this.#fetching = true;
    try {
      const items = await port.lease([...this.#state.queue.ahead.map(({ key }) => key), ...outbox.pending]);
      if (this.#closed) return;
      this.#low = drawLow(kind);
      // What was answered and is not confirmed yet is still open to the server; what was taken back has a new lease there.
      const known = new Set([...outbox.pending, ...this.#state.queue.ahead.map(({ imageId }) => imageId)]);
      const fresh = items.filter(({ key, imageId }) => !known.has(key) && !(imageId && known.has(imageId)));
      const { standing } = port;
      const queue = receiveItems(this.#state.queue, fresh);
      // Whoever is paused is not left with what was fetched before; the server has taken it back.
      const isOut = standing.excluded || standing.paused || standing.test === 'due';
      const left = isOut ? { ...queue, ahead: [] } : queue;
      this.#move(left, { phase: 'ready', problem: undefined, standing });
      // Whoever has done all that they agreed to waits for their code.
      const wait = standing.crowd && !standing.crowd.code ? ASK_FOR_CODE_MS : ASK_AGAIN_MS;
      if (queue.exhausted) this.#timer = setTimeout(() => void this.#fetchMore(), wait);
    } catch (error) {
      if (this.#closed) return;
      noteSignedOut(error);
      const phase = this.#state.phase === 'ready' ? 'ready' : 'failed';
      this.#set({ problem: describeFailure(error), phase });
      this.#timer = setTimeout(() => void this.#fetchMore(), RETRY_MS);
    } finally {
      this.#fetching = false;
    }
  }

  #move(queue: QueueState<RateItem, Answer>, change: Partial<SessionState> = {}): void {
    const { current } = this.#state;
    const stays = current?.sheet === queue.ahead[0]?.sheet && queue.ahead.includes(current!);
    const next = change.current ?? (stays ? current : this.#nextOf(queue));
    if (next !== current) this.#watch.restart();
    this.#set({ ...change, queue, current: next });
    holdPictures(
      queue.ahead
        .slice(0, HELD)
        .flatMap(({ pictures }) => pictures)
        .slice(0, MOST_PICTURES),
    );
    if (wantsMore(queue, this.#low)) void this.#fetchMore();
  }

  /** The item after the last answered one in its sheet, or the first. */
  #nextOf(queue: QueueState<RateItem, Answer>): RateItem | undefined {
    const first = queue.ahead[0];
    const last = queue.behind.at(-1)?.item;
    if (!first || last?.sheet !== first.sheet) return first;
    return queue.ahead.find(({ sheet, order }) => sheet === first.sheet && order > last.order) ?? first;
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
