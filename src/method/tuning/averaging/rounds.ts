// A run in rounds (DiLoCo, Douillard et al., 2023): parts begin with the same parameters, take steps of their own, and what they
// came to is averaged in the order of the parts, as the gradient of an outer optimiser. Parts are made by workers, or here; the
// bytes are the same.

import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { countParams } from '../../../engine/nn/params.ts';
import { emaDecayAt } from '../../../engine/optim/ema.ts';
import { addDrift, nesterovStep } from '../../../engine/optim/nesterov.ts';
import { loadState, saveState } from '../../../engine/training/state.ts';
import { CollimateError } from '../../../util/errors.ts';
import { linkOrCopy } from '../../../util/files.ts';
import { momentsPath, statePath } from '../checkpoint.ts';
import type { Course } from '../course.ts';
import { defineTuning } from '../definition.ts';
import type { TuningMethod } from '../methods/method.ts';
import type { StepMetrics } from '../metrics.ts';
import type { TrainOptions } from '../train.ts';
import { keptVector, writeWeights } from '../weights-file.ts';
import { openPartMaker, type PartMaker, type PartResult, type PartTask } from './part.ts';
import { endOfRound } from './sharing.ts';
import { fetchSame, openVectorStore, type VectorStore } from './vectors.ts';

/** Vectors [P] of the outer optimiser. */
interface Outer extends Record<string, Float32Array> {
  params: Float32Array;
  velocity: Float32Array;
}

/** At the model's published weights, or those of a LoRA's start. */
export async function openRounds(options: TrainOptions, method: TuningMethod): Promise<Course> {
  const { pipeline, data, settings, seed, runDir, crew } = options;
  const { specs, initial } = defineTuning(pipeline, data, settings, { seed, method });
  const names = ['params', 'velocity', ...(settings.emaDecay > 0 ? ['ema'] : [])];
  const dir = join(runDir, `rounds-${basename(runDir)}`);
  const store = crew ? crew.openStore(dir) : openVectorStore(dir);
  let step = 0;
  let outer = startOuter(initial(), names);
  let moments: (string | null)[] = new Array(settings.workers).fill(null);
  let maker: Promise<PartMaker> | undefined;
  /** Whether a round was begun and not ended: its files stay where workers may be at it. */
  let inRound = false;

  async function makeParts(tasks: readonly PartTask[], signal: AbortSignal): Promise<PartResult[]> {
    if (await crew?.isThere()) return crew!.make(tasks, store);
    maker ??= openPartMaker({ ...options, method }, store);
    const own = await maker;
    const results: PartResult[] = [];
    let done = 0;
    const onStep = () => options.onProgress?.(step + Math.floor(++done / tasks.length));
    for (const task of tasks) results.push(await own.make(task, { signal, onStep }));
    return results;
  }

  async function makeRound(signal: AbortSignal): Promise<StepMetrics[]> {
    const began = performance.now();
    inRound = true;
    const to = endOfRound(settings, step);
    const start = await store.put({ params: outer.params });
    const tasks = moments.map((before, part) => {
      return { part, parts: settings.workers, from: step, to, params: start, moments: before };
    });
    const results = await makeParts(tasks, signal);
    await takeOuterStep(outer, results, store, settings);
    if (outer.ema) average(outer.ema, outer.params, decayOver(settings.emaDecay, step, to));
    const used = [start, ...moments, ...results.map(({ params }) => params)];
    moments = results.map((result) => result.moments);
    const seconds = Math.round((performance.now() - began) / (to - step)) / 1000;
    step = to;
    inRound = false;
    await removeAll(
      store,
      used.filter((hash) => hash !== null && !moments.includes(hash)),
    );
    return joinSteps(results).map((metrics) => ({ ...metrics, seconds }));
  }

  return {
    get step() {
      return step;
    },
    savesEach: true,
    async restore(folder) {
      const saved = loadState(statePath(folder), specs, names);
      outer = saved.vectors as Outer;
      step = saved.step;
      moments = [];
      for (let part = 0; part < settings.workers; part++) {
        const own = join(dir, `moments-${part}.tmp`);
        linkOrCopy(momentsPath(folder, part), own);
        moments.push(await store.blobs.moveBlob(own));
      }
    },
    async advance(signal) {
      try {
        return await makeRound(signal);
      } catch (error) {
        if (signal.aborted && error instanceof CollimateError && error.code === 'INTERRUPTED') return [];
        throw error;
      }
    },
    async save(folder) {
      saveState(statePath(folder), specs, new Map(names.map((name) => [name, outer[name]!])), step);
      for (const [part, hash] of moments.entries())
        linkOrCopy(await fetchSame(store.blobs, hash!), momentsPath(folder, part));
    },
    async saveWeights(folder, which = keptVector(settings)) {
      writeWeights(folder, outer[which]!, { pipeline, specs, settings, method });
    },
    async dispose() {
      await (await maker)?.dispose();
      // The last checkpoint has them too.
      if (!inRound) await removeAll(store, moments);
      if (!inRound) await crew?.forget();
      rmSync(dir, { recursive: true, force: true });
    },
  };

  function startOuter(params: Float32Array, all: readonly string[]): Outer {
    return {
      params,
      velocity: new Float32Array(countParams(specs)),
      ...(all.includes('ema') && { ema: params.slice() }),
    };
  }
}

/** The mean of what the parts came to, in their order, as the gradient of a step of Nesterov's. */
async function takeOuterStep(
  { params, velocity }: Outer,
  results: readonly PartResult[],
  store: VectorStore,
  { outerLearningRate: learningRate, outerMomentum: momentum }: TrainOptions['settings'],
): Promise<void> {
  const drift = new Float32Array(params.length);
  // One after another, so that no more than one part is in memory.
  for (const { params: end } of results)
    addDrift(drift, params, (await store.read(end, ['params'])).params, results.length);
  nesterovStep(params, velocity, drift, { learningRate, momentum });
}

/** What so many steps of the average keep of it. */
function decayOver(decay: number, from: number, to: number): number {
  let kept = 1;
  for (let t = from + 1; t <= to; t++) kept *= emaDecayAt(decay, t);
  return kept;
}

function average(ema: Float32Array, params: Float32Array, decay: number): void {
  for (let i = 0; i < ema.length; i++) ema[i] = ema[i]! * decay + params[i]! * (1 - decay);
}

async function removeAll({ blobs }: VectorStore, hashes: readonly (string | null)[]): Promise<void> {
  for (const hash of new Set(hashes)) if (hash !== null) await blobs.removeBlob(hash);
}

/** Each figure of a step as the mean over the parts. */
function joinSteps(results: readonly PartResult[]): Omit<StepMetrics, 'seconds'>[] {
  return results[0]!.steps.map((first, i) => {
    const all = results.map(({ steps }) => steps[i] as Readonly<Record<string, number>>);
    const means = Object.keys(first).map((name) => [name, all.reduce((sum, own) => sum + own[name]!, 0) / all.length]);
    return { ...first, ...(Object.fromEntries(means) as typeof first), step: first.step };
  });
}
