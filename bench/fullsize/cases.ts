// What is measured at full size. Each case runs in a process of its own, so that its peak memory is its own.

import { input } from '../../src/engine/graph/tensor.ts';
import { openYardstick, peakMemoryGib } from '../../src/judging/bench/measure.ts';
import { tuningBatch } from '../../src/method/tuning/loss.ts';
import { checkMemory } from '../../src/method/tuning/memory-plan.ts';
import { planMixture } from '../../src/method/tuning/mixture.ts';
import { createTuningTrainer } from '../../src/method/tuning/trainer.ts';
import { type ClipPrecision, openClipEmbedder } from '../../src/models/inference/clip.ts';
import { openNetwork } from '../../src/models/inference/network.ts';
import { openPainter } from '../../src/models/inference/painter.ts';
import { openPipeline } from '../../src/models/pipeline.ts';
import { configSchema } from '../../src/project/config/config.ts';
import { random } from '../../src/util/random.ts';
import type { Folders } from './build.ts';

/** Seconds by name. */
type Timings = Record<string, number>;

export interface Case {
  readonly needs: readonly (keyof Folders)[];
  readonly run: (folders: Folders) => Promise<Timings>;
}

/** Wall-clock seconds, and those that the processors worked. */
async function clock(name: string, work: () => Promise<unknown>): Promise<Timings> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { [`${name}_s`]: (performance.now() - start) / 1000, [`${name}_cpu_s`]: (user + system) / 1e6 };
}

const normals = (name: string, shape: readonly number[]) =>
  random(0, 'fullsize', name).normals(shape.reduce((a, b) => a * b, 1));

/** One pass of the denoiser over two pictures at 64×64 latents. */
async function denoise(folder: string): Promise<Timings> {
  const pipeline = openPipeline(folder);
  const shapes = Object.entries(pipeline.conditions).map(([name, shape]) => [name, [2, ...shape]] as const);
  const latents = [2, pipeline.latent.channels, 64, 64];
  let network: Awaited<ReturnType<typeof openNetwork>> | undefined;
  const opened = await clock('open', async () => {
    network = await openNetwork(
      (p) => {
        const conditions = Object.fromEntries(shapes.map(([name, shape]) => [name, input(name, shape)]));
        return { output: pipeline.denoise(p, input('latents', latents), input('timesteps', [2]), conditions) };
      },
      pipeline.open(pipeline.denoiser),
      folder,
    );
  });
  const feeds = {
    latents: normals('latents', latents),
    timesteps: Float32Array.of(500, 500),
    ...Object.fromEntries(shapes.map(([name, shape]) => [name, normals(name, shape)])),
  };
  await network!.run(feeds);
  return { ...opened, ...(await clock('run', () => network!.run(feeds))) };
}

async function embedImages({ clip }: Folders, precision: ClipPrecision): Promise<Timings> {
  const embedder = await openClipEmbedder(clip, { batchSize: 8, precision });
  const rng = random(0, 'fullsize', 'pictures');
  const pictures = Array.from({ length: 8 }, () => ({
    width: 512,
    height: 512,
    rgb: Uint8Array.from({ length: 3 * 512 * 512 }, () => rng.int(256)),
  }));
  const opened = await clock('open_and_run', () => embedder.embedImages(pictures));
  const timings = await clock('run', () => embedder.embedImages(pictures));
  await embedder.dispose();
  return { ...opened, ...timings };
}

async function embedTexts({ clip }: Folders, precision: ClipPrecision): Promise<Timings> {
  const embedder = await openClipEmbedder(clip, { batchSize: 32, precision });
  const prompts = Array.from({ length: 32 }, (_, i) => `two green dogs and ${i} cats in a city`);
  await embedder.embedTexts(prompts);
  const timings = await clock('run', () => embedder.embedTexts(prompts));
  await embedder.dispose();
  return timings;
}

/**
 * From the start of the process to the first denoising step: hashing, text encoder, opening the U-Net. The second step, which
 * opens nothing, says how long a step itself takes.
 */
async function firstStep(sd: string): Promise<Timings> {
  const painter = await openPainter(sd, { batchSize: 1 });
  const stop = new AbortController();
  const settings = { sampler: 'dpm-solver', steps: 20, guidanceScale: 7.5 } as const;
  const marks: { wall: number; cpu: number }[] = [];
  const onStep = () => {
    const { user, system } = process.cpuUsage();
    if (marks.push({ wall: performance.now() / 1000, cpu: (user + system) / 1e6 }) === 3) stop.abort();
  };
  const drawing = painter.draw([{ prompt: 'two green dogs', seed: 1 }], settings, { signal: stop.signal, onStep });
  await drawing.next().catch(() => undefined);
  await painter.dispose();
  const [text, first, second] = marks as [(typeof marks)[0], (typeof marks)[0], (typeof marks)[0]];
  return {
    text_encoded_s: text.wall,
    first_step_starts_s: 2 * first.wall - second.wall,
    first_step_starts_cpu_s: 2 * first.cpu - second.cpu,
    step_s: second.wall - first.wall,
    step_cpu_s: second.cpu - first.cpu,
  };
}

async function drawOne(sd: string): Promise<Timings> {
  const painter = await openPainter(sd, { batchSize: 1 });
  const settings = { sampler: 'dpm-solver', steps: 2, guidanceScale: 7.5 } as const;
  const timings = await clock('picture', () => painter.draw([{ prompt: 'two green dogs', seed: 1 }], settings).next());
  await painter.dispose();
  return timings;
}

/** One optimiser step of batch 1, with what the plan foresaw. */
async function tuneStep(folder: string, side: number, rank: number, mixedPrecision: 'no' | 'bf16' = 'no') {
  const pipeline = openPipeline(folder);
  const settings = {
    ...configSchema.parse({}).tune,
    batchSize: 1,
    pretrainShare: 0,
    gradientCheckpointing: true,
    loraRank: rank,
    emaDecay: 0,
    mixedPrecision,
  };
  const latentShape = [pipeline.latent.channels, side, side] as const;
  const sizes = { latentShape, conditionShapes: pipeline.conditions };
  const plan = checkMemory(pipeline, sizes, settings, process.availableMemory()).total / 2 ** 30;
  const { trainer } = await createTuningTrainer(pipeline, sizes, settings);
  const types = tuningBatch(planMixture(settings), sizes.latentShape, sizes.conditionShapes);
  const batch = Object.fromEntries(Object.entries(types).map(([name, { shape }]) => [name, normals(name, shape)]));
  const feeds = { ...batch, timesteps: Float32Array.of(500), weights: Float32Array.of(1) };
  const timings = await clock('step', () => trainer.advance([feeds]));
  await trainer.dispose();
  return { ...timings, plan_gib: plan };
}

const sd = (run: (folder: string) => Promise<Timings>): Case => ({ needs: ['sd'], run: (folders) => run(folders.sd) });
const xl = (run: (folder: string) => Promise<Timings>): Case => ({ needs: ['xl'], run: (folders) => run(folders.xl) });
const sd35 = (run: (folder: string) => Promise<Timings>): Case => ({
  needs: ['sd35'],
  run: (folders) => run(folders.sd35),
});
const clip = (run: (folders: Folders) => Promise<Timings>): Case => ({ needs: ['clip'], run });

export const CASES: Readonly<Record<string, Case>> = {
  'U-Net, batch 2 at 64×64 latents, 77 tokens': sd(denoise),
  'CLIP ViT-L/14, 8 images': clip((folders) => embedImages(folders, 'float32')),
  'CLIP ViT-L/14 in int8, 8 images': clip((folders) => embedImages(folders, 'int8')),
  'CLIP ViT-L/14 text, 32 prompts': clip((folders) => embedTexts(folders, 'float32')),
  'CLIP ViT-L/14 text in int8, 32 prompts': clip((folders) => embedTexts(folders, 'int8')),
  'from the command through the first denoising step': sd(firstStep),
  'one picture of 512×512 in 2 steps with guidance': sd(drawOne),
  'LoRA rank 4, batch 1 at 64×64 latents, one step': sd((folder) => tuneStep(folder, 64, 4)),
  'whole U-Net, batch 1 at 32×32 latents, one step': sd((folder) => tuneStep(folder, 32, 0)),
  'XL, U-Net, batch 2 at 64×64 latents, 77 tokens': xl(denoise),
  'XL, LoRA rank 4 in bfloat16, batch 1 at 64×64 latents, one step': xl((folder) => tuneStep(folder, 64, 4, 'bf16')),
  '3.5 medium, transformer, batch 2 at 64×64 latents': sd35(denoise),
  '3.5 medium, LoRA rank 4 in bfloat16, batch 1 at 64×64 latents, one step': sd35((folder) =>
    tuneStep(folder, 64, 4, 'bf16'),
  ),
};

/** Runs one case and tells what it took. */
export async function runCase(name: string, folders: Folders): Promise<Record<string, number>> {
  const timings = await CASES[name]!.run(folders);
  const peak = peakMemoryGib();
  const yardstick = await openYardstick({});
  await yardstick.run();
  const { yardstick_s } = await clock('yardstick', yardstick.run);
  await yardstick.dispose();
  return { ...timings, peak_gib: peak, matmul_1024_s: yardstick_s! };
}
