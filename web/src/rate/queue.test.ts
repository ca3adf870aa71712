import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answerItem,
  currentSheet,
  dropItem,
  emptyQueue,
  type QueueState,
  receiveItems,
  reopenAnswer,
  UNDO_LIMIT,
  undoAnswer,
  wantsMore,
} from './queue.ts';

interface Item {
  key: string;
  sheet: string;
  order: number;
}
type State = QueueState<Item, string>;

const single = (n: number): Item => ({ key: `k${n}`, sheet: `k${n}`, order: n });
const items = (count: number) => Array.from({ length: count }, (_, n) => single(n));
const start = (count: number): State => receiveItems(emptyQueue<Item, string>(), items(count));
const keys = (state: State) => state.ahead.map(({ key }) => key);

test('items are answered in order, and none is taken twice', () => {
  let state = start(3);
  state = answerItem(state, 'k0', 'good', 'a0');
  assert.deepEqual(keys(state), ['k1', 'k2']);
  assert.equal(answerItem(state, 'k0', 'bad', 'a1'), state, 'an item that was answered cannot be answered again');
  state = receiveItems(state, [single(0), single(2), single(3)]);
  assert.deepEqual([keys(state), state.exhausted], [['k1', 'k2', 'k3'], false]);
  assert.equal(receiveItems(state, [single(3)]).exhausted, true);
});

test('the last twenty answers can be taken back, the latest first', () => {
  let state = start(25);
  for (const { key } of items(25)) state = answerItem(state, key, 'bad', key);
  assert.deepEqual(keys(state), []);
  for (let n = 24; n >= 25 - UNDO_LIMIT; n--) {
    const result = undoAnswer(state)!;
    assert.deepEqual(result.undone, { item: single(n), answer: 'bad', id: `k${n}` });
    state = result.state;
    assert.equal(state.ahead[0]!.key, `k${n}`);
  }
  assert.equal(undoAnswer(state), undefined);
  assert.equal(state.ahead.length, UNDO_LIMIT);
});

test('a sheet stays until its last image is answered, in any order', () => {
  const sheet = (name: string, size: number, from: number) =>
    Array.from({ length: size }, (_, n) => ({ key: `${name}${n}`, sheet: name, order: from + n }));
  let state = receiveItems(emptyQueue<Item, string>(), [...sheet('a', 3, 0), ...sheet('b', 2, 3)]);
  state = answerItem(state, 'a1', 'good', 'x');
  assert.deepEqual(
    currentSheet(state).map(({ item, answer }) => [item.key, answer]),
    [
      ['a0', undefined],
      ['a1', 'good'],
      ['a2', undefined],
    ],
  );
  state = answerItem(answerItem(state, 'a0', 'bad', 'y'), 'a2', 'bad', 'z');
  assert.deepEqual(
    currentSheet(state).map(({ item }) => item.key),
    ['b0', 'b1'],
  );
  const { state: back } = undoAnswer(state)!;
  assert.deepEqual(
    currentSheet(back).map(({ item, answer }) => [item.key, answer]),
    [
      ['a0', 'bad'],
      ['a1', 'good'],
      ['a2', undefined],
    ],
  );
});

test('more is asked for when few are left, and no more when there was nothing', () => {
  const state = start(3);
  assert.equal(wantsMore(state, 4), true);
  assert.equal(wantsMore(state, 3), false);
  assert.equal(wantsMore(receiveItems(state, []), 4), false);
});

test('an item that cannot be answered any more goes from both sides', () => {
  const state = dropItem(dropItem(answerItem(start(3), 'k0', 'good', 'x'), 'k0'), 'k1');
  assert.deepEqual([keys(state), state.behind], [['k2'], []]);
});

test('any answer of late can be opened again, and comes first', () => {
  let state = start(3);
  for (const key of ['k0', 'k1']) state = answerItem(state, key, 'good', `a-${key}`);
  const reopened = reopenAnswer(state, 'k0')!;
  assert.deepEqual(keys(reopened.state), ['k0', 'k2']);
  assert.deepEqual([reopened.undone.id, reopened.state.behind.length], ['a-k0', 1]);
  assert.equal(reopenAnswer(state, 'k2'), undefined);
});
