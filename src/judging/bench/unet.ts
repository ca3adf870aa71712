// One training step and one denoising step of a U-Net directory, beside the yardstick.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countFlops } from '../../engine/graph/flops.ts';
import { mean, square, sub } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import {
  constantParams,
  countParams,
  declareParams,
  initParams,
  type ParamSpec,
  packParams,
} from '../../engine/nn/params.ts';
import { ADAMW_DEFAULTS } from '../../engine/optim/adamw.ts';
import { chooseMaker } from '../../engine/runtime/makers.ts';
import { compile } from '../../engine/runtime/program.ts';
import type { Provider } from '../../engine/runtime/providers.ts';
import type { MakerName } from '../../engine/runtime/runtime.ts';
import { fullStep } from '../../engine/training/step.ts';
import { createTrainer, type TrainerOptions } from '../../engine/training/trainer.ts';
import { readParameters } from '../../engine/weights/read-weights.ts';
import { readJsonObject } from '../../models/config.ts';
import { parseUnetConfig, type UnetConfig } from '../../models/unet/config.ts';
import { unet } from '../../models/unet/unet.ts';
import { random } from '../../util/random.ts';
import { openYardstick, peakMemoryGib, timeBesideYardstick } from './measure.ts';

export interface UnetBenchOptions {
  /** A folder with a config.json, and weights; without weights, random ones. */
  readonly folder: string;
  readonly batch: number;
  /** Tokens of context. */
  readonly context: number;
  /** Side of the latents. */
  readonly latent: number;
  readonly rounds: number;
  readonly gradientCheckpointing: boolean;
  readonly provider: Provider;
  readonly threads: number;
}

export interface UnetBench {
  /** Whether the library was called itself or through onnxruntime-node. */
  readonly runtime: MakerName;
  readonly parameters: number;
  readonly weights: 'read' | 'random';
  /** Forward, backward, clipping and AdamW. */
  readonly train_step_s: number;
  readonly train_step_yardsticks: number;
  readonly train_gflops: number;
  /** One forward pass. */
  readonly denoise_s: number;
  readonly denoise_yardsticks: number;
  readonly denoise_gflops: number;
  readonly matmul_1024_s: number;
  readonly matmul_gflops: number;
  readonly peak_rss_gib: number;
}

interface Subject {
  readonly config: UnetConfig;
  readonly specs: readonly ParamSpec[];
  readonly params: Float32Array;
  readonly weights: 'read' | 'random';
}

export async function benchUnet(options: UnetBenchOptions): Promise<UnetBench> {
  const engine = { provider: options.provider, threads: options.threads };
  const subject = loadSubject(options);
  const yardstick = await openYardstick(engine);
  const train = await timeTraining(subject, options, yardstick);
  const denoise = await timeDenoising(subject, options, yardstick);
  await yardstick.dispose();
  const matmul = (train.yardstick + denoise.yardstick) / 2;
  return {
    runtime: (await chooseMaker(options.provider)).name,
    parameters: countParams(subject.specs),
    weights: subject.weights,
    train_step_s: train.seconds,
    train_step_yardsticks: train.seconds / train.yardstick,
    train_gflops: train.flops / train.seconds / 1e9,
    denoise_s: denoise.seconds,
    denoise_yardsticks: denoise.seconds / denoise.yardstick,
    denoise_gflops: denoise.flops / denoise.seconds / 1e9,
    matmul_1024_s: matmul,
    matmul_gflops: (2 * 1024 ** 3) / matmul / 1e9,
    peak_rss_gib: peakMemoryGib(),
  };
}

export function loadSubject({ folder, batch, context, latent }: UnetBenchOptions): Subject {
  const file = join(folder, 'config.json');
  const config = parseUnetConfig(readJsonObject(file), file);
  const { latents, timesteps, text } = shapes(config, batch, context, latent);
  const specs = declareParams((p) =>
    unet(p, config, input('latents', latents), input('timesteps', timesteps), input('context', text)),
  );
  const found = ['diffusion_pytorch_model.safetensors', 'diffusion_pytorch_model.safetensors.index.json'].some((name) =>
    existsSync(join(folder, name)),
  );
  const params = found
    ? packParams(specs, readParameters(folder), folder)
    : initParams(specs, (name) => random(0, 'bench', name));
  return { config, specs, params, weights: found ? 'read' : 'random' };
}

function shapes(config: UnetConfig, batch: number, context: number, latent: number) {
  return {
    latents: [batch, config.in_channels, latent, latent],
    timesteps: [batch],
    text: [batch, context, config.cross_attention_dim],
  };
}

function feedsOf(config: UnetConfig, { batch, context, latent }: UnetBenchOptions) {
  const { latents, text } = shapes(config, batch, context, latent);
  const stream = random(0, 'bench', 'data');
  const normals = (shape: readonly number[]) => stream.normals(shape.reduce((a, b) => a * b, 1));
  return { latents: normals(latents), timesteps: new Float32Array(batch).fill(500), context: normals(text) };
}

/** A trainer's options for the subject, and one batch. */
export function defineTraining(subject: Subject, options: UnetBenchOptions) {
  const { config, specs } = subject;
  const { latents, timesteps, text } = shapes(config, options.batch, options.context, options.latent);
  const { gradientCheckpointing } = options;
  const float = (shape: readonly number[]) => ({ dtype: 'float32' as const, shape });
  const definition: TrainerOptions = {
    specs,
    batch: { latents: float(latents), noise: float(latents), timesteps: float(timesteps), context: float(text) },
    loss: (p, batch) => {
      const prediction = unet(p, config, batch.latents!, batch.timesteps!, batch.context!, { gradientCheckpointing });
      return { loss: mean(square(sub(prediction, batch.noise!))) };
    },
    optimizer: ADAMW_DEFAULTS,
    maxGradNorm: 1,
    ema: false,
    emaDecay: 0,
    recompute: gradientCheckpointing,
    accumulation: 1,
    schedule: { learningRate: 1e-6, warmupSteps: 0, decay: 'constant', totalSteps: 1 },
    provider: options.provider,
    threads: options.threads,
  };
  const feeds = feedsOf(config, options);
  return { definition, batch: { ...feeds, noise: feeds.latents } };
}

async function timeTraining(subject: Subject, options: UnetBenchOptions, yardstick: Yardstick) {
  const { definition, batch } = defineTraining(subject, options);
  const trainer = await createTrainer(definition, subject.params); // which it changes: only time is measured here
  const timing = await timeBesideYardstick(() => trainer.advance([batch]), yardstick, options.rounds);
  await trainer.dispose();
  return { ...timing, flops: countFlops(Object.values(fullStep(definition))) };
}

/** A forward pass of the subject, and what it is fed. */
export function defineDenoising({ config, specs, params }: Subject, options: UnetBenchOptions) {
  const { latents, timesteps, text } = shapes(config, options.batch, options.context, options.latent);
  const inputs = [input('latents', latents), input('timesteps', timesteps), input('context', text)] as const;
  return { output: unet(constantParams(specs, params), config, ...inputs), feeds: feedsOf(config, options) };
}

async function timeDenoising(subject: Subject, options: UnetBenchOptions, yardstick: Yardstick) {
  const { output, feeds } = defineDenoising(subject, options);
  const program = await compile({ output }, { provider: options.provider, threads: options.threads });
  const timing = await timeBesideYardstick(() => program.run(feeds), yardstick, options.rounds);
  await program.dispose();
  return { ...timing, flops: countFlops([output]) };
}

type Yardstick = Awaited<ReturnType<typeof openYardstick>>;
