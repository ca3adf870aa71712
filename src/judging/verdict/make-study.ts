// Making a pair study: the images of each contestant on the same prompts and seeds, in pairs, registered with the plan.

import { BASE, type EvaluatedModel, findModels } from '../../method/models.ts';
import { requireWorld, type Session } from '../../method/session.ts';
import { chooseEngine } from '../../models/inference/device.ts';
import { drawSettings } from '../../models/inference/painter.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import { recordOpening } from '../../project/learning/test-openings.ts';
import { createStudy, type NewStudy, type Study, type StudyContestant } from '../../project/studies/studies.ts';
import { CollimateError } from '../../util/errors.ts';
import { bestOfContestant, groupByPrompt, type ScoredImage } from '../evaluation/contestants.ts';
import { type DrawSession, drawEvaluationImages } from '../evaluation/draw.ts';
import { requireAllKnown } from '../evaluation/known-prompts.ts';
import type { DrawnImage } from '../evaluation/measure.ts';
import { planPrompts } from '../evaluation/plan.ts';
import { openScores } from '../evaluation/score.ts';
import { makeAnalysisPlan, type NamedComparison, readBestOf } from './plan.ts';

export interface StudyOptions {
  /** Default `human`. */
  readonly name?: string;
  readonly comparisons: readonly NamedComparison[];
  /** Default 9, as in (Lee et al., 2023). */
  readonly ratersPerPair?: number;
  /** Pairs of each prompt and comparison. Default 1; the best of N has one image a prompt. */
  readonly pairsPerPrompt?: number;
  /** Which prompts; see `choosePrompts`. */
  readonly splits?: readonly PromptSplit[] | undefined;
  /** Refuses prompts and sizes that no simulated rater can answer for, before anything is drawn. */
  readonly simulated?: boolean | undefined;
}

/**
 * Draws what is missing and stores the study; the same options again give the study that is there.
 *
 * @throws CollimateError MISSING_STAGE for best-of-N without a reward, USAGE where the name stands for another study, MISMATCH where
 * simulated raters could not see the pictures.
 */
export async function makeHumanStudy(session: Session, options: StudyOptions): Promise<Study> {
  const { project, progress } = session;
  const { name = 'human', comparisons, ratersPerPair = 9, pairsPerPrompt = 1 } = options;
  const { config, db } = project;
  const names = [...new Set(comparisons.flatMap(({ a, b }) => [a, b]))];
  const bestOf = Math.max(0, ...names.map((each) => readBestOf(each) ?? 0));
  const models = await findModels(
    project,
    names.filter((each) => readBestOf(each) === undefined),
  );
  const prompts = planPrompts(await listPrompts(db), {
    perCategory: config.evaluate.promptsPerCategory,
    seed: config.seed,
    splits: options.splits,
  });
  const judgedBy = options.simulated ? requireWorld(session, 'evaluate human --simulate') : undefined;
  if (judgedBy) requireAllKnown(judgedBy, prompts);
  const engine = await chooseEngine(config, progress.note);
  const work = { ...session, engine, ...(judgedBy && { judgedBy }) };
  const images = new Map<string, DrawnImage[][]>();
  const wanted = models.filter((model) => names.includes(model.name) || bestOf > 0);
  for (const model of wanted) {
    const perPrompt = model.name === BASE ? Math.max(bestOf, pairsPerPrompt) : pairsPerPrompt;
    const drawn = await drawEvaluationImages({ model, prompts, perPrompt }, work);
    images.set(model.name, groupByPrompt(drawn, prompts.length));
  }
  if (bestOf > 0)
    for (const [key, chosen] of await chooseBest(names, images.get(BASE)!, models[0]!, prompts, work))
      images.set(key, chosen);
  const { seed, evaluate, generate } = config;
  const study: NewStudy = {
    name,
    contestants: names.map((each) => describe(each, models)),
    ratersPerPair,
    seed,
    config: {
      plan: makeAnalysisPlan(comparisons[0]!, ratersPerPair, evaluate.bootstrapSamples, seed),
      comparisons: comparisons.map(({ a, b }) => ({ a, b })),
      prompts: prompts.map(({ text, category, split }) => ({ text, category, split })),
      generate: drawSettings(generate, models[0]!.pipeline),
      pairsPerPrompt,
    },
    pairs: comparisons.flatMap(({ a, b }) => pairUp(a, b, prompts, images, pairsPerPrompt)),
  };
  const made = await createStudy(db, study);
  if (prompts.some(({ split }) => split === 'unseen')) await recordOpening(db, made.id, 'evaluate human');
  return made;
}

/** For each `best-of-<N>` the one image of each prompt that the reward likes best. */
async function chooseBest(
  names: readonly string[],
  pool: readonly DrawnImage[][],
  base: EvaluatedModel,
  prompts: readonly Prompt[],
  session: DrawSession,
): Promise<[string, DrawnImage[][]][]> {
  const reward = await findLatestRewardModel(session.project.db);
  if (!reward)
    throw new CollimateError(
      'MISSING_STAGE',
      'evaluate human: the best of N is chosen by the reward function, and there is none yet',
      'Run `collimate reward train` first, or compare models alone.',
    );
  const { scoreImages, dispose } = await openScores(session, reward.hash);
  try {
    const flat = pool.flat();
    const scores = await scoreImages(flat, prompts);
    const scored = flat.map((image, i): ScoredImage => ({ ...image, ...scores[i]!, ...NOT_JUDGED }));
    const contestant = {
      name: BASE,
      kind: 'base',
      modelHash: base.hash,
      images: groupByPrompt(scored, prompts.length),
    } as const;
    return names.flatMap((name): [string, DrawnImage[][]][] => {
      const count = readBestOf(name);
      return count === undefined ? [] : [[name, bestOfContestant(contestant, count).images.map((all) => [...all])]];
    });
  } finally {
    await dispose();
  }
}

/** People judge these images. */
const NOT_JUDGED = { answer: 'unclear', features: new Float32Array(), empty: undefined } as const;

function describe(name: string, models: readonly EvaluatedModel[]): StudyContestant {
  const bestOf = readBestOf(name);
  if (bestOf !== undefined) return { name, kind: 'best-of', modelHash: models[0]!.hash, bestOf };
  const { hash } = models.find((model) => model.name === name)!;
  return { name, kind: name === BASE ? 'base' : 'tuned', modelHash: hash };
}

function pairUp(
  a: string,
  b: string,
  prompts: readonly Prompt[],
  images: ReadonlyMap<string, DrawnImage[][]>,
  pairsPerPrompt: number,
): NewStudy['pairs'] {
  return prompts.flatMap(({ id }, i) => {
    const [own, other] = [images.get(a)![i]!, images.get(b)![i]!];
    const count = Math.min(pairsPerPrompt, own.length, other.length);
    return Array.from({ length: count }, (_, place) => ({
      promptId: id,
      contestantA: a,
      contestantB: b,
      imageA: own[place]!.id,
      imageB: other[place]!.id,
    }));
  });
}
