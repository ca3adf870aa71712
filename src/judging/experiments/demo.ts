// The demo: the whole method on the world and the models that ship with the package, in minutes on two cores.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigPatch } from '../../project/config/config.ts';
import { CONFIG_FILE } from '../../project/config/config-file.ts';
import { createProject, openProject, type Project } from '../../project/project.ts';

/** How the small model is tuned; docs/demo.md has what was tried. */
export const TUNE: ConfigPatch['tune'] = {
  beta: 0.3,
  clipRewards: true,
  sampling: 'weighted',
  timestepRange: [0.5, 1],
  learningRate: 5e-4,
  lrScheduler: 'cosine',
};

/** Sized for two cores and twelve minutes; chosen by the figures in docs/demo.md. */
export const DEMO_CONFIG: ConfigPatch = {
  seed: 1,
  prompts: { count: 18, color: 24, background: 20, combination: 58, unseenPerCategory: 40 },
  generate: { imagesPerPrompt: 10, steps: 8, guidanceScale: 4, batchSize: 32 },
  tune: { ...TUNE, maxTrainSteps: 450, samplesEvery: 150, checkpointingSteps: 150 },
  evaluate: { promptsPerCategory: 24, imagesPerPrompt: 4, bestOf: 16 },
};

/**
 * The demo at a tenth of the size: to see every part of it, not to tell a gain from chance. So few pictures bear less of a
 * learning rate: at the demo's, tuning harms. docs/demo.md says how it was chosen.
 */
export const QUICK_CONFIG: ConfigPatch = {
  seed: 1,
  prompts: { count: 6, color: 8, background: 6, combination: 20, unseenPerCategory: 12 },
  generate: { ...DEMO_CONFIG.generate, imagesPerPrompt: 5, steps: 6 },
  reward: { maxSteps: 200 },
  tune: {
    ...DEMO_CONFIG.tune,
    learningRate: 2e-5,
    maxTrainSteps: 40,
    samplesEvery: 40,
    checkpointingSteps: 40,
    batchSize: 16,
    pretrainPairs: 256,
  },
  evaluate: { promptsPerCategory: 6, imagesPerPrompt: 2, bestOf: 4 },
};

/** Opens the demo's project, or makes it where there is none; `quick` makes a small one. */
export async function openDemo(
  dir: string,
  { quick = false } = {},
): Promise<{ readonly project: Project; readonly isNew: boolean }> {
  if (existsSync(join(dir, CONFIG_FILE))) return { project: await openProject(dir), isNew: false };
  return { project: await createProject(dir, quick ? QUICK_CONFIG : DEMO_CONFIG), isNew: true };
}
