// The reproduction: the claims of the paper measured on the embedded world, over several seeds, with the ablations beside
// them. It takes hours; every part resumes, and each seed's figures are kept as one JSON file.

import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { generateImages } from '../../method/feedback/generate.ts';
import { simulateLabels } from '../../method/feedback/label.ts';
import { trainReward } from '../../method/reward/train.ts';
import type { Session } from '../../method/session.ts';
import { tuneModel } from '../../method/tuning/tune.ts';
import type { Config, ConfigPatch } from '../../project/config/config.ts';
import { CONFIG_FILE } from '../../project/config/config-file.ts';
import { isMapping } from '../../project/config/config-keys.ts';
import { listDifferences } from '../../project/learning/differences.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import { createProject, openProject, type Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { collectFeedback } from '../report/collect/feedback.ts';
import { writeReport } from '../report/report.ts';
import { collectDetails } from './details.ts';
import { comparePaper, type PaperFigure } from './paper-figures.ts';
import { ours } from './recipes/ours.ts';
import type { RecipeRow, ReproductionRecipe, SeedEvaluation, Target } from './recipes/recipe.ts';
import { findRows } from './recipes/recipes.ts';
import { drawUnlabelled } from './tuning-cell.ts';

export interface SeedResult {
  readonly seed: number;
  readonly machine: string;
  readonly config: Config;
  readonly evaluation: SeedEvaluation;
  readonly targets: readonly Target[];
  /** Absent for the package's own. */
  readonly recipe?: string;
  /** Figures beside those of the paper; absent where the recipe has targets instead. */
  readonly paper?: readonly PaperFigure[];
}

export interface ReproduceOptions {
  readonly seed: number;
  /** Folder in which each seed has a project of its own. */
  readonly work: string;
  /** Folder of the results: `seed-<n>.json`, and `details-<n>.json` with figures by prompt. */
  readonly out: string;
  /** Default `ours`. */
  readonly recipe?: ReproductionRecipe;
  /** Models with one part of the method changed that are tuned too, by name; default those that the recipe usually has. */
  readonly rows?: readonly string[];
  /** Keys of the config that differ, such as smaller numbers. */
  readonly patch?: ConfigPatch;
}

/**
 * Opens a seed's project, or makes it. One that is there keeps its number of steps unless another one is asked for.
 *
 * @throws CollimateError USAGE where it is there and was made by another recipe, or for other numbers than asked for.
 */
export async function openSeed({ seed, work, recipe = ours, patch = {} }: ReproduceOptions): Promise<Project> {
  const dir = join(work, `seed-${seed}`);
  const asked = patchEachSection(recipe.config, patch);
  if (!existsSync(join(dir, CONFIG_FILE))) return createProject(dir, { ...asked, seed });
  const project = await openProject(dir);
  const { config } = project;
  const { maxTrainSteps } = { ...config.tune, ...patch.tune };
  const differing = listDifferences(
    config,
    patchEachSection(patchEachSection(config, asked), { tune: { maxTrainSteps } }),
  );
  if (differing.length === 0) return project;
  await project.close();
  throw new CollimateError(
    'USAGE',
    `reproduce: ${dir} was made with other settings than recipe "${recipe.name}" has now: ${differing.join(', ')}`,
    'Name another folder with --work, or ask for what it was made with (--recipe, --steps).',
  );
}

/** Keys whose mappings are values: words of one grammar do not complete those of another. */
const WHOLE: readonly string[] = ['grammar', 'words'];

/** Of sections, and of sections within them, the keys that are named. */
function patchEachSection<T extends object>(config: T, patch: object): T {
  const patched = Object.entries(patch).map(([key, value]: [string, unknown]) => {
    const before = config[key as keyof T] as unknown;
    const merges = isMapping(before) && isMapping(value) && !WHOLE.includes(key);
    return [key, merges ? patchEachSection(before, value) : value];
  });
  return { ...config, ...(Object.fromEntries(patched) as Partial<T>) };
}

/** Runs one seed to its end and writes its result. */
export async function reproduceSeed(session: Session, options: ReproduceOptions): Promise<SeedResult> {
  const { seed, out, recipe = ours } = options;
  const { project } = session;
  const { config } = project;
  const models = await makeModels(session, options);
  const { report } = await evaluate(session, { models, splits: recipe.splits });
  await writeReport(session);
  const { items: _items, ...evaluation } = report;
  const details = await collectDetails(session, recipe, models);
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'an unnamed processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const result: SeedResult = {
    seed,
    machine,
    config,
    evaluation,
    targets: recipe.targets(evaluation),
    ...(recipe !== ours && { recipe: recipe.name }),
    ...(recipe.sets && {
      paper: comparePaper({ evaluation, sets: details.sets, feedback: await collectFeedback(project) }),
    }),
  };
  writeFileAtomic(join(out, `details-${seed}.json`), `${JSON.stringify(details, null, 1)}\n`);
  writeFileAtomic(join(out, `seed-${seed}.json`), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** Pictures, answers, reward functions and models, those that are missing; returns the names of the models. */
async function makeModels(session: Session, { recipe = ours, rows: names = recipe.usual }: ReproduceOptions) {
  const { project, progress } = session;
  const rows = findRows(recipe, names);
  // Once there is a reward function, images that nobody is to rate may be there.
  if (recipe.unlabelled === 0 || !(await findLatestRewardModel(project.db))) {
    await generateImages(session);
    await simulateLabels(session);
  }
  const plain = rows.some(([, row]) => row.plainReward) && (await trainPlainReward(session));
  // The one trained last is the one that evaluation asks.
  progress.note('Reward function');
  const reward = await trainReward(session);
  await drawUnlabelled({ ...session, unlabelled: recipe.unlabelled });
  for (const [name, { settings, placebo, plainReward }] of [['tuned', {}] as [string, RecipeRow], ...rows]) {
    progress.note(`Tuning: ${name}`);
    const { rewardHash } = (plainReward && plain) || reward;
    await tuneModel(session, { name, rewardHash, ...(settings && { settings }), ...(placebo && { placebo }) });
  }
  return ['tuned', ...rows.map(([name]) => name)];
}

/** The reward function of the ablation, without prompt classification. */
function trainPlainReward(session: Session): ReturnType<typeof trainReward> {
  const { project, progress } = session;
  const { config } = project;
  progress.note('Reward function without prompt classification (λ = 0)');
  return trainReward({
    ...session,
    project: { ...project, config: { ...config, reward: { ...config.reward, lambda: 0 } } },
  });
}
