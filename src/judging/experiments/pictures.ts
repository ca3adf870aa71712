// The pictures of an evaluation once more, with all that a judge sees in them: an evaluation keeps what they are worth alone.

import { type EvaluatedModel, findModels } from '../../method/models.ts';
import { requireWorld, type Session } from '../../method/session.ts';
import { chooseEngine, type EngineOptions } from '../../models/inference/device.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import type { Seen, World, WorldJudge } from '../../world/world.ts';
import { groupByPrompt } from '../evaluation/contestants.ts';
import { drawEvaluationImages } from '../evaluation/draw.ts';
import { knownPrompts } from '../evaluation/known-prompts.ts';
import { type JudgedImage, judgeImages } from '../evaluation/measure.ts';
import { planPrompts } from '../evaluation/plan.ts';
import { drawRenders } from '../evaluation/renders.ts';
import { openScores } from '../evaluation/score.ts';

/** A judged picture with what reward and CLIP say of it. */
export type ScoredPicture = JudgedImage & { readonly reward: number; readonly clip: number };

/** The evaluated prompts, and by model the pictures of each. */
export interface Gallery {
  readonly world: World;
  readonly prompts: readonly Prompt[];
  readonly pictures: ReadonlyMap<string, readonly (readonly ScoredPicture[])[]>;
  /** What the same eyes see in flawless renders of each prompt, as many as a model drew. */
  readonly renders: readonly (readonly Seen[])[];
}

export interface GalleryOptions {
  readonly models: readonly string[];
  readonly splits?: readonly PromptSplit[] | undefined;
  /** Whose eyes: those that evaluate, or those that raters see with. */
  readonly eyes: 'evaluator' | 'raters';
}

/** Looks at the pictures of an evaluation that was made: `evaluate.bestOf` of the base, `evaluate.imagesPerPrompt` of the others. */
export async function openGallery(session: Session, { models: names, splits, eyes }: GalleryOptions): Promise<Gallery> {
  const { project, progress, signal } = session;
  const { config, db } = project;
  const world = requireWorld(session, 'reproduce');
  const { promptsPerCategory: perCategory, imagesPerPrompt, bestOf } = config.evaluate;
  const prompts = planPrompts(knownPrompts(world, await listPrompts(db)), { perCategory, seed: config.seed, splits });
  const engine = await chooseEngine(config, progress.note);
  const judge = await openEyes(world, engine, eyes);
  const scores = await openScores(session, (await findLatestRewardModel(db))!.hash);
  const look = async (model: EvaluatedModel, place: number) => {
    const perPrompt = place === 0 ? Math.max(bestOf, imagesPerPrompt) : imagesPerPrompt;
    const drawn = await drawEvaluationImages({ model, prompts, perPrompt }, { ...session, judgedBy: world, engine });
    progress.stage(`look at ${model.name}`, drawn.length);
    const judged = await judgeImages(drawn, prompts, { world, judge, blobs: project.images, progress, signal });
    progress.done();
    const said = await scores.scoreImages(drawn, prompts);
    return groupByPrompt(
      judged.map((image, i) => ({ ...image, ...said[i]! })),
      prompts.length,
    );
  };
  try {
    const pictures = new Map<string, ScoredPicture[][]>();
    for (const [place, model] of (await findModels(project, names)).entries())
      pictures.set(model.name, await look(model, place));
    const seen = await judge.judge(
      drawRenders(world, prompts, imagesPerPrompt, { seed: config.seed, draw: 'reference' }),
    );
    const renders = prompts.map((_, i) => seen.slice(i * imagesPerPrompt, (i + 1) * imagesPerPrompt));
    return { world, prompts, pictures, renders };
  } finally {
    await scores.dispose();
    await judge.dispose();
  }
}

function openEyes(world: World, engine: EngineOptions, eyes: GalleryOptions['eyes']): Promise<WorldJudge> {
  return eyes === 'evaluator' && world.openEvaluator ? world.openEvaluator(engine) : world.openJudge(engine);
}
