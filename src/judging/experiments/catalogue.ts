// The experiments by name, and the sizes that they run at.

import type { ConfigPatch } from '../../project/config/config.ts';
import { CollimateError } from '../../util/errors.ts';
import { methods } from './method-experiment.ts';
import { TUNE } from './recipes/ours.ts';
import { activeLabelling, auxiliaryLoss, labelBudget, raterNoise } from './reward-experiments.ts';
import { ROUNDS_STEPS, rounds } from './rounds-experiment.ts';
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
  rounds,
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

/** How an experiment is run otherwise than at its own size in the first world. */
export interface ExperimentScale {
  readonly world?: 'embedded' | 'embedded-2' | undefined;
  /** So small that it shows no more than that everything runs. */
  readonly quick?: boolean | undefined;
}

/** The sizes that an experiment runs at: those of all, but for what is its own. */
export function settingsFor({ name }: Experiment, { world, quick }: ExperimentScale = {}): ExperimentSettings {
  const sized = withConfig(EXPERIMENT_SETTINGS, OWN[name] ?? {});
  const scaled = quick
    ? { ...withConfig(sized, QUICK), budgets: [4, 8], round: { labels: 4, count: 2 }, bestOf: 2 }
    : sized;
  if (world === undefined || world === 'embedded') return scaled;
  const { prompts, ...config } = scaled.config;
  return {
    ...scaled,
    config: { ...config, world, model: world, clip: world, prompts: { ...prompts, grammar: world } },
  };
}

const OWN: Readonly<Record<string, ConfigPatch>> = {
  // A difference between methods is told by more steps, and by more prompts to choose settings by and to measure them on.
  [methods.name]: {
    prompts: { developmentPerCategory: 40, unseenPerCategory: 40 },
    tune: { maxTrainSteps: 1500 },
    evaluate: { promptsPerCategory: 40 },
  },
  // Each checkpoint is measured, so fewer pictures of each; a step has passes that four parts can share.
  [rounds.name]: {
    generate: { imagesPerPrompt: 5 },
    tune: {
      batchSize: 8,
      gradientAccumulationSteps: 4,
      localSteps: 25,
      maxTrainSteps: ROUNDS_STEPS,
      checkpointingSteps: 25,
    },
    evaluate: { imagesPerPrompt: 1 },
  },
};

const QUICK = {
  prompts: { count: 2, color: 2, background: 2, combination: 2, developmentPerCategory: 1, unseenPerCategory: 1 },
  generate: { imagesPerPrompt: 4, steps: 4 },
  reward: { maxSteps: 20 },
  tune: { maxTrainSteps: 2, batchSize: 4, pretrainPairs: 8, checkpointingSteps: 0 },
  evaluate: { promptsPerCategory: 1, imagesPerPrompt: 2, bootstrapSamples: 200 },
} satisfies ConfigPatch;

/** Settings with some of each section in place of others. */
function withConfig(settings: ExperimentSettings, patch: ConfigPatch): ExperimentSettings {
  const { config } = settings;
  const sections = Object.entries(patch).map(([name, section]) => {
    return [name, { ...(config[name as keyof ConfigPatch] as object | undefined), ...(section as object) }];
  });
  return { ...settings, config: { ...config, ...Object.fromEntries(sections) } };
}

/** @throws CollimateError USAGE with the names there are. */
export function findExperiment(name: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found) return found;
  const names = EXPERIMENTS.map((experiment) => experiment.name).join(', ');
  throw new CollimateError('USAGE', `experiment: there is none called ${name}`, `Name one of: ${names}.`);
}
