// The stages before a figure of a tuning experiment. Images, answers and the reward function are a seed's, and a tuned model
// is its settings', so cells that ask for the same one, in any experiment, share it.

import { generateImages } from '../../method/feedback/generate.ts';
import { simulateLabels } from '../../method/feedback/label.ts';
import { trainReward } from '../../method/reward/train.ts';
import type { Session } from '../../method/session.ts';
import type { TunePatch } from '../../method/tuning/methods/method.ts';
import { patchSettings, type TuneSettings } from '../../method/tuning/mixture.ts';
import { tuneModel } from '../../method/tuning/tune.ts';
import { isMapping } from '../../project/config/config-keys.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import type { TuningContext } from './types.ts';

/** Runs what is missing of the stages and returns the name of the model for evaluation: `base` for null. */
export async function tuneCell(context: TuningContext, tune: TunePatch | null): Promise<string> {
  const { judgeDir, project } = context;
  // Once there is a reward function, the images that nobody is to rate may be there.
  if (!(await findLatestRewardModel(project.db))) {
    await generateImages(context);
    await simulateLabels(context, judgeDir === undefined ? {} : { judge: judgeDir });
    await trainReward(context);
  }
  await drawUnlabelled(context);
  if (!tune) return 'base';
  const name = nameModel(tune, project.config.tune);
  await tuneModel(context, { name, settings: tune });
  return name;
}

/** Draws images of each prompt that nobody is to rate, beside those that were. */
export async function drawUnlabelled({
  unlabelled,
  project,
  ...session
}: Session & Pick<TuningContext, 'unlabelled'>): Promise<void> {
  if (unlabelled === 0) return;
  const { generate } = project.config;
  const more = { ...generate, imagesPerPrompt: generate.imagesPerPrompt + unlabelled };
  await generateImages({ ...session, project: { ...project, config: { ...project.config, generate: more } } });
}

/** Such as `beta-0` or `images-labelled-weights-label`: what differs from the project's own, and `tuned` where nothing does. */
function nameModel(tune: TunePatch, usual: TuneSettings): string {
  const before = new Map(flatten(usual));
  const differing = flatten(patchSettings(usual, tune)).filter(([key, value]) => before.get(key) !== value);
  return differing.map(([key, value]) => `${key}-${value}`).join('-') || 'tuned';
}

/** Keys by their path, such as `dpo.beta`. */
function flatten(tree: object, around = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    isMapping(value) ? flatten(value, `${around}${key}.`) : [[`${around}${key}`, value] as [string, unknown]],
  );
}
