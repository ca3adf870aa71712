// What is measured on a GPU: steps of tuning, whole and beside a LoRA, and drawing. Each case runs in a process of its own.

import { sizeOf } from '../../src/engine/graph/types.ts';
import type { Provider } from '../../src/engine/runtime/providers.ts';
import { tuningBatch } from '../../src/method/tuning/loss.ts';
import { planMixture } from '../../src/method/tuning/mixture.ts';
import { createTuningTrainer } from '../../src/method/tuning/trainer.ts';
import { latentSizes } from '../../src/models/inference/latents.ts';
import { type DrawPrecision, openPainter } from '../../src/models/inference/painter.ts';
import { openPipeline } from '../../src/models/pipeline.ts';
import { configSchema } from '../../src/project/config/config.ts';
import { median } from '../../src/statistics/median.ts';
import { random } from '../../src/util/random.ts';

export interface GpuCase {
  readonly kind: 'LoRA step' | 'full step' | 'picture';
  /** The folder of a model. */
  readonly model: string;
  readonly precision: DrawPrecision;
  readonly provider: Provider;
  /** Runs behind the median, after one that warms up. */
  readonly rounds: number;
}

/** Median seconds: of a step of batch 1 at the model's own size, or of a picture in 20 steps with guidance. */
export function runCase(one: GpuCase): Promise<number> {
  return one.kind === 'picture' ? drawPicture(one) : tuneStep(one, one.kind === 'LoRA step' ? 4 : 0);
}

async function medianSeconds(rounds: number, work: (round: number) => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await work(round);
    if (round > 0) seconds.push((performance.now() - start) / 1000);
  }
  return median(seconds)!;
}

const MIXED = { float32: 'no', float16: 'fp16', bfloat16: 'bf16' } as const;

async function tuneStep({ model, precision, provider, rounds }: GpuCase, loraRank: number): Promise<number> {
  const pipeline = openPipeline(model);
  const settings = {
    ...configSchema.parse({}).tune,
    batchSize: 1,
    pretrainShare: 0,
    gradientCheckpointing: true,
    loraRank,
    emaDecay: 0,
    mixedPrecision: MIXED[precision],
  };
  const { channels, height, width } = latentSizes(pipeline);
  const sizes = { latentShape: [channels, height, width], conditionShapes: pipeline.conditions } as const;
  const { trainer } = await createTuningTrainer(pipeline, sizes, settings, { provider });
  const types = tuningBatch(planMixture(settings), sizes.latentShape, sizes.conditionShapes);
  const batch = Object.fromEntries(
    Object.entries(types).map(([name, { shape }]) => [name, random(0, 'gpu', name).normals(sizeOf(shape))]),
  );
  const feeds = { ...batch, timesteps: Float32Array.of(500), weights: Float32Array.of(1) };
  const seconds = await medianSeconds(rounds, () => trainer.advance([feeds]));
  await trainer.dispose();
  return seconds;
}

async function drawPicture({ model, precision, provider, rounds }: GpuCase): Promise<number> {
  const painter = await openPainter(model, { batchSize: 1, provider });
  const settings = { sampler: 'dpm-solver', steps: 20, guidanceScale: 7.5, precision } as const;
  const seconds = await medianSeconds(rounds, (seed) => painter.draw([{ prompt: 'a dog', seed }], settings).next());
  await painter.dispose();
  return seconds;
}
