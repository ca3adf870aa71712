// Checkpoints as models of the store, with what they were made from.

import { join, relative } from 'node:path';
import { hashModelAside } from '../../models/inference/painter.ts';
import { putCheckpoint } from '../../project/learning/checkpoints.ts';
import { type Run, updateRunProgress } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import type { Lineage } from './card.ts';
import { learnedFields } from './lora-fields.ts';
import { readMetrics } from './metrics.ts';
import type { TunePlan } from './plan.ts';
import type { Prepared } from './prepare.ts';
import { publishModel } from './publish.ts';
import type { SampleModel } from './samples.ts';
import { countOrigins } from './sources.ts';

/** The checkpoint as a model of the store; the published one is the whole pipeline that the run was for. */
export async function registerCheckpoint(
  project: Project,
  prepared: Prepared,
  run: Run,
  { step, path: checkpoint, published }: { step: number; path: string; published: boolean },
): Promise<SampleModel> {
  const { folder, pipeline, settings, seed, baseHash, rewardHash, dataHash } = prepared;
  const unet = join(checkpoint, pipeline.denoiser);
  // A run that is killed while it writes the model is known by this to have been about to.
  if (published) await updateRunProgress(project.db, run.id, { step, publishes: folder });
  const hash = published
    ? await publishModel(folder, pipeline, checkpoint, learnedFields(prepared, step, pipeline.latent.own))
    : await hashModelAside(pipeline.folder, unet);
  const metrics = readMetrics(join(project.runsDir, run.id, 'metrics.jsonl')).find((line) => line.step === step);
  await putCheckpoint(project.db, {
    runId: run.id,
    step,
    modelHash: hash,
    rewardHash,
    dataHash,
    config: { seed, tune: settings, origins: countOrigins(prepared.images), ...continuing(prepared) },
    metrics: { ...metrics },
    path: relative(project.dir, published ? folder : checkpoint),
    parentHash: baseHash,
  });
  await updateRunProgress(project.db, run.id, { step, checkpoint: relative(project.dir, checkpoint) });
  return published ? { pipeline: folder, hash } : { pipeline, unet, hash };
}

function continuing({ continues }: Prepared) {
  return continues && { continues };
}

/** What the model card tells of a step. */
export function toLineage(prepared: Prepared, run: Run, step: number, plan: TunePlan): Lineage {
  const { name, baseModel, baseHash, dataHash, seed, settings, pairs } = prepared;
  const rewardHash = prepared.rewardHash ?? undefined;
  const { images, meanWeight } = plan;
  const source = { runId: run.id, name, step, baseModel, baseHash, rewardHash, dataHash, seed, settings };
  return { ...source, images, meanWeight, pairs: pairs.description, plan, ...continuing(prepared) };
}
