import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { readJsonList } from './json-list.ts';

async function readAll(path: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const element of readJsonList(path, 'tasks')) all.push(element);
  return all;
}

test('a list is read as JSON.parse reads it, wherever its chunks end', async (t) => {
  const path = join(makeTemporaryDir(t), 'list.json');
  const read = async (text: string | Buffer) => {
    writeFileSync(path, text);
    return readAll(path);
  };
  const rng = random(1, 'json list');
  const word = () => ['a', '"', '\\', ']', '[', ',', '{', '}', 'é', '犬', '\u2028', '\n'][rng.int(12)]!;
  const text = () => Array.from({ length: rng.int(20) }, word).join('');
  const value = (depth: number): unknown =>
    [
      text(),
      rng.int(100),
      null,
      depth > 0 ? [value(depth - 1), text()] : 1,
      { [text()]: depth > 0 ? value(depth - 1) : '' },
    ][rng.int(5)];
  for (let i = 0; i < 50; i++) {
    const list = Array.from({ length: rng.int(5) }, () => value(3));
    for (const json of [JSON.stringify(list), `\uFEFF ${JSON.stringify(list, null, 2)}\n`])
      assert.deepEqual(await read(json), list);
  }
  // An element that is longer than a chunk, with a letter and an escape on its border.
  const long = [`${'x'.repeat((1 << 20) - 3)}犬\\"`, 'end'];
  assert.deepEqual(await read(JSON.stringify(long)), long);
});

test('what is no list is refused by what is wrong with it', async (t) => {
  const path = join(makeTemporaryDir(t), 'list.json');
  const refused = async (text: string | Buffer, message: RegExp) => {
    writeFileSync(path, text);
    await assert.rejects(readAll(path), { code: 'USAGE', message });
  };
  await refused('{}', /expected a list of tasks/);
  await refused('', /empty file/);
  await refused('[1, 2', /the list has no end/);
  await refused('["a', /the list has no end/);
  await refused('[1, , 2]', /element 2: Unexpected end/);
  await refused('[1,]', /element 2: Unexpected end/);
  await refused('[1] [2]', /something stands behind the list/);
  await refused('[{"a": 1]', /the list has no end/);
  await refused(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), /no UTF-8/);
});
