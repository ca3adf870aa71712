import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SLOTS } from './slots.ts';

/** The functions of `struct OrtApi` in the order of onnxruntime_c_api.h, which only ever grows at its end. */
const HEADER = readFileSync(join(import.meta.dirname, '../../../../test/fixtures/onnxruntime-api.txt'), 'utf8')
  .trim()
  .split('\n');

for (const [name, { slot }] of Object.entries(SLOTS))
  test(`${name} is number ${slot} of the table`, () => assert.equal(HEADER[slot], name));

test('a status is returned by all but the functions that release, and those that read a status', () => {
  const others = Object.entries(SLOTS).filter(([, { result }]) => result !== 'status');
  for (const [name] of others) assert.match(name, /^Release|^GetError/);
});
