// How tuning went: loss curves of the latest run, and its samples.

import { join } from 'node:path';
import { firstOfPrompts } from '../../../method/tuning/card-facts.ts';
import { readMetrics, type StepMetrics } from '../../../method/tuning/metrics.ts';
import { listImages } from '../../../project/images/images.ts';
import { listPrompts } from '../../../project/images/prompts.ts';
import { listCheckpoints } from '../../../project/learning/checkpoints.ts';
import { listRuns, type Run } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import type { SampleGrid, TuningData } from '../data.ts';
import { collectWatch } from './watch.ts';

const MOST_POINTS = 60;

/** The tuning run `runId`, or the one that made `modelHash`, else the latest one that has steps; null where there is none. */
export async function collectTuning(
  project: Project,
  { modelHash, runId }: { readonly modelHash?: string | undefined; readonly runId?: string | undefined } = {},
): Promise<TuningData | null> {
  const { db, runsDir } = project;
  const runs = (await listRuns(db, { stage: 'tune' })).reverse();
  const checkpoints = await listCheckpoints(db);
  const maker = checkpoints.find((checkpoint) => checkpoint.modelHash === modelHash)?.runId;
  const metricsOf = (run: Run) => readMetrics(join(runsDir, run.id, 'metrics.jsonl'));
  const named = runId ?? maker;
  const run = runs.find(({ id }) => id === named) ?? runs.find((candidate) => metricsOf(candidate).length > 0);
  if (!run) return null;
  const metrics = metricsOf(run);
  const { name = 'tuned', tune = {} } = run.config as { name?: string; tune?: Record<string, unknown> };
  return {
    runId: run.id,
    status: run.status,
    name,
    settings: tune,
    plan: (run.progress.plan as Record<string, unknown> | undefined) ?? null,
    steps: metrics.at(-1)?.step ?? 0,
    seconds: metrics.reduce((sum, { seconds }) => sum + seconds, 0),
    curve: thin(metrics),
    samples: await collectSamples(project, run),
    published: (run.progress.step as number | undefined) ?? null,
    watch: await collectWatch(db, join(runsDir, run.id)),
  };
}

/** Means over equal runs of steps, so that a long run fits into a page. */
export function thin(metrics: readonly StepMetrics[]): TuningData['curve'] {
  const size = Math.max(1, Math.ceil(metrics.length / MOST_POINTS));
  return Array.from({ length: Math.ceil(metrics.length / size) }, (_, i) => {
    const some = metrics.slice(i * size, (i + 1) * size);
    const mean = (of: (line: StepMetrics) => number) => some.reduce((sum, line) => sum + of(line), 0) / some.length;
    return {
      step: some.at(-1)!.step,
      train_loss: mean((line) => line.train_loss),
      reward_loss: mean((line) => line.reward_loss),
      ...(some[0]!.pretrain_loss !== undefined && { pretrain_loss: mean((line) => line.pretrain_loss ?? 0) }),
      ...(some[0]!.mean_reward !== undefined && { mean_reward: mean((line) => line.mean_reward ?? 0) }),
      grad_norm: mean((line) => line.grad_norm),
      learning_rate: some.at(-1)!.learning_rate,
    };
  });
}

async function collectSamples({ db }: Project, run: Run): Promise<SampleGrid | null> {
  const checkpoints = await listCheckpoints(db, run.id);
  const { baseHash } = run.config as { baseHash?: string };
  const models = [...(baseHash ? [{ step: 0, modelHash: baseHash }] : []), ...checkpoints];
  const samples = await listImages(db, { purpose: 'sample' });
  const steps = models.filter(({ modelHash }) => samples.some((sample) => sample.modelHash === modelHash));
  if (steps.length < 2) return null;
  const last = firstOfPrompts(samples.filter(({ modelHash }) => modelHash === steps.at(-1)!.modelHash));
  const texts = new Map((await listPrompts(db)).map(({ id, text }) => [id, text]));
  const find = (promptId: string, seed: number, modelHash: string) =>
    samples.find((other) => other.promptId === promptId && other.seed === seed && other.modelHash === modelHash);
  return {
    steps: steps.map(({ step }) => step),
    rows: last.map(({ promptId, seed }) => ({
      prompt: texts.get(promptId)!,
      seed,
      hashes: steps.map(({ modelHash }) => find(promptId, seed, modelHash)?.hash ?? null),
    })),
  };
}
