// What a rater has before them and behind them, as a pure state machine. Items come in order; those of one sheet follow
// each other and are answered in any order. The last answers can be taken back, one after another.

/** How many answers can be taken back; more than a sheet has images. */
export const UNDO_LIMIT = 20;

export interface QueueItem {
  /** The lease under which the server handed the item out. */
  readonly key: string;
  /** Items with the same sheet are shown together. */
  readonly sheet: string;
}

export interface Answered<Item, Answer> {
  readonly item: Item;
  readonly answer: Answer;
  /** The identifier under which the answer was sent. */
  readonly id: string;
}

export interface QueueState<Item, Answer> {
  /** To be answered; the first one's sheet is on screen. */
  readonly ahead: readonly Item[];
  /** Answered, the latest last, at most `UNDO_LIMIT`. */
  readonly behind: readonly Answered<Item, Answer>[];
  /** The server had nothing more when it was asked last. */
  readonly exhausted: boolean;
}

export function emptyQueue<Item, Answer>(): QueueState<Item, Answer> {
  return { ahead: [], behind: [], exhausted: false };
}

/** The state with what the server handed out; an item that is here already is not taken twice. */
export function receiveItems<Item extends QueueItem, Answer>(
  state: QueueState<Item, Answer>,
  items: readonly Item[],
): QueueState<Item, Answer> {
  const known = new Set([...state.ahead.map(({ key }) => key), ...state.behind.map(({ item }) => item.key)]);
  const fresh = items.filter(({ key }) => !known.has(key));
  return { ...state, ahead: [...state.ahead, ...fresh], exhausted: fresh.length === 0 };
}

/** The sheet on screen, each item with its answer where it has one, in the order in which they were handed out. */
export function currentSheet<Item extends QueueItem & { readonly order: number }, Answer>(
  state: QueueState<Item, Answer>,
): readonly { item: Item; answer?: Answer }[] {
  const sheet = state.ahead[0]?.sheet;
  if (sheet === undefined) return [];
  return [...state.behind, ...state.ahead.map((item) => ({ item }))]
    .filter(({ item }) => item.sheet === sheet)
    .sort((a, b) => a.item.order - b.item.order);
}

/** The state after an answer to the item under `key`; unchanged where no such item is ahead. */
export function answerItem<Item extends QueueItem, Answer>(
  state: QueueState<Item, Answer>,
  key: string,
  answer: Answer,
  id: string,
): QueueState<Item, Answer> {
  const item = state.ahead.find((other) => other.key === key);
  if (!item) return state;
  const ahead = state.ahead.filter((other) => other !== item);
  return { ...state, ahead, behind: [...state.behind, { item, answer, id }].slice(-UNDO_LIMIT) };
}

/** The state with the last answer taken back and its item first again, and that answer; undefined where there is none. */
export function undoAnswer<Item extends QueueItem, Answer>(
  state: QueueState<Item, Answer>,
): { state: QueueState<Item, Answer>; undone: Answered<Item, Answer> } | undefined {
  const undone = state.behind.at(-1);
  if (!undone) return undefined;
  return { state: { ...state, ahead: [undone.item, ...state.ahead], behind: state.behind.slice(0, -1) }, undone };
}

/** The state with the answer to the item under `key` taken back and that item first again; undefined where it was not answered lately. */
export function reopenAnswer<Item extends QueueItem, Answer>(
  state: QueueState<Item, Answer>,
  key: string,
): { state: QueueState<Item, Answer>; undone: Answered<Item, Answer> } | undefined {
  const undone = state.behind.find(({ item }) => item.key === key);
  if (!undone) return undefined;
  const behind = state.behind.filter((other) => other !== undone);
  return { state: { ...state, ahead: [undone.item, ...state.ahead], behind }, undone };
}

/** The state without an item that cannot be answered any more, such as one whose lease ran out. */
export function dropItem<Item extends QueueItem, Answer>(
  state: QueueState<Item, Answer>,
  key: string,
): QueueState<Item, Answer> {
  return {
    ...state,
    ahead: state.ahead.filter((item) => item.key !== key),
    behind: state.behind.filter(({ item }) => item.key !== key),
  };
}

/** Whether the server should be asked for more: fewer than `low` items are ahead. */
export function wantsMore(state: QueueState<unknown, unknown>, low: number): boolean {
  return !state.exhausted && state.ahead.length < low;
}
