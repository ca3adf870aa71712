// A model as somebody brings one: the layout and the shapes of Stable Diffusion 1.x with random weights, 64×64 pixels, and a
// CLIP beside it, both with the first words of CLIP's own tokenizer.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedTokenizer } from '../src/models/tokenizer/published.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/sd1', import.meta.url));
/** Of the fixture's embeddings: 512 bytes, so many merges, start and end. */
const MERGES = 86;

/** Writes `sd/` and `clip/` into `dir`. */
export function writeOwnModel(dir: string): { sd: string; clip: string } {
  const [sd, clip] = [join(dir, 'sd'), join(dir, 'clip')];
  cpSync(join(FIXTURES, 'sd'), sd, { recursive: true });
  mkdirSync(clip, { recursive: true });
  for (const name of ['config.json', 'model.safetensors']) cpSync(join(FIXTURES, 'clip', name), join(clip, name));
  changeJson(join(sd, 'unet', 'config.json'), { sample_size: 32 });
  changeJson(join(sd, 'vae', 'config.json'), { sample_size: 64 });
  const tokenizer = cutTokenizer();
  mkdirSync(join(sd, 'tokenizer'), { recursive: true });
  for (const [name, text] of Object.entries(tokenizer)) {
    writeFileSync(join(sd, 'tokenizer', name), text);
    writeFileSync(join(clip, name), text);
  }
  return { sd, clip };
}

function cutTokenizer(): Record<string, string> {
  const files = publishedTokenizer('<|endoftext|>');
  const merges = files['merges.txt']!.split('\n').slice(0, 1 + MERGES);
  const ids = Object.entries(JSON.parse(files['vocab.json']!) as Record<string, number>).sort((a, b) => a[1] - b[1]);
  const kept = [...ids.slice(0, 512 + MERGES), ...ids.slice(-2)].map(([token], id) => [token, id]);
  return {
    ...files,
    'merges.txt': `${merges.join('\n')}\n`,
    'vocab.json': `${JSON.stringify(Object.fromEntries(kept))}\n`,
  };
}

function changeJson(path: string, changes: object): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }, null, 2));
}
