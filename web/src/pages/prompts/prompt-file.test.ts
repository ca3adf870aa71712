import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, formatOfName } from './prompt-file.ts';

test('the name of a file of prompts says its format, and letters of another encoding are not taken', async () => {
  assert.deepEqual(['a.csv', 'a.TSV', 'a.jsonl', 'a.ndjson', 'a.json', 'a.txt', 'csv'].map(formatOfName), [
    'csv',
    'csv',
    'jsonl',
    'jsonl',
    'jsonl',
    'text',
    'text',
  ]);
  const decode = async (part: string | Uint8Array<ArrayBuffer>) => decodeText(await new Blob([part]).arrayBuffer());
  assert.equal(await decode('\uFEFFzwei Räume'), 'zwei Räume');
  assert.equal(await decode(Uint8Array.of(0xff, 0xfe, 0xe4, 0, 0x75, 0)), 'äu');
  assert.equal(await decode(Uint8Array.of(0xfe, 0xff, 0, 0xe4, 0, 0x75)), 'äu');
  assert.equal(await decode(Uint8Array.of(0x72, 0xe4, 0x75)), undefined);
});
