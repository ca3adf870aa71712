// Pre-training of the small CLIP on renders and careless captions, and of the pipeline's text encoder with it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { clip, contrastiveLoss } from '../../models/clip/clip.ts';
import { parseClipConfig } from '../../models/clip/config.ts';
import { loadTokenizer } from '../../models/tokenizer/files.ts';
import { buildTinyTokenizer } from '../../models/tokenizer/tiny.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { type Random, random } from '../../util/random.ts';
import { worldWords } from '../scenes/words.ts';
import { renderBatch, samplePairs } from './batches.ts';
import { type Pair, sampleCounts } from './captions.ts';
import { clipConfig, textEncoderConfig } from './configs.ts';
import { type PretrainContext, publish, trainStage } from './stage.ts';

const BATCH = 96;
/** How much of a batch are random pairs; the rest are scenes in fours that differ in their count alone. */
const RANDOM_PAIRS = 48;

export async function pretrainClip(context: PretrainContext, steps = 2800): Promise<void> {
  const { files, vocabSize } = buildTinyTokenizer(worldWords());
  for (const folder of [join(context.out, 'clip'), join(context.out, 'sd', 'tokenizer')]) {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileAtomic(join(folder, name), text);
  }
  const tokenizer = loadTokenizer(join(context.out, 'clip'));
  const published = clipConfig(vocabSize);
  const config = parseClipConfig(published);
  const ids = { dtype: 'int32' as const, shape: [BATCH, tokenizer.maxLength] };
  const pixels = { dtype: 'float32' as const, shape: [BATCH, 3, 32, 32] };
  const weights = await trainStage(context, {
    name: 'clip',
    specs: declareParams((p) => clip(p, config, input('ids', ids.shape, 'int32'), input('pixels', pixels.shape))),
    batch: { ids, pixels },
    loss: (p, batch) => ({ loss: contrastiveLoss(clip(p, config, batch.ids!, batch.pixels!).logitsPerImage) }),
    makeBatch: (t) => {
      const pairs = sampleBatch(random(context.seed, 'clip', 'data', t));
      return {
        ids: Int32Array.from(pairs.flatMap(({ caption }) => tokenizer.encode(caption))),
        pixels: toClipPixels(renderBatch(pairs.map(({ scene }) => scene))),
      };
    },
    steps,
    learningRate: 1e-3,
    warmupSteps: 100,
    emaDecay: 0.998,
  });
  publish(join(context.out, 'clip'), 'model.safetensors', published, weights);
  const text = new Map([...weights].filter(([name]) => name.startsWith('text_model.')));
  publish(join(context.out, 'sd', 'text_encoder'), 'model.safetensors', textEncoderConfig(vocabSize), text);
}

function sampleBatch(rng: Random): Pair[] {
  const pairs = samplePairs(RANDOM_PAIRS, rng);
  while (pairs.length < BATCH) pairs.push(...sampleCounts(rng));
  return pairs;
}

const MEAN = [0.48145466, 0.4578275, 0.40821073];
const DEVIATION = [0.26862954, 0.26130258, 0.27577711];

/** From [−1, 1] to CLIP's normalisation, in place. */
function toClipPixels(pixels: Float32Array): Float32Array {
  for (let i = 0; i < pixels.length; i++) {
    const channel = Math.floor(i / 1024) % 3;
    pixels[i] = ((pixels[i]! + 1) / 2 - MEAN[channel]!) / DEVIATION[channel]!;
  }
  return pixels;
}
