// The demo: the whole method on the world and the models that ship with the package, in minutes on two cores.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigPatch } from '../../project/config/config.ts';
import { CONFIG_FILE } from '../../project/config/config-file.ts';
import { createProject, openProject, type Project } from '../../project/project.ts';
import { inLargerWorld, LARGER } from './recipes/larger.ts';

/** Sized for two cores and less than ten minutes; chosen by the figures in docs/demo.md. */
export const DEMO_CONFIG: ConfigPatch = {
  ...LARGER,
  seed: 1,
  prompts: { count: 18, color: 24, background: 20, combination: 88, unseenPerCategory: 40 },
  // Answers cost no time to draw, and of so few pictures one each teaches the reward too little.
  label: { ratersPerImage: 3 },
  tune: { ...LARGER.tune, maxTrainSteps: 450 },
};

/** The demo at a sixth of the size: to see every part of it, not to tell a gain from chance. */
export const QUICK_CONFIG: ConfigPatch = {
  ...DEMO_CONFIG,
  prompts: { count: 6, color: 8, background: 6, combination: 20, unseenPerCategory: 12 },
  generate: { ...DEMO_CONFIG.generate, imagesPerPrompt: 5, steps: 6 },
  reward: { maxSteps: 200 },
  tune: {
    ...DEMO_CONFIG.tune,
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
  return { project: await createProject(dir, inLargerWorld(quick ? QUICK_CONFIG : DEMO_CONFIG)), isNew: true };
}
