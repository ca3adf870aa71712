import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { decodePng, encodePng } from './image.ts';
import { decodeOutside, inspectOutside, PICTURE_NAME } from './outside.ts';
import { addPngText, readPngText } from './png-text.ts';
import { reencodePicture } from './reencode.ts';
import { countRemarks, describeRemarks } from './remarks.ts';

const plain = (background: string | object, width = 4, height = 4) =>
  sharp({ create: { width, height, channels: 3, background: background as string } });
const seeThrough = (r: number, alpha: number) =>
  sharp({ create: { width: 4, height: 4, channels: 4, background: { r, g: 0, b: 0, alpha } } });

/** The first pixel and what was done. */
async function look(bytes: Uint8Array): Promise<[number[], string]> {
  const { rgb, remarks } = await decodeOutside(bytes);
  return [[...rgb.subarray(0, 3)], remarks.join()];
}

/** Equal to a level of 255 or two, which profiles and lossy formats round away. */
function near([pixel, remarks]: [number[], string], expected: number[], said: string, name: string): void {
  assert.equal(remarks, said, name);
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(pixel[i]! - value) <= 2, `${name}: ${pixel} for ${expected}`);
}

test('every format comes to the same pixels in sRGB, and what was done to it is told', async () => {
  const brown = [128, 64, 32];
  const of = (image: Sharp) => image.toBuffer().then(look);
  for (const [name, image] of [
    ['png', plain('#804020').png()],
    ['jpeg', plain('#804020').jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['webp', plain('#804020').webp({ lossless: true })],
    ['avif', plain('#804020').avif({ lossless: true })],
    ['tiff', plain('#804020').tiff({ compression: 'lzw' })],
    ['gif', plain('#804020').gif()],
    ['palette', plain('#804020').png({ palette: true })],
  ] as const)
    near(await of(image), brown, '', name);
  near(await of(plain('#804020').greyscale().png()), [82, 82, 82], '', 'grey');
  near(await of(plain('#804020').toColourspace('grey16').png()), [82, 82, 82], 'deep', 'grey of 16 bits');
  near(await of(plain('#804020').toColourspace('rgb16').png()), brown, 'deep', '16 bits');
  near(await of(plain('#804020').withIccProfile('p3').png()), brown, 'profile', 'Display P3');
  const deep = plain('#804020').toColourspace('rgb16').withIccProfile('p3').png();
  near(await of(deep), brown, 'profile,deep', 'Display P3 of 16 bits');
});

test('what is transparent lies on white, in every format alike', async () => {
  for (const [name, image] of [
    ['png', (own: Sharp) => own.png()],
    ['webp', (own: Sharp) => own.webp({ lossless: true })],
    ['16 bits', (own: Sharp) => own.toColourspace('rgb16').png()],
  ] as const) {
    const said = name === '16 bits' ? 'transparent,deep' : 'transparent';
    near(await look(await image(seeThrough(255, 0)).toBuffer()), [255, 255, 255], said, `${name}, transparent red`);
    near(await look(await image(seeThrough(0, 0.5)).toBuffer()), [127, 127, 127], said, `${name}, half black`);
  }
  const opaque = await seeThrough(255, 1).png().toBuffer();
  assert.deepEqual(await look(opaque), [[255, 0, 0], ''], 'a channel alone makes nothing transparent');
  assert.equal((await inspectOutside(opaque)).mayBeTransparent, true);
  assert.equal((await inspectOutside(await plain('red').png().toBuffer())).mayBeTransparent, false);
});

test('EXIF turns a picture before it is brought to a size; of frames the first is taken', async () => {
  const wide = await plain('red', 16, 8).jpeg().withMetadata({ orientation: 6 }).toBuffer();
  const { width, height, remarks } = await decodeOutside(wide);
  assert.deepEqual([width, height, remarks], [8, 16, ['turned']]);
  const sized = await decodeOutside(wide, { width: 4, height: 6 });
  assert.deepEqual([sized.width, sized.height, sized.rgb.length], [4, 6, 72]);
  const frames = await Promise.all(['red', 'lime'].map((color) => plain(color).png().toBuffer()));
  for (const format of ['gif', 'webp'] as const) {
    const moving = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    near(await look(moving), [254, 0, 0], 'frames', format);
  }
  const still = await plain('red').png().toBuffer();
  assert.deepEqual(await look(withChunk(still, 'acTL', Buffer.from('0000000200000000', 'hex'))), [
    [255, 0, 0],
    'frames',
  ]);
});

/** With a chunk after the header. */
function withChunk(png: Buffer, type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, crc, png.subarray(33)]);
}

test('what is no such picture is refused with what it is', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>');
  const png = await plain('red', 64, 64).png().toBuffer();
  for (const [bytes, message] of [
    [svg, /the file is svg, not PNG, JPEG, WebP, GIF, AVIF or TIFF/],
    [Buffer.from('no picture'), /no picture that can be read/],
    [png.subarray(0, png.length - 30), /no picture that can be read/],
    [await plain('red').toColourspace('scrgb').tiff({ compression: 'none' }).toBuffer(), /channels of float/],
    [Buffer.alloc(32 * 1024 * 1024 + 1), /more than 32 MB/],
  ] as const)
    await assert.rejects(decodeOutside(bytes), { code: 'USAGE', message });
});

test('a picture is written anew with the text that says how it was drawn, and nothing else', async () => {
  const rgb = Uint8Array.from({ length: 48 }, (_, i) => 5 * i);
  const drawn = addPngText(await encodePng(rgb), 'parameters', 'a dog\nSteps: 20');
  const { png, remarks } = await reencodePicture(addPngText(drawn, 'secret', 'who'));
  assert.deepEqual((await decodePng(png)).rgb, rgb);
  assert.deepEqual([readPngText(png, 'parameters'), readPngText(png, 'secret')], ['a dog\nSteps: 20', undefined]);
  assert.deepEqual(remarks, []);
  const counts = countRemarks([['transparent', 'deep'], ['deep'], []]);
  assert.equal(
    describeRemarks(counts),
    '1 with transparent parts, laid on white; 2 of 16 bits a channel, reduced to 8',
  );
  assert.equal(describeRemarks({}), undefined);
});

test('endings that other programs give to the kinds that are read', () => {
  const names = [
    'a.png',
    'b.apng',
    'c.jpg',
    'd.JPEG',
    'e.jfif',
    'f.jpe',
    'g.webp',
    'h.gif',
    'i.avif',
    'j.tif',
    'k.TIFF',
  ];
  assert.deepEqual(
    [...names, 'l.heic', 'm.bmp', 'png', 'n.png.txt'].filter((name) => PICTURE_NAME.test(name)),
    names,
  );
});
