// How much memory a run of tuning will take, before it starts: better a refusal with a way out than a process that is killed.

import { estimateMemory } from '../../engine/graph/memory.ts';
import { isLate, type Tensor, topologicalOrder } from '../../engine/graph/tensor.ts';
import { sizeOf } from '../../engine/graph/types.ts';
import { countParams } from '../../engine/nn/params.ts';
import { gradientStep, isGradient, type StepDefinition } from '../../engine/training/step.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { CollimateError } from '../../util/errors.ts';
import { formatGib } from '../../util/text.ts';
import { defineTuning, type TuneShapes } from './definition.ts';
import type { TuneSettings } from './mixture.ts';
import type { PictureJudge } from './policy/judge.ts';

/** Bytes of each kind. */
export interface MemoryPlan {
  /** Weights that stay as they are: in the precision of their file, and widened for each pass. */
  readonly frozen: number;
  /** Learned weights, AdamW's two moments and the average, as float32. */
  readonly state: number;
  /** The gradient, and the most that activations take at one time. */
  readonly step: number;
  readonly total: number;
}

/** Node.js, ONNX Runtime, the graph itself. */
const PROGRAM_BYTES = 0.3 * 2 ** 30;

/** What a step of these settings takes on the CPU, from its graphs. */
export function planMemory(
  pipeline: DiffusionModel,
  shapes: TuneShapes,
  settings: TuneSettings,
  judge?: PictureJudge,
): MemoryPlan {
  return planStep(defineTuning(pipeline, shapes, settings, { judge }));
}

/**
 * What a step takes on the CPU: parameters, moments and average, and the gradient, which stay where they are; and what is alive at one time
 * in forward and backward pass, which ONNX Runtime keeps for the next step.
 */
function planStep(definition: StepDefinition & { readonly accumulation: number }): MemoryPlan {
  const { accumulation, ema, specs } = definition;
  const vector = 4 * countParams(specs);
  const outputs = gradientStep(definition, accumulation);
  const results = Object.values(outputs);
  const held = new Set(Object.entries(outputs).flatMap(([name, tensor]) => (isGradient(name) ? [tensor] : [])));
  const { constants, inputs, alive } = estimateMemory(results, held);
  const batch = inputs - vector * (accumulation > 1 ? 2 : 1);
  const state = vector * (ema ? 4 : 3);
  const frozen = constants + widenedBytes(results);
  const step = vector + alive + batch;
  return { frozen, state, step, total: frozen + state + step + PROGRAM_BYTES };
}

/** Widening depends on nothing, so ONNX Runtime may do it for all weights of a pass long before they are used, where it is not told to be late. */
function widenedBytes(results: readonly Tensor[]): number {
  return topologicalOrder(results).reduce((total, node) => {
    const isWidening = node.op === 'cast' && node.inputs[0]!.node.op === 'stored' && !isLate(node);
    return isWidening ? total + 4 * sizeOf(node.outputs[0]!.shape) : total;
  }, 0);
}

/** Gibibytes of a plan, for people. */
export function describeMemory({ frozen, state, step, total }: MemoryPlan): string {
  return `memory: about ${formatGib(total)} (frozen weights ${formatGib(frozen)}, learned weights and optimiser ${formatGib(state)}, the step itself ${formatGib(step)})`;
}

/**
 * The plan of a run that fits.
 *
 * @param limit bytes that there are
 * @throws CollimateError CONFIG where it does not fit, with settings that would.
 */
export function checkMemory(
  pipeline: DiffusionModel,
  shapes: TuneShapes,
  settings: TuneSettings,
  limit: number,
  judge?: PictureJudge,
): MemoryPlan {
  const plan = planMemory(pipeline, shapes, settings, judge);
  if (plan.total <= limit) return plan;
  throw new CollimateError(
    'CONFIG',
    `tune: this takes ${describeMemory(plan).replace('memory: ', '')}, and there are ${formatGib(limit)}`,
    suggest((changed) => planMemory(pipeline, shapes, changed, judge).total, settings, limit),
  );
}

/** The first of these changes that fits, each added to those before. */
function suggest(totalOf: (changed: TuneSettings) => number, settings: TuneSettings, limit: number): string {
  const flags: string[] = [];
  let changed = settings;
  for (const [flag, patch] of changesOf(settings)) {
    flags.push(flag);
    changed = { ...changed, ...patch };
    const total = totalOf(changed);
    if (total <= limit) return `With ${flags.join(' ')} it takes about ${formatGib(total)}.`;
  }
  return 'Not even a LoRA with batches of one fits: free memory, raise --memory-limit, or use smaller images.';
}

function changesOf(settings: TuneSettings): [flag: string, patch: Partial<TuneSettings>][] {
  const { batchSize, gradientAccumulationSteps, gradientCheckpointing, loraRank, pretrainShare } = settings;
  const least = pretrainShare > 0 && settings.pretrainData !== 'none' ? 2 : 1;
  const passes = gradientAccumulationSteps * Math.ceil(batchSize / least);
  return [
    ...(gradientCheckpointing
      ? []
      : [['--gradient-checkpointing', { gradientCheckpointing: true }] as [string, object]]),
    ...(batchSize > least
      ? [
          [
            `--train-batch-size ${least} --gradient-accumulation-steps ${passes}`,
            { batchSize: least, gradientAccumulationSteps: passes },
          ] as [string, object],
        ]
      : []),
    ...(loraRank === 0 ? [['--rank 4', { loraRank: 4 }] as [string, object]] : []),
    ...(settings.mixedPrecision === 'no'
      ? [['--mixed-precision bf16', { mixedPrecision: 'bf16' }] as [string, object]]
      : []),
  ];
}
