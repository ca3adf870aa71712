// What the four pre-training stages have in common: where they keep their state, how they report, how they publish.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParamSpec } from '../../engine/nn/params.ts';
import { initParams, packParams, unpackParams } from '../../engine/nn/params.ts';
import { ADAMW_DEFAULTS } from '../../engine/optim/adamw.ts';
import type { Provider } from '../../engine/runtime/providers.ts';
import { runTraining } from '../../engine/training/loop.ts';
import type { BatchTypes, LossFunction } from '../../engine/training/step.ts';
import { createTrainer, type Feeds, type StepReport } from '../../engine/training/trainer.ts';
import { readParameters } from '../../engine/weights/read-weights.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { random } from '../../util/random.ts';

export interface PretrainContext {
  /** Where finished models go: `judge/`, `clip/` and `sd/`. */
  readonly out: string;
  /** Where training states are kept until a stage is done. */
  readonly work: string;
  readonly seed: number;
  readonly provider?: Provider;
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each step. */
  readonly onStep?: (stage: string, report: StepReport, totalSteps: number) => void | Promise<void>;
}

export interface StageDefinition {
  readonly name: string;
  readonly specs: readonly ParamSpec[];
  readonly batch: BatchTypes;
  readonly loss: LossFunction;
  readonly makeBatch: (t: number) => Feeds | Promise<Feeds>;
  readonly steps: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Decay of the parameter average that is published. */
  readonly emaDecay: number;
  /** Where the parameters start, if not at random. */
  readonly start?: Float32Array;
}

/** The averaged parameters of a stage by name. */
export type StageWeights = ReturnType<typeof unpackParams>;

export async function trainStage(context: PretrainContext, stage: StageDefinition): Promise<StageWeights> {
  const { specs, batch, loss } = stage;
  const schedule = {
    learningRate: stage.learningRate,
    warmupSteps: stage.warmupSteps,
    decay: 'cosine' as const,
    totalSteps: stage.steps,
  };
  const trainer = await createTrainer(
    {
      specs,
      batch,
      loss,
      schedule,
      optimizer: ADAMW_DEFAULTS,
      maxGradNorm: 1,
      ema: true,
      emaDecay: stage.emaDecay,
      recompute: false,
      accumulation: 1,
      ...(context.provider && { provider: context.provider }),
      ...(context.threads && { threads: context.threads }),
    },
    stage.start ?? initParams(specs, (name) => random(context.seed, stage.name, 'init', name)),
  );
  try {
    await runTraining({
      trainer,
      totalSteps: stage.steps,
      batches: async (t) => [await stage.makeBatch(t)],
      statePath: join(context.work, `${stage.name}.safetensors`),
      saveEvery: 250,
      onStep: (report) => context.onStep?.(stage.name, report, stage.steps),
      signal: context.signal,
    });
    return unpackParams(specs, await trainer.read('ema'));
  } finally {
    await trainer.dispose();
  }
}

/** Writes a model as float16 with its config.json. */
export function publish(folder: string, file: string, config: object, weights: StageWeights): void {
  writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  writeSafetensors(
    join(folder, file),
    new Map(
      [...weights].map(([name, { shape, data }]) => [name, { dtype: 'float32' as const, shape: [...shape], data }]),
    ),
    { dtype: 'float16', metadata: { format: 'pt' } },
  );
}

/** The published parameters of a model as one vector, in the order of `specs`. */
export function readTrained(folder: string, specs: readonly ParamSpec[]): Float32Array {
  return packParams(specs, readParameters(folder), folder);
}

export function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8'));
}
