// Model folders of full size with random weights: the published shapes of Stable Diffusion 1.5 and CLIP ViT-L/14 as
// float16, about 2 and 0.9 GB. They draw nothing; they take the time and the memory of the real ones.

import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { input } from '../../src/engine/graph/tensor.ts';
import { declareParams, type Init, type ParamSpec } from '../../src/engine/nn/params.ts';
import { type LazyTensor, writeTensors } from '../../src/engine/weights/write-safetensors.ts';
import { clip } from '../../src/models/clip/clip.ts';
import { parseClipConfig } from '../../src/models/clip/config.ts';
import { readJsonObject } from '../../src/models/config.ts';
import { openPipeline } from '../../src/models/pipeline.ts';
import { buildTinyTokenizer } from '../../src/models/tokenizer/tiny.ts';
import { grammarWords } from '../../src/project/prompts/grammar.ts';
import { worldGrammar } from '../../src/project/prompts/world-grammar.ts';
import { writeFileAtomic } from '../../src/util/files.ts';
import { random } from '../../src/util/random.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PUBLISHED = join(ROOT, 'test/fixtures/published/sd15');
const CLIP_CONFIG = join(ROOT, 'bench/clip-vit-large-patch14/config.json');

/** Uniform numbers of [−1, 1) that all tensors are cut from: drawing 1.4 billion of them would take minutes. */
const POOL = random(0, 'fullsize').uniforms(2 ** 21 + 3, -1, 1);

/** The folders `sd15` and `clip` under `dir`, made where they are not there yet. */
export function buildFullSize(dir: string): { sd: string; clip: string } {
  const folders = { sd: join(dir, 'sd15'), clip: join(dir, 'clip') };
  makeOnce(folders.sd, buildStableDiffusion);
  makeOnce(folders.clip, buildClip);
  return folders;
}

function makeOnce(folder: string, build: (fresh: string) => void): void {
  if (existsSync(folder)) return;
  const fresh = `${folder}.tmp`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  build(fresh);
  renameSync(fresh, folder);
}

function buildStableDiffusion(folder: string): void {
  cpSync(PUBLISHED, folder, { recursive: true });
  writeTokenizer(join(folder, 'tokenizer'));
  writeComponents(folder);
}

/** Random weights for every component of a folder that has its configs. */
function writeComponents(folder: string): void {
  const { components, declare, family } = openPipeline(folder);
  for (const name of components) writeRandom(join(folder, name, family.parts[name]!.weightFile), declare[name]!());
}

function buildClip(folder: string): void {
  writeTokenizer(folder);
  const config = parseClipConfig(readJsonObject(CLIP_CONFIG), CLIP_CONFIG);
  const pixels = input('pixels', [1, 3, 224, 224]);
  const specs = declareParams((p) => clip(p, config, input('ids', [1, 77], 'int32'), pixels));
  writeRandom(join(folder, 'model.safetensors'), specs);
  cpSync(CLIP_CONFIG, join(folder, 'config.json'));
}

/** A small vocabulary of CLIP's format: ids run below the full table, and rows are 77 tokens long. */
function writeTokenizer(folder: string): void {
  for (const [name, text] of Object.entries(buildTinyTokenizer(grammarWords(worldGrammar), 77).files))
    writeFileAtomic(join(folder, name), text);
}

function writeRandom(path: string, specs: readonly ParamSpec[]): void {
  const tensors = specs.map((spec, i): [string, LazyTensor] => [spec.name, randomTensor(spec, i)]);
  writeTensors(path, new Map(tensors), { format: 'pt' });
}

function randomTensor({ shape, init }: ParamSpec, index: number): LazyTensor {
  const read = () => ({ dtype: 'float32' as const, shape, data: valuesOf(init, shape, index) });
  return { dtype: 'F16', shape, read };
}

function valuesOf(init: Init, shape: readonly number[], index: number): Float32Array {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if ('constant' in init) return data.fill(init.constant);
  const width = 'uniform' in init ? init.uniform : init.normal * Math.sqrt(3);
  const start = (index * 7919) % POOL.length;
  for (let i = 0; i < data.length; i++) data[i] = width * POOL[(start + i) % POOL.length]!;
  return data;
}
