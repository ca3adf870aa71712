// What the U-Net learns from: latents of renders, and hidden states of every caption that there may be.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { input } from '../../engine/graph/tensor.ts';
import { constantParams, declareParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { openSafetensors } from '../../engine/weights/safetensors.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { parseClipTextConfig } from '../../models/clip/config.ts';
import { clipTextHidden } from '../../models/clip/text.ts';
import { loadTokenizer } from '../../models/tokenizer/files.ts';
import { countsOf, type Grammar, makeSlots } from '../../project/prompts/grammar.ts';
import { formatPrompt } from '../../project/prompts/prompt-text.ts';
import type { Random } from '../../util/random.ts';
import { random } from '../../util/random.ts';
import { type Scene, sampleAnyScene } from '../scenes/scene.ts';
import { captionOf } from './captions.ts';
import type { Recipe } from './recipe.ts';
import { type PretrainContext, readJson, readTrained } from './stage.ts';
import { subjectWeights } from './subject-weights.ts';
import { encodeScenes } from './vae.ts';

export interface UnetData {
  /** Scaled latents, a row a scene. */
  readonly latents: Float32Array;
  /** Values in a row of latents. */
  readonly size: number;
  /** How much the loss counts each cell of latents, a row of `side × side` a scene. */
  readonly weights: Float32Array;
  /** Text hidden states [captions, length, width]; row 0 is the empty caption. */
  readonly embeddings: Float32Array;
  readonly length: number;
  readonly width: number;
  /** The row of a careless caption of a scene; another one at each call. */
  captionRow(scene: number, rng: Random): number;
}

/**
 * Latents are kept in the folder for training states, so that a resumed run does not encode them again; those of other
 * scenes, or of another autoencoder by its config with the scaling factor, are made anew.
 */
export async function makeUnetData(recipe: Recipe, { out, work, seed }: PretrainContext): Promise<UnetData> {
  const folder = join(out, 'sd');
  const { grammar } = recipe.scenery;
  const rng = random(seed, 'unet', 'scenes');
  const scenes = Array.from({ length: recipe.unet.scenes }, () => sampleAnyScene(rng, grammar));
  const vae = readFileSync(join(folder, 'vae', 'config.json'), 'utf8');
  const metadata = { world: recipe.scenery.name, seed: String(seed), scenes: String(scenes.length), vae };
  const latents = await keepLatents(join(work, 'unet-latents.safetensors'), metadata, () =>
    scaledLatents(recipe, folder, scenes),
  );
  const captions = ['', ...everyCaption(grammar)];
  const rowOf = new Map(captions.map((caption, row) => [caption, row]));
  const text = await encodeCaptions(folder, captions);
  return {
    latents,
    size: latents.length / scenes.length,
    weights: subjectWeights(recipe.scenery, scenes, recipe.configs.unet.sample_size, recipe.unet.subjectWeight),
    ...text,
    captionRow: (scene, draw) => rowOf.get(captionOf(recipe.captioning, scenes[scene]!, draw))!,
  };
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

/** Everything that a caption may say, held out or not; what is held out is never asked for. */
function everyCaption(grammar: Grammar): string[] {
  const colors = [undefined, ...grammar.colors];
  const places = [undefined, ...grammar.backgrounds.map(({ name }) => name)];
  return grammar.subjects.flatMap(({ singular }) =>
    countsOf(grammar).flatMap((count) =>
      colors.flatMap((color) => places.map((place) => formatPrompt(makeSlots(count, color, singular, place), grammar))),
    ),
  );
}

async function encodeCaptions(
  folder: string,
  captions: readonly string[],
): Promise<Pick<UnetData, 'embeddings' | 'length' | 'width'>> {
  const tokenizer = loadTokenizer(join(folder, 'tokenizer'));
  const config = parseClipTextConfig(readJson(join(folder, 'text_encoder', 'config.json')));
  const ids = input('ids', [1, tokenizer.maxLength], 'int32');
  const specs = declareParams((p) => clipTextHidden(p, config, ids));
  const program = await compile({
    hidden: clipTextHidden(constantParams(specs, readTrained(join(folder, 'text_encoder'), specs)), config, ids),
  });
  const size = tokenizer.maxLength * config.hidden_size;
  const embeddings = new Float32Array(captions.length * size);
  for (const [i, caption] of captions.entries()) {
    const { hidden } = await program.run({ ids: Int32Array.from(tokenizer.encode(caption)) });
    embeddings.set(hidden!.data as Float32Array, i * size);
  }
  await program.dispose();
  return { embeddings, length: tokenizer.maxLength, width: config.hidden_size };
}
