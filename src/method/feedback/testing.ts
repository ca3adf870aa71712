// A small project on narrow models with random weights, for tests of the stages.

import { makeTinyPipeline, type TinyModels } from '../../models/inference/testing.ts';
import type { ConfigPatch } from '../../project/config/config.ts';
import { createProject, type Project } from '../../project/project.ts';
import { createProgress, type Progress } from '../../util/progress.ts';

/** What `makeTinyProject` sets; six seen prompts with four images each. */
const TINY_CONFIG = {
  seed: 3,
  model: 'models/sd',
  clip: 'models/clip',
  prompts: { count: 1, color: 1, background: 1, combination: 3, unseenPerCategory: 2 },
  generate: { imagesPerPrompt: 4, steps: 3, batchSize: 4 },
  label: { raters: 3, ratersPerImage: 2 },
} as const satisfies ConfigPatch;

/** Makes a project in `dir` with its models under `models/`. */
export async function makeTinyProject(
  dir: string,
  patch: ConfigPatch = {},
): Promise<{ project: Project; models: TinyModels }> {
  const models = makeTinyPipeline(`${dir}/models`, 3);
  return { project: await createProject(dir, { ...TINY_CONFIG, ...patch }), models };
}

/** Says nothing, and calls `onTick` with the pieces that are done. */
export function quietProgress(onTick: (done: number) => void = () => {}): Progress {
  return { ...createProgress({ stream: process.stderr, silent: true }), tick: onTick };
}
