import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox, type Outcome, pauseAfter } from './outbox.ts';
import { type Envelope, openOutboxStore } from './outbox-store.ts';

/** The browser's storage as Node has it: a map with its interface. `full` refuses to store, as a browser does. */
function makeStorage() {
  const map = new Map<string, string>();
  return {
    full: false,
    getItem: (key: string) => map.get(key) ?? null,
    setItem(key: string, value: string) {
      if (this.full) throw new DOMException('full', 'QuotaExceededError');
      map.set(key, value);
    },
    removeItem: (key: string) => void map.delete(key),
    key: (i: number) => [...map.keys()][i] ?? null,
    get length() {
      return map.size;
    },
  };
}

const QUIET = { waiting: 0, failing: false, durable: true, changed: 0, refused: 0 };

const answer = (id: string): Envelope => ({ id, operation: 'submitAnswers', input: { id }, about: [`item-${id}`] });

/** An outbox over a server that gives the outcomes one after another, and then confirms. */
function open(storage: ReturnType<typeof makeStorage>, outcomes: Outcome[] = [], account = 'ann') {
  const [sent, refused]: [string[], string[]] = [[], []];
  const outbox = new Outbox({
    store: openOutboxStore(storage, account),
    send: async ({ id }) => {
      sent.push(id);
      return outcomes.shift() ?? 'confirmed';
    },
    onRefused: ({ id }, reason) => refused.push(`${id}: ${reason}`),
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  return { outbox, sent, refused, settle };
}

test('messages are sent in order and forgotten when they are confirmed', async () => {
  const storage = makeStorage();
  const { outbox, sent, settle } = open(storage);
  for (const id of ['a', 'b', 'c']) outbox.put(answer(id));
  assert.equal(outbox.status.waiting, 3);
  await settle();
  assert.deepEqual(sent, ['a', 'b', 'c']);
  assert.deepEqual([outbox.status.waiting, storage.length], [0, 0]);
});

test('answers that had to wait go together, up to what takes one back', async () => {
  const storage = makeStorage();
  const requests: string[][] = [];
  let confirm: (outcome: Outcome) => void = () => {};
  const first = new Promise<Outcome>((resolve) => {
    confirm = resolve;
  });
  const outbox = new Outbox({
    store: openOutboxStore(storage, 'ann'),
    send: ({ id }) => {
      requests.push([id]);
      return id === 'a' ? first : Promise.resolve('confirmed');
    },
    sendTogether: async (envelopes) => {
      requests.push(envelopes.map(({ id }) => id));
      return envelopes.map(() => 'confirmed' as const);
    },
    onRefused: () => assert.fail('nothing is refused'),
  });
  for (const id of ['a', 'b', 'c']) outbox.put(answer(id));
  outbox.put({ ...answer('undo-c'), operation: 'undoAnswer' });
  outbox.put(answer('d'));
  confirm('confirmed');
  while (outbox.status.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(requests.slice(1), [['b', 'c'], ['undo-c'], ['d']]);
  outbox.close();
});

test('without an answer they wait, and are sent again in order when the network is back', async () => {
  const storage = makeStorage();
  const { outbox, sent, settle } = open(storage, ['later', 'later']);
  outbox.put(answer('a'));
  await settle();
  outbox.put(answer('b'));
  assert.deepEqual(outbox.status, { ...QUIET, waiting: 2, failing: true });
  outbox.wake();
  await settle();
  assert.deepEqual(sent, ['a', 'a'], 'b waits behind a');
  outbox.wake();
  await settle();
  assert.deepEqual(sent, ['a', 'a', 'a', 'b']);
  assert.deepEqual(outbox.status, QUIET);
  outbox.close();
});

test('what was not confirmed is sent by the next page of the same account, and by no other', async () => {
  const storage = makeStorage();
  const first = open(storage, ['later']);
  first.outbox.put(answer('a'));
  await first.settle();
  first.outbox.close();
  const other = open(storage, [], 'bob');
  other.outbox.wake();
  await other.settle();
  assert.deepEqual(other.sent, []);
  const next = open(storage);
  assert.equal(next.outbox.status.waiting, 1);
  next.outbox.wake();
  await next.settle();
  assert.deepEqual([next.sent, storage.length], [['a'], 0]);
});

test('what the server refuses is reported and does not hold up the rest', async () => {
  const { outbox, sent, refused, settle } = open(makeStorage(), [{ refused: 'the lease ran out' }]);
  outbox.put(answer('a'));
  outbox.put(answer('b'));
  await settle();
  assert.deepEqual([sent, refused, outbox.status.waiting], [['a', 'b'], ['a: the lease ran out'], 0]);
});

test('answers that took the place of others are counted apart', async () => {
  const { outbox, refused, settle } = open(makeStorage(), ['confirmed', 'changed', { refused: 'older' }]);
  for (const id of ['a', 'b', 'c']) outbox.put(answer(id));
  await settle();
  await settle();
  assert.deepEqual(outbox.status, { ...QUIET, changed: 1, refused: 1 });
  assert.deepEqual(refused, ['c: older']);
});

test('where storage is full a message waits in memory, and the status says so', async () => {
  const storage = makeStorage();
  storage.full = true;
  const { outbox, sent, settle } = open(storage, ['later']);
  outbox.put(answer('a'));
  assert.deepEqual([outbox.status.waiting, outbox.status.durable], [1, false]);
  await settle();
  outbox.wake();
  await settle();
  assert.deepEqual([sent, outbox.status.durable], [['a', 'a'], true]);
  outbox.close();
});

test('pauses double up to ten seconds', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 20].map(pauseAfter), [400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});
