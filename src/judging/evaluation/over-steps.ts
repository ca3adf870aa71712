// Reward and judge side by side while the model was tuned, on the sample images drawn at its checkpoints. Where the reward
// rises and the judge does not, the reward is being over-optimised.

import { listImages } from '../../project/images/images.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { listCheckpoints } from '../../project/learning/checkpoints.ts';
import { findLatestRun } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { mean } from '../../statistics/bootstrap.ts';
import type { ScoredImage } from './contestants.ts';
import type { DrawnImage } from './measure.ts';
import type { StepPoint } from './report.ts';

/** The sample images of the latest tuning run, with their steps; the base's are step 0. */
export async function listSamples(
  project: Project,
  baseHash: string,
  prompts: readonly Prompt[],
): Promise<(DrawnImage & { step: number })[]> {
  const run = await findLatestRun(project.db, 'tune', { status: 'done' });
  if (!run) return [];
  const steps = new Map((await listCheckpoints(project.db, run.id)).map(({ modelHash, step }) => [modelHash, step]));
  steps.set(baseHash, 0);
  const places = new Map(prompts.map(({ id }, i) => [id, i]));
  const samples = await listImages(project.db, { purpose: 'sample' });
  return samples.flatMap(({ id, hash, seed, promptId, modelHash }) => {
    const [step, prompt] = [steps.get(modelHash), places.get(promptId)];
    return step === undefined || prompt === undefined ? [] : [{ id, hash, seed, prompt, step }];
  });
}

/** One point a step, by rising step; nothing for a single step. */
export function summarizeSteps(samples: readonly (ScoredImage & { step: number })[]): StepPoint[] {
  const steps = [...new Set(samples.map(({ step }) => step))].sort((a, b) => a - b);
  if (steps.length < 2) return [];
  return steps.map((step) => {
    const images = samples.filter((sample) => sample.step === step);
    const scored = images.every(({ reward }) => reward !== null);
    return {
      step,
      images: images.length,
      good: images.filter(({ answer }) => answer === 'good').length / images.length,
      reward: scored ? mean(images.map(({ reward }) => reward!)) : null,
    };
  });
}
