import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from './text-encoding.ts';

const TEXT = 'file_name,text\n0.png,ein grünes Haus 😀\n';
const marked = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');

test('UTF-8, and UTF-16 that is marked as such, are read to the same text', () => {
  for (const bytes of [Buffer.from(TEXT), Buffer.from(`\uFEFF${TEXT}`), marked, Buffer.from(marked).swap16()])
    assert.deepEqual(decodeText(bytes), { text: TEXT });
  assert.deepEqual(decodeText(new Uint8Array()), { text: '' });
});

test('what is neither is told by its first line, and not guessed', () => {
  const latin = Buffer.from(TEXT.replace(' 😀', ''), 'latin1');
  assert.deepEqual(decodeText(latin), { fault: 'is no UTF-8 text (line 2)' });
  assert.deepEqual(decodeText(marked.subarray(2)), { fault: 'is no UTF-8 text (line 2)' });
  assert.deepEqual(decodeText(marked.subarray(0, -1)), { fault: 'is marked as UTF-16 and is none' });
});
