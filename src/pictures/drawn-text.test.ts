import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { random } from '../util/random.ts';
import { findInAvif } from './avif-exif.ts';
import { readComfyPrompt } from './comfy-prompt.ts';
import { readDrawnText } from './drawn-text.ts';
import { readExif } from './exif.ts';
import { parseParameters } from './parameters.ts';
import { addPngText } from './png-text.ts';
import { reencodePicture } from './reencode.ts';

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#a33' } });
const TEXT = 'a red wall, naïve\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12';

/** EXIF data with one tag of the first folder, or one of the second. */
function makeExif(tag: number, type: number, value: Buffer, inner: boolean): Buffer {
  const exif = Buffer.alloc(26 + (inner ? 18 : 0));
  exif.write('MM\0\x2a', 0, 'latin1');
  exif.writeUInt32BE(8, 4);
  const entry = (at: number, name: number, kind: number, count: number, offset: number) => {
    exif.writeUInt16BE(1, at);
    exif.writeUInt16BE(name, at + 2);
    exif.writeUInt16BE(kind, at + 4);
    exif.writeUInt32BE(count, at + 6);
    exif.writeUInt32BE(offset, at + 10);
  };
  if (inner) entry(8, 0x8769, 4, 1, 26);
  entry(inner ? 26 : 8, tag, type, value.length, exif.length);
  return Buffer.concat([exif, value]);
}

const comment = (code: string, text: Buffer) =>
  makeExif(0x9286, 7, Buffer.concat([Buffer.from(code, 'latin1'), text]), true);

async function toJpeg(exif: Buffer): Promise<Buffer> {
  const jpeg = await picture().jpeg().toBuffer();
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif]);
  const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

async function toWebp(exif: Buffer): Promise<Buffer> {
  const webp = await picture().webp().toBuffer();
  const head = Buffer.alloc(8);
  head.write('EXIF', 'latin1');
  head.writeUInt32LE(exif.length, 4);
  const whole = Buffer.concat([webp, head, exif, Buffer.alloc(exif.length % 2)]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

async function toPng(exif: Buffer): Promise<Buffer> {
  const png = await picture().png().toBuffer();
  const body = Buffer.concat([Buffer.from('eXIf', 'latin1'), exif]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(exif.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, sum, png.subarray(33)]);
}

/** A box of ISO/IEC 14496-12. */
function box(type: string, ...parts: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** Boxes alone, before which stands what begins as TIFF does; `apart` has the item in two pieces of the box `idat`. */
function toAvif(exif: Buffer, apart: boolean): Buffer {
  const item = Buffer.concat([Buffer.from([0, 0, 0, 6]), Buffer.from('Exif\0\0', 'latin1'), exif]);
  const decoy = box('free', Buffer.from('II*\0 and no tags', 'latin1'));
  const front = Buffer.concat([box('ftyp', Buffer.from('avif\0\0\0\0avif', 'latin1')), decoy]);
  const infe = (id: number, type: string) => box('infe', [2, 0, 0, 0, 0, id, 0, 0], Buffer.from(`${type}\0`, 'latin1'));
  const iinf = box('iinf', [0, 0, 0, 0, 0, 2], infe(1, 'av01'), infe(7, 'Exif'));
  const u32 = (...numbers: number[]) => numbers.flatMap((n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
  const places = (start: number) => {
    const pieces = apart ? [u32(0, 9), u32(9, item.length - 9)] : [u32(start, item.length)];
    const own = [0, 7, ...(apart ? [0, 1] : []), 0, 0, 0, pieces.length, ...pieces.flat()];
    const other = [0, 1, ...(apart ? [0, 0] : []), 0, 0, 0, 1, ...u32(0, 4)];
    return box('iloc', [apart ? 1 : 0, 0, 0, 0, 0x44, 0, 0, 2], other, own);
  };
  const meta = (start: number) =>
    box('meta', [0, 0, 0, 0], iinf, places(start), apart ? box('idat', item) : Buffer.alloc(0));
  const start = front.length + meta(0).length + 8;
  return Buffer.concat([front, meta(start), box('mdat', apart ? Buffer.alloc(4) : item)]);
}

async function toGif(text: Buffer): Promise<Buffer> {
  const gif = await picture().gif().toBuffer();
  const start = 13 + 3 * 2 ** ((gif[10]! & 7) + 1);
  const blocks = [text.subarray(0, 20), text.subarray(20)].flatMap((part) => [Buffer.from([part.length]), part]);
  return Buffer.concat([
    gif.subarray(0, start),
    Buffer.from([0x21, 0xfe]),
    ...blocks,
    Buffer.from([0]),
    gif.subarray(start),
  ]);
}

test('the comment of JPEG, WebP, AVIF, TIFF and PNG files is read in each of its encodings, and kept with the picture', async () => {
  const utf16 = Buffer.from(TEXT, 'utf16le');
  const comments = [
    comment('UNICODE\0', Buffer.from(utf16).swap16()),
    comment('UNICODE\0', utf16),
    comment('\0\0\0\0\0\0\0\0', Buffer.from(TEXT)),
    comment('ASCII\0\0\0', Buffer.from(`${TEXT}\0\0`)),
    // As bytes that are numbers, and as a text of the picture without a code.
    makeExif(0x9286, 1, Buffer.concat([Buffer.from('UNICODE\0'), utf16]), true),
    makeExif(0x9286, 2, Buffer.from(`${TEXT}\0`), false),
  ];
  for (const exif of comments)
    for (const file of [
      await toJpeg(exif),
      await toWebp(exif),
      await toPng(exif),
      toAvif(exif, false),
      toAvif(exif, true),
      exif,
    ])
      assert.equal(readDrawnText(file), TEXT);
  // A file as an encoder writes it.
  const avif = await picture()
    .withExif({ IFD0: { Model: 'prompt:{}' } })
    .avif()
    .toBuffer();
  assert.equal(readExif(avif)?.model, 'prompt:{}');
  const { png } = await reencodePicture(await toJpeg(comments[0]!));
  assert.equal(readDrawnText(png), TEXT);
  assert.equal(readDrawnText(await toJpeg(comment('ASCII\0\0\0', Buffer.from('Holidays 2019')))), undefined);
  assert.equal(readDrawnText(await picture().jpeg().toBuffer()), undefined);
});

test('an AVIF file whose items say that they are all of it, thousands of times, has no comment and is read at once', () => {
  const infe = box('infe', [2, 0, 0, 0, 0, 7, 0, 0], Buffer.from('Exif\0', 'latin1'));
  // Pieces without a place or a length: each begins where the file does, and ends where it ends.
  const endless = (id: number) => [0, id, 0, 0, 0xff, 0xff];
  const others = Array.from({ length: 60_000 }, () => endless(1)).flat();
  const iloc = box('iloc', [0, 0, 0, 0, 0, 0, 0xea, 0x61], others, endless(7));
  const meta = box('meta', [0, 0, 0, 0], box('iinf', [0, 0, 0, 0, 0, 1], infe), iloc);
  const file = Buffer.concat([box('ftyp', Buffer.from('avif\0\0\0\0avif', 'latin1')), meta]);
  const start = performance.now();
  assert.equal(findInAvif(file), undefined);
  assert.ok(performance.now() - start < 1000);
});

test('the comment of a GIF is read where it has settings', async () => {
  assert.equal(readDrawnText(await toGif(Buffer.from(TEXT))), TEXT);
  assert.equal(readDrawnText(await toGif(Buffer.from('Created with an editor, 2019'))), undefined);
});

test('InvokeAI and NovelAI: JSON under keywords of their own', async () => {
  const plain = await picture().png().toBuffer();
  const read = (keyword: string, fields: object) => readDrawnText(addPngText(plain, keyword, JSON.stringify(fields)));
  const invoke = { positive_prompt: 'a red wall', negative_prompt: 'blurry', steps: 30, cfg_scale: 7.5, seed: 5 };
  assert.equal(
    read('invokeai_metadata', { ...invoke, scheduler: 'euler', model: { name: 'sdxl' } }),
    'a red wall\nNegative prompt: blurry\nSteps: 30, Sampler: euler, CFG scale: 7.5, Seed: 5',
  );
  const novel = { prompt: 'a fox', uc: 'lowres', steps: 28, scale: 5, seed: 9, sampler: 'k_euler' };
  const expected = 'a fox\nNegative prompt: lowres\nSteps: 28, Sampler: k_euler, CFG scale: 5, Seed: 9';
  assert.equal(read('Comment', novel), expected);
  assert.equal(read('Comment', { prompt: 'a fox', seed: 9 }), 'a fox');
  assert.equal(readDrawnText(addPngText(plain, 'Comment', 'Created with an editor')), undefined);
  assert.equal(read('Comment', { width: 8 }), undefined);
});

const GRAPH = {
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: 5,
      steps: 20,
      cfg: 7.5,
      sampler_name: 'euler',
      positive: ['9', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    },
  },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: ['8', 0], clip: ['4', 1] } },
  '7': { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['4', 1] } },
  '8': { class_type: 'PrimitiveString', inputs: { value: 'a red wall' } },
  '9': { class_type: 'ControlNetApplyAdvanced', inputs: { positive: ['6', 0], negative: ['7', 0], strength: 1 } },
};

test('ComfyUI: the text that the sampler was led to, along the links of its graph', async () => {
  const expected = 'a red wall\nNegative prompt: blurry\nSteps: 20, Sampler: euler, CFG scale: 7.5, Seed: 5';
  const plain = await picture().png().toBuffer();
  assert.equal(readDrawnText(addPngText(plain, 'prompt', JSON.stringify(GRAPH))), expected);
  const model = Buffer.from(`prompt:${JSON.stringify(GRAPH)}\0`);
  assert.equal(readDrawnText(await toWebp(makeExif(0x0110, 2, model, false))), expected);
  // Without steps, the settings could not be told from the prompt.
  const bare = {
    '1': { inputs: { seed: 5, positive: ['2', 0] }, class_type: 'KSampler' },
    '2': { inputs: { text: 'a red wall' } },
  };
  assert.equal(readDrawnText(addPngText(plain, 'prompt', JSON.stringify(bare))), 'a red wall');
  const guider = {
    '1': { class_type: 'BasicGuider', inputs: { conditioning: ['2', 0] } },
    '2': { inputs: { text: 'a fox' } },
  };
  assert.equal(readComfyPrompt(JSON.stringify(guider))?.prompt, 'a fox');
});

test('ComfyUI: two texts for the two towers of SDXL are no single prompt unless they are one', () => {
  const led = (inputs: object) =>
    readComfyPrompt(JSON.stringify({ ...GRAPH, '6': { class_type: 'CLIPTextEncodeSDXL', inputs } }))?.prompt;
  assert.equal(led({ text_g: 'a red wall', text_l: 'a red wall' }), 'a red wall');
  assert.equal(led({ text_g: 'a red wall', text_l: '' }), 'a red wall');
  assert.equal(led({ text_g: 'a red wall', text_l: 'at night' }), undefined);
});

test('ComfyUI: what is no graph, goes in a circle or has several prompts, has none', () => {
  const several = {
    ...GRAPH,
    '10': { class_type: 'KSampler', inputs: { positive: ['11', 0] } },
    '11': { inputs: { text: 'another' } },
  };
  const circle = {
    '1': { inputs: { positive: ['2', 0] } },
    '2': { inputs: { text: ['3', 0] } },
    '3': { inputs: { text: ['2', 0] } },
  };
  for (const text of [
    JSON.stringify(several),
    JSON.stringify(circle),
    'a red wall',
    '[]',
    'null',
    '{"1":null,"2":{"inputs":3}}',
  ])
    assert.equal(readComfyPrompt(text), undefined, text);
});

test('letters that cannot be printed part words and never join them', async () => {
  const bytes = await picture().png().toBuffer();
  const read = (text: string) => readDrawnText(addPngText(bytes, 'parameters', text));
  assert.equal(read('a red\tfox\r\nin a\0city'), 'a red fox\nin a city');
});

test('no change of bytes or letters makes these readers throw', async () => {
  const exif = comment('UNICODE\0', Buffer.from(TEXT, 'utf16le'));
  const made = [
    toJpeg(exif),
    toWebp(exif),
    toPng(exif),
    toAvif(exif, false),
    toAvif(exif, true),
    toGif(Buffer.from(TEXT)),
  ];
  const files = [...(await Promise.all(made)), exif];
  const graph = JSON.stringify(GRAPH);
  for (let seed = 0; seed < 300; seed++) {
    const rng = random(seed, 'drawn');
    const bytes = Buffer.from(files[seed % files.length]!);
    for (let i = 0; i < 4; i++) bytes[rng.int(Math.min(bytes.length, 400))] = rng.int(256);
    const text = readDrawnText(rng.int(3) === 0 ? bytes.subarray(0, rng.int(bytes.length)) : bytes);
    assert.ok(text === undefined || typeof parseParameters(text).prompt === 'string');
    const at = rng.int(graph.length);
    readComfyPrompt(graph.slice(0, at) + '[]{}",:0n'[rng.int(9)] + graph.slice(at + rng.int(3)));
  }
});
