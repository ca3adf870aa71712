// The stages before a figure of a tuning experiment. Images, answers and the reward function are a seed's, and a tuned model
// is its settings', so cells that ask for the same one, in any experiment, share it.

import { generateImages } from '../feedback/generate.ts';
import { simulateLabels } from '../feedback/label.ts';
import { trainReward } from '../reward/train.ts';
import type { Config } from '../store/config.ts';
import { tuneModel } from '../tuning/tune.ts';
import type { TuningContext } from './types.ts';

/** What differs from the project's settings of tuning. */
export type TunePatch = Partial<Config['tune']>;

/** Runs what is missing of the stages and returns the name of the model for evaluation: `base` for null. */
export async function tuneCell(context: TuningContext, tune: TunePatch | null): Promise<string> {
  const { judgeDir, project } = context;
  await generateImages(context);
  await simulateLabels(context, judgeDir === undefined ? {} : { judge: judgeDir });
  await trainReward(context);
  if (!tune) return 'base';
  const name = nameModel(tune, project.config.tune);
  await tuneModel(context, { name, settings: tune });
  return name;
}

/** Such as `beta-0` or `images-labelled-weights-label`: what differs from the project's own, and `tuned` where nothing does. */
function nameModel(tune: TunePatch, usual: Config['tune']): string {
  const differing = Object.entries(tune).filter(([key, value]) => usual[key as keyof TunePatch] !== value);
  return differing.map(([key, value]) => `${key}-${value}`).join('-') || 'tuned';
}
