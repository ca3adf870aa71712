// The experiments by name, and the sizes that they run at.

import { CollimateError } from '../../util/errors.ts';
import { TUNE } from './demo.ts';
import { methods } from './method-experiment.ts';
import { activeLabelling, auxiliaryLoss, labelBudget, raterNoise } from './reward-experiments.ts';
import { beta, dataMixture, rejectionSampling } from './tuning-experiments.ts';
import type { Experiment, ExperimentSettings } from './types.ts';

export const EXPERIMENTS: readonly Experiment[] = [
  auxiliaryLoss,
  labelBudget,
  raterNoise,
  rejectionSampling,
  activeLabelling,
  beta,
  dataMixture,
  methods,
];

/**
 * Sized for a laptop: minutes for the reward, hours where models are tuned, which is done as the reproduction does it, in fewer
 * steps. Guidance is the tool's default, where the base model's pictures are nearest to renders.
 */
const EXPERIMENT_SETTINGS: ExperimentSettings = {
  config: {
    seed: 1,
    threads: 1,
    prompts: { count: 18, color: 24, background: 20, combination: 58, unseenPerCategory: 40 },
    generate: { imagesPerPrompt: 10, steps: 8, guidanceScale: 3, batchSize: 32 },
    tune: {
      ...TUNE,
      weighting: 'threshold',
      weightThreshold: 0.7,
      maxTrainSteps: 200,
      samplesEvery: 0,
      checkpointingSteps: 100,
    },
    evaluate: { promptsPerCategory: 24, imagesPerPrompt: 4, bestOf: 0 },
  },
  budgets: [60, 120, 240, 480, 960],
  round: { labels: 60, count: 6 },
  unlabelled: 10,
  bestOf: 64,
};

/**
 * The sizes that an experiment runs at: those of all, but for methods, of which a difference is told by more steps, and by more
 * prompts to choose settings by and to measure them on.
 */
export function settingsFor({ name }: Experiment): ExperimentSettings {
  if (name !== methods.name) return EXPERIMENT_SETTINGS;
  const { config } = EXPERIMENT_SETTINGS;
  return {
    ...EXPERIMENT_SETTINGS,
    config: {
      ...config,
      prompts: { ...config.prompts, developmentPerCategory: 40, unseenPerCategory: 40 },
      tune: { ...config.tune, maxTrainSteps: 1500 },
      evaluate: { ...config.evaluate, promptsPerCategory: 40 },
    },
  };
}

/** @throws CollimateError USAGE with the names there are. */
export function findExperiment(name: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found) return found;
  const names = EXPERIMENTS.map((experiment) => experiment.name).join(', ');
  throw new CollimateError('USAGE', `experiment: there is none called ${name}`, `Name one of: ${names}.`);
}
