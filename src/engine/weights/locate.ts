// Finds the weight files of one component folder, such as unet/ or text_encoder/: a single file, shards with an index,
// or a variant such as fp16 of either.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import { repeatedKey } from './repeated-key.ts';
import { isPickled, refusePickled } from './safetensors.ts';

/** One safetensors file, or the shards of an index and the shard of each tensor. */
export type WeightLocation =
  | { kind: 'file'; path: string }
  | { kind: 'shards'; index: string; shards: string[]; shardOf: Map<string, string> };

type Candidate = { path: string; variant: string; index: boolean };

const SINGLE = /^(?:diffusion_pytorch_model|model)(?:\.(\w+))?\.safetensors$/;
const INDEX = /^(?:diffusion_pytorch_model|model)\.safetensors\.index(?:\.(\w+))?\.json$/;

/**
 * The weights at `path`, a file or a component folder.
 * Without `variant` the plain files are taken, or the only variant there is.
 *
 * @throws CollimateError WEIGHTS where there are none, only pickled ones, or several variants to choose from.
 */
export function locateWeights(path: string, variant?: string): WeightLocation {
  if (!isFolder(path)) return path.endsWith('.json') ? readIndex(path) : { kind: 'file', path };
  const files = readdirSync(path).sort();
  const chosen = choose(path, files, variant);
  return chosen.index ? readIndex(chosen.path) : { kind: 'file', path: chosen.path };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function choose(folder: string, files: string[], variant: string | undefined): Candidate {
  const all = files.flatMap((file) => candidate(folder, file));
  const wanted = all.filter((found) => found.variant === (variant ?? ''));
  const fitting = wanted.length > 0 || variant !== undefined ? wanted : all;
  const variants = [...new Set(fitting.map((found) => found.variant))];
  // A single file wins over an index beside it: the pair is what a re-save leaves behind.
  const best = fitting.find((found) => !found.index) ?? fitting[0];
  if (best !== undefined && variants.length === 1) return best;
  if (best !== undefined)
    throw new CollimateError(
      'WEIGHTS',
      `${folder}: expected one set of weights, got the variants ${variants.join(', ')}`,
      'Say which variant to read.',
    );
  const pickled = files.find(isPickled);
  if (pickled !== undefined && variant === undefined) throw refusePickled(join(folder, pickled));
  const expected = variant === undefined ? '*.safetensors' : `*.${variant}.safetensors`;
  const names = files.slice(0, 8).join(', ') || 'an empty folder';
  throw new CollimateError(
    'WEIGHTS',
    `${folder}: expected diffusion_pytorch_model or model as ${expected}, got ${names}`,
    'Name a folder of a model in the diffusers or Hugging Face layout.',
  );
}

function candidate(folder: string, file: string): Candidate[] {
  const single = SINGLE.exec(file);
  const match = single ?? INDEX.exec(file);
  return match === null ? [] : [{ path: join(folder, file), variant: match[1] ?? '', index: single === null }];
}

function readIndex(path: string): WeightLocation {
  const bad = (problem: string) =>
    new CollimateError('WEIGHTS', `${path}: ${problem}`, 'Fetch the index and all its shards again.');
  let map: unknown;
  let repeated: string | undefined;
  try {
    const json = readFileSync(path, 'utf8');
    map = (JSON.parse(json) as { weight_map?: unknown }).weight_map;
    repeated = repeatedKey(json);
  } catch (error) {
    throw bad(`expected a JSON index of shards (${(error as Error).message})`);
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw bad('expected a "weight_map" from name to file');
  if (repeated !== undefined) throw bad(`expected each name once, got "${repeated}" twice`);
  const shardOf = new Map<string, string>();
  for (const [name, file] of Object.entries(map)) {
    // A shard lies beside its index; anything else could reach any file of the machine.
    if (typeof file !== 'string' || !/^[\w.-]+\.safetensors$/.test(file))
      throw bad(`expected the file name of a shard for ${name}, got ${JSON.stringify(file)}`);
    shardOf.set(name, join(path, '..', file));
  }
  return { kind: 'shards', index: path, shards: [...new Set(shardOf.values())].sort(), shardOf };
}
