// Pre-training of the denoising U-Net on latents of renders and careless captions.

import { join } from 'node:path';
import { mean, square, sub } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { constantParams, declareParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { parseClipTextConfig } from '../../models/clip/config.ts';
import { clipTextHidden } from '../../models/clip/text.ts';
import { createSchedule } from '../../models/diffusion/schedule.ts';
import { loadTokenizer } from '../../models/tokenizer/files.ts';
import { parseUnetConfig } from '../../models/unet/config.ts';
import { unet } from '../../models/unet/unet.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { random } from '../../util/random.ts';
import { heldOutPrompts, takeTableRows } from './batches.ts';
import { samplePair } from './captions.ts';
import { MODEL_INDEX, SCHEDULER_CONFIG, UNET_CONFIG } from './configs.ts';
import { type PretrainContext, publish, readJson, readTrained, trainStage } from './stage.ts';
import { encodeScenes } from './vae.ts';

const BATCH = 32;
const PAIRS = 32768;
const LATENT = 4 * 16 * 16;
/** The share of captions left empty, for classifier-free guidance (Ho & Salimans, 2022). */
const EMPTY = 0.1;

export async function pretrainUnet(context: PretrainContext, steps = 5000): Promise<void> {
  const folder = join(context.out, 'sd');
  const data = await makeDataset(folder, context.seed);
  const { length, width } = data;
  const config = parseUnetConfig(UNET_CONFIG);
  const { alphasCumprod } = createSchedule(SCHEDULER_CONFIG);
  const shapes = { latents: [BATCH, 4, 16, 16], timesteps: [BATCH], context: [BATCH, length, width] };
  const float = (shape: number[]) => ({ dtype: 'float32' as const, shape });
  const weights = await trainStage(context, {
    name: 'unet',
    specs: declareParams((p) =>
      unet(
        p,
        config,
        input('latents', shapes.latents),
        input('timesteps', shapes.timesteps),
        input('context', shapes.context),
      ),
    ),
    batch: {
      latents: float(shapes.latents),
      noise: float(shapes.latents),
      timesteps: float(shapes.timesteps),
      context: float(shapes.context),
    },
    loss: (p, batch) => ({
      loss: mean(square(sub(unet(p, config, batch.latents!, batch.timesteps!, batch.context!), batch.noise!))),
    }),
    makeBatch: (t) => {
      const rng = random(context.seed, 'unet', 'data', t);
      const rows = Array.from({ length: BATCH }, () => rng.int(PAIRS));
      const captions = rows.map((row) => (rng.uniform() < EMPTY ? 0 : data.captionOf[row]!));
      const timesteps = Float32Array.from(rows, () => rng.int(alphasCumprod.length));
      const noise = rng.normals(BATCH * LATENT);
      const clean = takeTableRows(data.latents, LATENT, rows);
      const latents = clean.map((x, i) => {
        const kept = alphasCumprod[timesteps[Math.floor(i / LATENT)]!]!;
        return Math.sqrt(kept) * x + Math.sqrt(1 - kept) * noise[i]!;
      });
      return { latents, noise, timesteps, context: takeTableRows(data.embeddings, length * width, captions) };
    },
    steps,
    learningRate: 1e-3,
    warmupSteps: 100,
    emaDecay: 0.998,
  });
  publish(join(folder, 'unet'), 'diffusion_pytorch_model.safetensors', UNET_CONFIG, weights);
  writeFileAtomic(join(folder, 'scheduler', 'scheduler_config.json'), `${JSON.stringify(SCHEDULER_CONFIG, null, 2)}\n`);
  writeFileAtomic(join(folder, 'model_index.json'), `${JSON.stringify(MODEL_INDEX, null, 2)}\n`);
}

interface Dataset {
  /** Scaled latents [PAIRS, 4, 16, 16]. */
  readonly latents: Float32Array;
  /** Text hidden states [captions, length, width]; row 0 is the empty caption. */
  readonly embeddings: Float32Array;
  readonly captionOf: Int32Array;
  readonly length: number;
  readonly width: number;
}

async function makeDataset(folder: string, seed: number): Promise<Dataset> {
  const rng = random(seed, 'unet', 'pairs');
  const heldOut = heldOutPrompts();
  const pairs = Array.from({ length: PAIRS }, () => samplePair(rng, heldOut));
  const scaling = Number(readJson(join(folder, 'vae', 'config.json')).scaling_factor);
  const latents = (
    await encodeScenes(
      join(folder, 'vae'),
      pairs.map(({ scene }) => scene),
    )
  ).map((x) => x * scaling);
  const captions = ['', ...new Set(pairs.map(({ caption }) => caption))];
  const rowOf = new Map(captions.map((caption, row) => [caption, row]));
  const text = await encodeCaptions(folder, captions);
  return { latents, captionOf: Int32Array.from(pairs, ({ caption }) => rowOf.get(caption)!), ...text };
}

async function encodeCaptions(
  folder: string,
  captions: readonly string[],
): Promise<Pick<Dataset, 'embeddings' | 'length' | 'width'>> {
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
