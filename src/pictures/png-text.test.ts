import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { addPngText, readPngText, stripPngText } from './png-text.ts';

const raw = { width: 4, height: 4, channels: 3 } as const;
const pixels = Uint8Array.from({ length: 48 }, (_, i) => 5 * i);
const plain = await sharp(pixels, { raw }).png().toBuffer();

/** A chunk made by hand before the last one. */
function withChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([plain.subarray(0, -12), length, body, crc, plain.subarray(-12)]);
}

test('a text of any language comes back, another program reads it, and the pixels stay', async () => {
  for (const [text, type] of [
    ['a “dog”\n犬, 🐕', 'iTXt'],
    ['un château\nSteps: 20', 'tEXt'],
    ['', 'tEXt'],
  ] as const) {
    const png = addPngText(plain, 'parameters', text);
    assert.equal(readPngText(png, 'parameters'), text);
    assert.equal(readPngText(png, 'parameter'), undefined);
    assert.ok(png.includes(type, 0, 'latin1'));
    assert.deepEqual(new Uint8Array(await sharp(png, { failOn: 'warning' }).raw().toBuffer()), pixels);
    const { comments } = await sharp(png).metadata();
    // It shows Latin-1 as if it were UTF-8.
    if (type === 'iTXt') assert.deepEqual(comments, [{ keyword: 'parameters', text }]);
    assert.deepEqual(Buffer.from(stripPngText(png)), plain);
  }
  assert.equal(stripPngText(plain), plain);
});

test('compressed texts are read, bombs and damage are not', () => {
  const zipped = (text: string) => Buffer.concat([Buffer.from('parameters\0\0', 'latin1'), deflateSync(text)]);
  assert.equal(readPngText(withChunk('zTXt', zipped('a dog')), 'parameters'), 'a dog');
  const international = Buffer.concat([Buffer.from('parameters\0\x01\0en\0word\0', 'latin1'), deflateSync('犬')]);
  assert.equal(readPngText(withChunk('iTXt', international), 'parameters'), '犬');
  assert.equal(readPngText(withChunk('zTXt', zipped('x'.repeat(2 ** 21))), 'parameters'), undefined);
  assert.equal(readPngText(withChunk('iTXt', Buffer.from('parameters\0\0\0')), 'parameters'), undefined);
  const cut = addPngText(plain, 'parameters', 'a dog').subarray(0, 60);
  assert.equal(readPngText(cut, 'parameters'), undefined);
  assert.equal(stripPngText(cut), cut);
  assert.throws(() => addPngText(Buffer.from('no picture'), 'parameters', 'a dog'), TypeError);
});
