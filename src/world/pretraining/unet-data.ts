// What the U-Net learns from: latents of renders, and careless captions of them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openSafetensors } from '../../engine/weights/safetensors.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { loadTokenizer } from '../../models/tokenizer/files.ts';
import { countsOf } from '../../project/prompts/grammar.ts';
import type { Random } from '../../util/random.ts';
import { random } from '../../util/random.ts';
import { anySlots, type Scene, sampleScene } from '../scenes/scene.ts';
import { captionOf } from './captions.ts';
import type { Recipe } from './recipe.ts';
import { type PretrainContext, readJson } from './stage.ts';
import { encodeScenes } from './vae.ts';

export interface UnetData {
  /** Scaled latents, a row a scene. */
  readonly latents: Float32Array;
  /** Values in a row of latents. */
  readonly size: number;
  /** Token ids in a caption. */
  readonly length: number;
  /** Token ids of a careless caption of a scene; another one at each call. */
  captionOf(scene: number, rng: Random): readonly number[];
  readonly emptyCaption: readonly number[];
}

/**
 * Latents are kept in the folder for training states, so that a resumed run does not encode them again; those of other
 * scenes, or of another autoencoder by its config with the scaling factor, are made anew.
 */
export async function makeUnetData(recipe: Recipe, { out, work, seed }: PretrainContext): Promise<UnetData> {
  const folder = join(out, 'sd');
  const rng = random(seed, 'unet', 'scenes');
  const scenes = Array.from({ length: recipe.unet.scenes }, () => sampleWithSingles(recipe, rng));
  const vae = readFileSync(join(folder, 'vae', 'config.json'), 'utf8');
  const [count, singles] = [String(scenes.length), String(recipe.unet.singles)];
  const metadata = { world: recipe.scenery.name, seed: String(seed), scenes: count, singles, vae };
  const latents = await keepLatents(join(work, 'unet-latents.safetensors'), metadata, () =>
    scaledLatents(recipe, folder, scenes),
  );
  const tokenizer = loadTokenizer(join(folder, 'tokenizer'));
  return {
    latents,
    size: latents.length / scenes.length,
    length: tokenizer.maxLength,
    captionOf: (scene, draw) => tokenizer.encode(captionOf(recipe.captioning, scenes[scene]!, draw)),
    emptyCaption: tokenizer.encode(''),
  };
}

/** Any scene, or, as often as the recipe says beyond once, one of a single subject. */
function sampleWithSingles({ scenery: { grammar }, unet: { singles } }: Recipe, rng: Random): Scene {
  const slots = anySlots(rng, grammar);
  const extra = singles - 1;
  const isExtra = extra > 0 && rng.uniform() < extra / (extra + countsOf(grammar).length);
  return sampleScene(isExtra ? { ...slots, count: 1 } : slots, rng, grammar);
}

async function keepLatents(
  path: string,
  metadata: Readonly<Record<string, string>>,
  make: () => Promise<Float32Array>,
): Promise<Float32Array> {
  if (existsSync(path)) {
    const file = openSafetensors(path);
    try {
      if (isDeepStrictEqual({ ...file.metadata }, metadata)) return file.read('latents').data as Float32Array;
    } finally {
      file.close();
    }
  }
  const data = await make();
  writeSafetensors(path, new Map([['latents', { dtype: 'float32' as const, shape: [data.length], data }]]), metadata);
  return data;
}

async function scaledLatents(recipe: Recipe, folder: string, scenes: readonly Scene[]): Promise<Float32Array> {
  const scaling = Number(readJson(join(folder, 'vae', 'config.json')).scaling_factor);
  return (await encodeScenes(recipe, join(folder, 'vae'), scenes)).map((x) => x * scaling);
}
