// Model folders of full size with random weights: the published shapes of Stable Diffusion 1.5 and CLIP ViT-L/14 as
// float16, about 2 and 0.9 GB. They draw nothing; they take the time and the memory of the real ones.

import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { input } from '../../src/engine/graph/tensor.ts';
import { countParams, declareParams, type Init, type ParamSpec } from '../../src/engine/nn/params.ts';
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
import { WIDE, type WideModel } from './wide.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PUBLISHED = join(ROOT, 'test/fixtures/published/sd15');
const CLIP_CONFIG = join(ROOT, 'bench/clip-vit-large-patch14/config.json');

/** Uniform numbers of [−1, 1) that all tensors are cut from: drawing 1.4 billion of them would take minutes. */
const POOL = random(0, 'fullsize').uniforms(2 ** 21 + 3, -1, 1);

/** Where each model of a case lies. */
export interface Folders {
  readonly sd: string;
  readonly clip: string;
  readonly xl: string;
  readonly sd35: string;
}

const BUILDERS: Readonly<Record<keyof Folders, (fresh: string) => void>> = {
  sd: buildStableDiffusion,
  clip: buildClip,
  xl: (fresh) => buildWide(fresh, WIDE.xl),
  sd35: (fresh) => buildWide(fresh, WIDE.sd35),
};

/** The folder of each model under `dir`; those of `needed` are made where they are not there yet. */
export function buildFullSize(dir: string, needed: readonly (keyof Folders)[]): Folders {
  const folders = { sd: join(dir, 'sd15'), clip: join(dir, 'clip'), xl: join(dir, 'xl'), sd35: join(dir, 'sd35') };
  for (const name of needed) makeOnce(folders[name], BUILDERS[name]);
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

/** A denoiser alone: nothing else of the model is opened by its cases. */
function buildWide(folder: string, { fixture, configs, parameters }: WideModel): void {
  cpSync(join(ROOT, fixture), folder, { recursive: true, filter: (path) => !path.endsWith('.safetensors') });
  for (const [component, patch] of Object.entries(configs)) {
    const path = join(folder, component, 'config.json');
    writeFileAtomic(path, JSON.stringify({ ...readJsonObject(path), ...patch }));
  }
  const { declare, denoiser, family } = openPipeline(folder);
  const specs = declare[denoiser]!();
  const count = countParams(specs);
  if (parameters !== undefined && count !== parameters)
    throw new Error(`${fixture} at full size: expected ${parameters} parameters, got ${count}`);
  writeRandom(join(folder, denoiser, family.parts[denoiser]!.weightFile), specs);
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
