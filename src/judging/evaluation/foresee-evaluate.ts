// What `evaluate` would draw and judge.

import {
  BY_DRAWING,
  bytesOfPicture,
  type Foresight,
  freeBytes,
  NOT_TIMED,
  secondsOfDrawing,
} from '../../method/foresight.ts';
import { BASE, openModels } from '../../method/models.ts';
import type { Session } from '../../method/session.ts';
import { drawSettings } from '../../models/inference/painter.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { listPools } from '../../project/images/pools.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import { plural } from '../../util/text.ts';
import { findMissing, planRecipes } from './draw.ts';
import { noteDifference } from './note-difference.ts';
import { planPrompts } from './plan.ts';

export async function foreseeEvaluate(
  { project, progress }: Session,
  {
    models: names,
    splits,
  }: { readonly models: readonly string[]; readonly splits?: readonly PromptSplit[] | undefined },
): Promise<Foresight> {
  const { config, db } = project;
  const { imagesPerPrompt, bestOf, promptsPerCategory } = config.evaluate;
  const prompts = planPrompts(await listPrompts(db), { perCategory: promptsPerCategory, seed: config.seed, splits });
  const pooled = bestOf > 0 && (await findLatestRewardModel(db)) !== undefined;
  const each = await secondsOfDrawing(project);
  const stored = (await listImages(db, { purpose: 'evaluation' })).map(({ hash }) => hash);
  const tasks: string[] = [];
  let [seconds, bytes] = [0, 0];
  const models = await openModels(project, names);
  noteDifference(
    progress,
    await listPools(db, 'feedback', models[0]!.hash),
    drawSettings(config.generate, models[0]!.pipeline),
  );
  for (const model of models) {
    const perPrompt = model.name === BASE && pooled ? Math.max(bestOf, imagesPerPrompt) : imagesPerPrompt;
    const recipes = planRecipes({ model, prompts, perPrompt }, project, 'evaluation');
    const missing = await findMissing(project, recipes, 'evaluation');
    const settings = drawSettings(config.generate, model.pipeline);
    const { own } = model.pipeline.latent;
    const size = { width: settings.width ?? own.width, height: settings.height ?? own.height };
    const there = recipes.length - missing.length;
    tasks.push(
      `draw ${plural(missing.length, 'image')} of ${plural(prompts.length, 'prompt')} with ${model.name}` +
        (there > 0 ? `; ${there} are there already` : ''),
    );
    seconds += (each ?? 0) * settings.steps * missing.length;
    bytes += missing.length * bytesOfPicture(project, stored, size);
  }
  return {
    tasks: [
      ...tasks,
      `have a judge, or measures where none knows the prompts, compare ${plural(tasks.length, 'model')}`,
    ],
    seconds: each === null && bytes > 0 ? null : seconds,
    basis: each === null ? NOT_TIMED : `${BY_DRAWING}, judging not counted`,
    bytes,
    free: freeBytes(project.dir),
  };
}
