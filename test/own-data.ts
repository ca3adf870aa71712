// Forty prompts and two dozen pictures as somebody brings them: free texts, files of several kinds and sizes, captions with a
// column of one's own, and answers in another table, by the names of the files.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { encodePng } from '../src/pictures/image.ts';
import { random } from '../src/util/random.ts';

const THINGS = ['bicycle', 'teapot', 'lighthouse', 'armchair', 'violin', 'suitcase', 'lantern', 'kettle'];
const NUMBERS = ['two', 'three', 'four', 'five'];
const COLORS = ['red', 'blue', 'green', 'yellow'];

/** Five of each thing; the last of them names nothing that could be another. */
export const OWN_PROMPTS: readonly string[] = THINGS.flatMap((thing, i) => [
  `${NUMBERS[i % 4]} ${thing}s on a wooden table`,
  `a ${COLORS[i % 4]} ${thing} beside a window`,
  `a photo of a ${thing} at the beach`,
  `an oil painting of ${NUMBERS[i % 2]} ${i % 2 ? 'white' : 'black'} ${thing}s`,
  `${thing}, studio light, highly detailed`,
]);

const PICTURES = 24;

/** Writes `prompts.txt`, `pictures/` with `metadata.jsonl`, and `labels.csv` into `dir`. */
export async function writeOwnData(dir: string): Promise<void> {
  writeFileSync(join(dir, 'prompts.txt'), `${OWN_PROMPTS.join('\n')}\n`);
  const folder = join(dir, 'pictures');
  mkdirSync(folder, { recursive: true });
  const names = Array.from({ length: PICTURES }, (_, i) => `IMG_${i}.${i % 3 === 0 ? 'jpg' : 'png'}`);
  for (const [i, name] of names.entries()) writeFileSync(join(folder, name), await drawPicture(i, name));
  const captions = names.map((name, i) => JSON.stringify({ file_name: name, text: OWN_PROMPTS[i], shelf: i }));
  writeFileSync(join(folder, 'metadata.jsonl'), `${captions.join('\n')}\n`);
  const labels = names.map((name, i) => `${name},${i % 2 === 0 ? 'good' : 'bad'}`);
  writeFileSync(join(dir, 'labels.csv'), ['file_name,answer', ...labels, ''].join('\n'));
}

/** Blocks of color, every fourth wider than it is high. */
async function drawPicture(i: number, name: string): Promise<Buffer> {
  const [width, height] = [i % 4 === 0 ? 96 : 64, 64];
  const rng = random(i, 'own picture');
  const blocks = Array.from({ length: 12 * 8 * 3 }, () => rng.int(256));
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = blocks[((y >> 3) * 12 + (x >> 3)) * 3 + c]!;
  const png = await encodePng(rgb, width, height);
  return name.endsWith('.jpg') ? sharp(png).jpeg({ quality: 95 }).toBuffer() : png;
}
