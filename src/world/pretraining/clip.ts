// Pre-training of the small CLIP on renders and careless captions, and of the pipeline's text encoder with it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { clip, contrastiveLoss } from '../../models/clip/clip.ts';
import { parseClipConfig } from '../../models/clip/config.ts';
import { loadTokenizer } from '../../models/tokenizer/files.ts';
import { buildTinyTokenizer } from '../../models/tokenizer/tiny.ts';
import { grammarWords } from '../../project/prompts/grammar.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { type Random, random } from '../../util/random.ts';
import { renderBatch } from './batches.ts';
import { type Pair, sampleCounts, samplePair } from './captions.ts';
import { clipConfig, textEncoderConfig } from './configs.ts';
import type { Recipe } from './recipe.ts';
import { type PretrainContext, publish, trainStage } from './stage.ts';

export async function pretrainClip(context: PretrainContext, recipe: Recipe): Promise<void> {
  const { scenery, configs, clip: stage } = recipe;
  const { files, vocabSize } = buildTinyTokenizer(grammarWords(scenery.grammar));
  for (const folder of [join(context.out, 'clip'), join(context.out, 'sd', 'tokenizer')]) {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileAtomic(join(folder, name), text);
  }
  const tokenizer = loadTokenizer(join(context.out, 'clip'));
  const published = clipConfig(vocabSize, configs);
  const config = parseClipConfig(published);
  const ids = { dtype: 'int32' as const, shape: [stage.batch, tokenizer.maxLength] };
  const pixels = { dtype: 'float32' as const, shape: [stage.batch, 3, scenery.size, scenery.size] };
  const weights = await trainStage(context, {
    ...stage,
    name: 'clip',
    specs: declareParams((p) => clip(p, config, input('ids', ids.shape, 'int32'), input('pixels', pixels.shape))),
    batch: { ids, pixels },
    loss: (p, batch) => ({ loss: contrastiveLoss(clip(p, config, batch.ids!, batch.pixels!).logitsPerImage) }),
    makeBatch: (t) => {
      const pairs = sampleBatch(recipe, random(context.seed, 'clip', 'data', t));
      return {
        ids: Int32Array.from(pairs.flatMap(({ caption }) => tokenizer.encode(caption))),
        pixels: toClipPixels(
          renderBatch(
            scenery,
            pairs.map(({ scene }) => scene),
          ),
          scenery.size ** 2,
        ),
      };
    },
    warmupSteps: 100,
    emaDecay: 0.998,
  });
  publish(join(context.out, 'clip'), 'model.safetensors', published, weights);
  const text = new Map([...weights].filter(([name]) => name.startsWith('text_model.')));
  publish(join(context.out, 'sd', 'text_encoder'), 'model.safetensors', textEncoderConfig(vocabSize, configs), text);
}

function sampleBatch({ captioning, clip: { batch, randomPairs } }: Recipe, rng: Random): Pair[] {
  const pairs = Array.from({ length: randomPairs }, () => samplePair(captioning, rng));
  while (pairs.length < batch) pairs.push(...sampleCounts(captioning, rng));
  return pairs;
}

const MEAN = [0.48145466, 0.4578275, 0.40821073];
const DEVIATION = [0.26862954, 0.26130258, 0.27577711];

/** From [−1, 1] to CLIP's normalisation, in place; planes of `plane` values. */
function toClipPixels(pixels: Float32Array, plane: number): Float32Array {
  for (let i = 0; i < pixels.length; i++) {
    const channel = Math.floor(i / plane) % 3;
    pixels[i] = ((pixels[i]! + 1) / 2 - MEAN[channel]!) / DEVIATION[channel]!;
  }
  return pixels;
}
