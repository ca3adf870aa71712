import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadGuidelines } from './guidelines-read.ts';

/** The browser's storage as a map with its interface. */
function makeStorage() {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  };
}

test('guidelines are due first, at each new version, and again in another browser', () => {
  const storage = makeStorage();
  const ann = new ReadGuidelines(storage, 'ann');
  assert.equal(ann.due(), undefined, 'nothing is known yet');
  ann.note(2);
  assert.deepEqual([ann.due(), ann.version], [2, undefined]);
  ann.confirm({ version: 2, text: 'Good is good.' });
  assert.deepEqual([ann.due(), ann.version], [undefined, 2]);
  let told = 0;
  ann.subscribe(() => told++);
  ann.note(3);
  ann.note(2);
  assert.deepEqual(
    [ann.due(), ann.version, told],
    [3, 2, 1],
    'until they are read, answers have the version that was read',
  );
  assert.equal(ann.knows({ version: 3, text: 'Good is good.' }), true, 'the same words under another number');
  assert.equal(ann.knows({ version: 3, text: 'Others.' }), false);
  ann.confirm({ version: 3, text: 'Others.' });
  assert.deepEqual([ann.due(), ann.version], [undefined, 3]);

  const again = new ReadGuidelines(storage, 'ann');
  again.note(3);
  assert.deepEqual([again.due(), again.version], [undefined, 3], 'the next page remembers');
  for (const other of [new ReadGuidelines(storage, 'bob'), new ReadGuidelines(undefined, 'ann')]) {
    other.note(3);
    assert.equal(other.due(), 3);
  }
});

test('what something else wrote into the storage is passed over', () => {
  const storage = makeStorage();
  storage.setItem('collimate.guidelines.ann', '{"version":"x"}');
  assert.equal(new ReadGuidelines(storage, 'ann').version, undefined);
});
