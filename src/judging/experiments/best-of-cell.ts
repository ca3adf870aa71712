// The best of N images of one model: drawn for unseen prompts, judged, scored, and chosen by each of three scores.

import { findModels } from '../../method/models.ts';
import { requireWorld } from '../../method/session.ts';
import type { TunePatch } from '../../method/tuning/methods/method.ts';
import { chooseEngine } from '../../models/inference/device.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import { meanOfBest } from '../evaluation/best-of.ts';
import { drawEvaluationImages } from '../evaluation/draw.ts';
import { judgeImages } from '../evaluation/measure.ts';
import { planPrompts } from '../evaluation/plan.ts';
import { openScores } from '../evaluation/score.ts';
import { tuneCell } from './tuning-cell.ts';
import type { CellRow, TuningContext } from './types.ts';

/**
 * For each n of `sizes`, the share judged good of the best of n, expected over subsets of the largest: chosen by reward, by
 * CLIP score, and by the judge itself, which is the most that choosing can be worth.
 */
export async function measureBestOf(
  context: TuningContext,
  name: string,
  tune: TunePatch | null,
  sizes: readonly number[],
): Promise<CellRow[]> {
  const model = await tuneCell(context, tune);
  const images = await measureImages(context, model, Math.max(...sizes));
  const scores = { reward: 'reward', clip: 'CLIP score', good: 'the judge' } as const;
  return (['reward', 'clip', 'good'] as const).flatMap((by) =>
    sizes.map((n) => {
      const ranked = images.map((image) => ({ prompt: image.prompt, rank: image[by], value: image.good }));
      const figures = { good: meanOfBest(ranked, n) };
      return { series: `${name}, by ${scores[by]}`, name: `best of ${n}`, x: n, figures };
    }),
  );
}

async function measureImages(context: TuningContext, name: string, perPrompt: number) {
  const { project, progress, signal, judgeDir } = context;
  const { config, db } = project;
  const world = requireWorld(context, 'experiment');
  const engine = await chooseEngine(config, progress.note);
  const model = (await findModels(project, [name])).at(-1)!;
  const prompts = planPrompts(await listPrompts(db), {
    perCategory: config.evaluate.promptsPerCategory,
    seed: config.seed,
  }).filter(({ split }) => split !== 'seen');
  const drawn = await drawEvaluationImages({ model, prompts, perPrompt }, { ...context, judgedBy: world, engine });
  const judge = await world.openJudge(engine, judgeDir);
  const scores = await openScores(context, (await findLatestRewardModel(db))!.hash);
  try {
    progress.stage(`judge ${name}`, drawn.length);
    const judged = await judgeImages(drawn, prompts, { world, judge, blobs: project.images, progress, signal });
    progress.done();
    const scored = await scores.scoreImages(drawn, prompts);
    return judged.map(({ prompt, answer }, i) => ({ ...scored[i]!, prompt, good: Number(answer === 'good') }));
  } finally {
    await scores.dispose();
    await judge.dispose();
  }
}
