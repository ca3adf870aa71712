// The reproduction: the claims of the paper measured on the embedded world, over several seeds, with the ablations beside
// them. It takes hours; every part resumes, and each seed's figures are kept as one JSON file.

import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { evaluate } from '../evaluation/evaluate.ts';
import type { ContestantReport, EvaluationReport, GroupReport } from '../evaluation/report.ts';
import { generateImages } from '../feedback/generate.ts';
import { simulateLabels } from '../feedback/label.ts';
import { writeReport } from '../report/report.ts';
import { trainReward } from '../reward/train.ts';
import type { Config, ConfigPatch } from '../store/config.ts';
import { CONFIG_FILE, createProject, openProject, type Project } from '../store/project.ts';
import { tuneModel } from '../tuning/tune.ts';
import { writeFileAtomic } from '../util/files.ts';
import { TUNE } from './demo.ts';
import type { MethodSession } from './method.ts';

/**
 * What a seed's project starts from; the seed is added. Guidance is the tool's default, where the base model's pictures are
 * nearest to renders; docs/results has the figures at others.
 */
const REPRODUCE_CONFIG: ConfigPatch = {
  prompts: { count: 18, color: 30, background: 24, combination: 120, unseenPerCategory: 60 },
  generate: { imagesPerPrompt: 16, steps: 10, guidanceScale: 3, batchSize: 32 },
  tune: {
    ...TUNE,
    weighting: 'threshold',
    weightThreshold: 0.7,
    maxTrainSteps: 500,
    samplesEvery: 250,
    checkpointingSteps: 250,
  },
  evaluate: { promptsPerCategory: 60, imagesPerPrompt: 4, bestOf: 16 },
};

/** The tuned models of a seed: the method, and the method with one part changed or taken away. */
const VARIANTS: Readonly<Record<string, Partial<Config['tune']>>> = {
  tuned: {},
  'linear-weights': { weighting: 'linear' },
  'beta-0': { beta: 0 },
  'no-prompt-classification': {},
};

export interface SeedResult {
  readonly seed: number;
  readonly machine: string;
  readonly config: Config;
  readonly evaluation: Omit<EvaluationReport, 'items'>;
  readonly targets: readonly Target[];
}

/** One figure that the reproduction is to reach, and whether it did. */
export interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly reached: boolean;
  readonly value: number | null;
}

export interface ReproduceOptions {
  readonly seed: number;
  /** Folder in which each seed has a project of its own. */
  readonly work: string;
  /** Folder of the results: `seed-<n>.json`. */
  readonly out: string;
  /** Keys of the config that differ, such as smaller numbers. */
  readonly patch?: ConfigPatch;
}

/** Opens a seed's project, or makes it. */
export function openSeed({ seed, work, patch = {} }: ReproduceOptions): Promise<Project> {
  const dir = join(work, `seed-${seed}`);
  return existsSync(join(dir, CONFIG_FILE))
    ? openProject(dir)
    : createProject(dir, { ...patchEachSection(REPRODUCE_CONFIG, patch), seed });
}

function patchEachSection(config: ConfigPatch, patch: ConfigPatch): ConfigPatch {
  const section = (value: unknown) => (typeof value === 'object' ? value : undefined);
  const patched = Object.entries(patch).map(([key, value]) => {
    const [before, after] = [section(config[key as keyof ConfigPatch]), section(value)];
    return [key, before && after ? { ...before, ...after } : value];
  });
  return { ...config, ...Object.fromEntries(patched) };
}

/** Runs one seed to its end and writes its result. */
export async function reproduceSeed(session: MethodSession, { seed, out }: ReproduceOptions): Promise<SeedResult> {
  const { project, progress } = session;
  const { config } = project;
  await generateImages(session);
  await simulateLabels(session);
  progress.note('Reward function without prompt classification (λ = 0)');
  const without = { ...project, config: { ...config, reward: { ...config.reward, lambda: 0 } } };
  const plain = await trainReward({ ...session, project: without });
  // The one trained last is the one that evaluation asks.
  progress.note('Reward function');
  const reward = await trainReward(session);
  for (const [name, settings] of Object.entries(VARIANTS)) {
    progress.note(`Tuning: ${name}`);
    const { rewardHash } = name === 'no-prompt-classification' ? plain : reward;
    await tuneModel(session, { name, rewardHash, settings });
  }
  const { report } = await evaluate(session, { models: Object.keys(VARIANTS) });
  await writeReport(session);
  const { items: _items, ...evaluation } = report;
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'an unnamed processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const result = { seed, machine, config, evaluation, targets: judgeTargets(evaluation) };
  writeFileAtomic(join(out, `seed-${seed}.json`), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

function unseenOf({ groups }: ContestantReport): GroupReport | undefined {
  return groups.find(({ split, category }) => split === 'unseen' && category === 'all');
}

/** The figures that the project set out to reach, against what came. */
function judgeTargets({ contestants, prediction }: Omit<EvaluationReport, 'items'>): Target[] {
  const tuned = contestants.find(({ name }) => name === 'tuned')!;
  const unseen = unseenOf(tuned);
  const growth =
    unseen?.versusBase?.good && unseenOf(contestants[0]!)
      ? unseen.versusBase.good.estimate / unseenOf(contestants[0]!)!.good.estimate
      : null;
  const frechet = tuned.frechet.all.growth?.value ?? null;
  const predicted = prediction.find(({ split, category }) => split === 'unseen' && category === 'all');
  const accuracy = predicted?.accuracy.estimate ?? null;
  const gain = predicted?.gain?.estimate ?? null;
  const share = unseen?.good.estimate ?? null;
  return [
    {
      name: 'growth of the share judged good, unseen prompts',
      wanted: 'at least 0.47, or a share of 0.95',
      value: growth,
      reached: (growth ?? 0) >= 0.47 || (share ?? 0) >= 0.95,
    },
    {
      name: 'growth of the Fréchet distance',
      wanted: 'at most 0.20',
      value: frechet,
      reached: frechet !== null && frechet <= 0.2,
    },
    {
      name: 'accuracy of the reward, unseen prompts',
      wanted: 'at least 0.80',
      value: accuracy,
      reached: (accuracy ?? 0) >= 0.8,
    },
    { name: 'accuracy above the CLIP score', wanted: 'at least 0.10', value: gain, reached: (gain ?? 0) >= 0.1 },
  ];
}
