// One part's share of a round: from the parameters that all parts begin with, so many steps of AdamW on its own passes. What comes
// out depends on the task alone, not on who makes it.

import { throwIfInterrupted } from '../../../util/interrupt.ts';
import type { Share } from '../batches.ts';
import type { Learner, TuningMethod } from '../methods/method.ts';
import { methodOf } from '../methods/methods.ts';
import type { StepMetrics } from '../metrics.ts';
import type { TuneSettings } from '../mixture.ts';
import { openLearner } from '../straight.ts';
import type { TrainOptions } from '../train.ts';
import { createTuningTrainer, type TuningTrainer, toMetrics } from '../trainer.ts';
import type { VectorStore } from './vectors.ts';

export interface PartTask extends Share {
  /** The steps that are done, and those that are done afterwards. */
  readonly from: number;
  readonly to: number;
  /** The file of the parameters that the round begins with. */
  readonly params: string;
  /** The file of what AdamW remembers of this part's round before; none of the first. */
  readonly moments: string | null;
}

export type PartStep = Omit<StepMetrics, 'seconds'>;

export interface PartResult {
  readonly params: string;
  readonly moments: string;
  readonly steps: readonly PartStep[];
}

export interface PartWatch {
  readonly signal?: AbortSignal;
  readonly onStep?: () => void;
}

/** Makes parts one after another; model and graphs stay open. */
export interface PartMaker {
  /** @throws CollimateError INTERRUPTED between two steps, NON_FINITE. */
  make(task: PartTask, watch?: PartWatch): Promise<PartResult>;
  dispose(): Promise<void>;
}

/** Others who make the parts of a round. */
export interface PartCrew {
  /** Asked before each round; else its parts are made in this process. */
  isThere(): Promise<boolean>;
  /** Where files are put that others need. */
  openStore(dir: string): VectorStore;
  make(tasks: readonly PartTask[], store: VectorStore): Promise<PartResult[]>;
  /** After the last round: takes away what was put there for it. */
  forget(): Promise<void>;
}

/** What decides a part beside its task. */
export type PartOptions = Pick<
  TrainOptions,
  'pipeline' | 'data' | 'settings' | 'seed' | 'preferences' | 'method' | 'provider' | 'threads'
>;

/** The average over steps is the round's business. */
const WITHOUT_AVERAGE = { emaDecay: 0 };
const passesOf = ({ gradientAccumulationSteps, workers }: TuneSettings) => gradientAccumulationSteps / workers;

/** The settings by which a part takes memory. */
export function partSettings(settings: TuneSettings): TuneSettings {
  return { ...settings, ...WITHOUT_AVERAGE, gradientAccumulationSteps: passesOf(settings) };
}

/** Compiles what parts of a run need. */
export async function openPartMaker(options: PartOptions, store: VectorStore): Promise<PartMaker> {
  const { pipeline, data, settings, seed, method = methodOf(settings) } = options;
  const passes = passesOf(settings);
  const own = { ...settings, ...WITHOUT_AVERAGE };
  const tuning = await createTuningTrainer(pipeline, data, own, options, { seed, method, passes });
  const learner = await openOwnLearner(options, method, store.dir);
  return {
    make: (task, watch = {}) => makePart(task, tuning, learner, store, watch),
    async dispose() {
      await tuning.trainer.dispose();
      await learner.dispose?.();
    },
  };
}

function openOwnLearner(options: PartOptions, method: TuningMethod, runDir: string): Promise<Learner> {
  return openLearner({ ...options, runDir }, method);
}

async function makePart(
  { part, parts, from, to, params: start, moments }: PartTask,
  { trainer }: TuningTrainer,
  learner: Learner,
  store: VectorStore,
  { signal, onStep }: PartWatch,
): Promise<PartResult> {
  const { params } = await store.read(start, ['params']);
  const before =
    moments === null
      ? { m: new Float32Array(params.length), v: new Float32Array(params.length) }
      : await store.read(moments, ['m', 'v']);
  trainer.load({ params, ...before }, from);
  const steps: PartStep[] = [];
  while (trainer.step < to) {
    if (signal) throwIfInterrupted(signal);
    const report = await trainer.advance(await learner.batches(trainer.step + 1, { part, parts }), signal);
    const { seconds: _, ...step } = toMetrics(report, 0);
    steps.push(step);
    onStep?.();
    await breathe();
  }
  return {
    params: await store.put({ params: await trainer.read('params') }),
    moments: await store.put({ m: await trainer.read('m'), v: await trainer.read('v') }),
    steps,
  };
}

/** Lets signals, timers and other work through, also where a step blocks the event loop (onnxruntime-node). */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
