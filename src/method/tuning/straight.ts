// A run step by step, by one trainer.

import { tryAdvance } from '../../engine/training/loop.ts';
import { statePath } from './checkpoint.ts';
import type { Course } from './course.ts';
import type { Learner, TuningMethod } from './methods/method.ts';
import { mixtureOf } from './methods/methods.ts';
import type { TrainOptions } from './train.ts';
import { createTuningTrainer, toMetrics } from './trainer.ts';

/** At the model's published weights, or those of a LoRA's start. */
export async function openStraight(options: TrainOptions, method: TuningMethod): Promise<Course> {
  const { pipeline, data, settings, seed } = options;
  const { trainer, saveWeights } = await createTuningTrainer(pipeline, data, settings, options, {
    seed,
    method,
    judge: options.judge,
    detail: options.detail,
  });
  const learner = await openLearner(options, method);
  return {
    get step() {
      return trainer.step;
    },
    savesEach: false,
    restore: async (folder) => trainer.restore(statePath(folder)),
    async advance(signal) {
      const began = performance.now();
      await learner.prepare?.(trainer.step + 1, (folder) => saveWeights(folder, 'params'));
      const report = await tryAdvance(trainer, await learner.batches(trainer.step + 1), signal);
      if (!report) return [];
      const metrics = { ...toMetrics(report, (performance.now() - began) / 1000), ...learner.figures?.() };
      learner.observe?.(metrics);
      return [metrics];
    },
    save: (folder) => trainer.save(statePath(folder)),
    saveWeights,
    async dispose() {
      await trainer.dispose();
      await learner.dispose?.();
    },
  };
}

/** What feeds the steps of a run. */
export function openLearner(options: Omit<TrainOptions, 'signal'>, method: TuningMethod): Promise<Learner> {
  const { pipeline, data, settings, seed, runDir, judge, preferences, provider, threads } = options;
  const process = pipeline.process();
  const engine = { ...(provider && { provider }), ...(threads && { threads }) };
  const mixture = mixtureOf(settings, method);
  return method.open({ pipeline, process, data, settings, mixture, seed, runDir, engine, judge, preferences });
}
