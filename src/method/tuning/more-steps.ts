// Going on with a finished run: another one with its settings, seed and data, and more steps, which begins with the state that
// the first one ended with. Noise, timesteps and rows are functions of the seed and the step, so they go on by themselves.

import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { learningRateAt } from '../../engine/optim/schedule.ts';
import { configSchema } from '../../project/config/config.ts';
import { listRuns, type Run } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { linkOrCopy } from '../../util/files.ts';
import { findResumePoint } from './checkpoint.ts';
import { currentSettings, type TuneSettings } from './mixture.ts';
import type { Prepared, TuneOptions } from './prepare.ts';
import { isPublished, tunedModelDir } from './publish.ts';

/** The run that another one goes on with, and the step that it ended with. */
export interface Continued {
  readonly runId: string;
  readonly step: number;
}

/** A finished run that can be gone on with. */
export interface Finished extends Continued {
  readonly run: Run;
  /** Its own, but for more steps. */
  readonly options: TuneOptions;
}

/**
 * The run whose model lies in `models/<name>/`, else the latest finished one of that name, with options for more steps.
 *
 * @throws CollimateError MISSING_STAGE without such a run, USAGE where it cannot be gone on with.
 */
export async function findFinished(project: Project, options: TuneOptions): Promise<Finished> {
  const { name = 'tuned', moreSteps = 0, resumeFrom } = options;
  if (resumeFrom !== undefined && resumeFrom !== 'latest')
    throw new CollimateError(
      'USAGE',
      `tune: --more-steps goes on with where a run ended, and --resume-from-checkpoint names ${resumeFrom}`,
      'Give one of them.',
    );
  const folder = tunedModelDir(project.dir, name);
  const done = (await listRuns(project.db, { stage: 'tune', status: 'done' })).filter(
    ({ config }) => config.name === name,
  );
  const run = (await findPublished(done, folder)) ?? done.at(-1);
  if (!run)
    throw new CollimateError(
      'MISSING_STAGE',
      `tune: no finished run of the name ${name} is there to go on with`,
      'Run `collimate tune` without --more-steps first; one that was interrupted goes on by itself.',
    );
  const before = configSchema.parse({ tune: currentSettings(run.config.tune as Record<string, unknown>) }).tune;
  const step = before.maxTrainSteps;
  checkEnd(project, run, before);
  const settings = { ...before, maxTrainSteps: step + moreSteps };
  const { seed, rewardHash } = run.config as { seed: number; rewardHash: string | null };
  const own = { name, seed, settings, ...(rewardHash !== null && { rewardHash }) };
  return { runId: run.id, step, run, options: own };
}

/** The latest run whose model lies in the folder. */
async function findPublished(runs: readonly Run[], folder: string): Promise<Run | undefined> {
  for (const run of runs.toReversed()) if (await isPublished(folder, String(run.progress.modelHash))) return run;
  return undefined;
}

function checkEnd(project: Project, run: Run, { maxTrainSteps, stopBy }: TuneSettings): void {
  const last = findResumePoint(join(project.runsDir, run.id));
  if (last?.step === maxTrainSteps) return;
  const [why, hint] =
    stopBy === 'held-out' && last
      ? [
          `the held-out reward ended it at step ${last.step} of ${maxTrainSteps}`,
          'More steps would go past its alarm: tune anew with tune.stopBy none.',
        ]
      : [`the state that it ended with is gone (${join(project.runsDir, run.id)})`, 'Tune anew with that many steps.'];
  throw new CollimateError('USAGE', `tune: cannot go on with ${run.id}, since ${why}`, hint);
}

/** @throws CollimateError MISMATCH where model or data are not those that the run learned from. */
export function checkSame({ run }: Finished, { baseHash, dataHash }: Prepared): void {
  const { config } = run;
  if (config.baseHash === baseHash && config.dataHash === dataHash) return;
  const what =
    config.baseHash === baseHash
      ? 'the images, their weights or the pre-training pairs'
      : 'the model that is tuned (`model` in collimate.yaml)';
  throw new CollimateError(
    'MISMATCH',
    `tune: cannot go on with ${run.id}, since ${what} changed after it`,
    'Tune anew with that many steps, by what there is now; or bring back what there was.',
  );
}

/** Puts what a finished run ended with where its successor goes on from; done once, whole or not at all. */
export function adoptRun({ runsDir }: Project, { runId }: Continued, successor: string): void {
  const target = join(runsDir, successor);
  if (existsSync(target)) return;
  const fresh = `${target}.tmp`;
  rmSync(fresh, { recursive: true, force: true });
  copyRun(join(runsDir, runId), fresh);
  renameSync(fresh, target);
}

/** Checkpoints and rounds are never written to again, so a second name for their files does; the rest is copied. */
function copyRun(source: string, target: string): void {
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(target, from.slice(source.length + 1));
    mkdirSync(dirname(to), { recursive: true });
    if (entry.name.endsWith('.safetensors')) linkOrCopy(from, to);
    else cpSync(from, to);
  }
}

/** What goes on, and what becomes of the learning rate. */
export function describeContinuing({ runId, step }: Continued, settings: TuneSettings): string {
  const { learningRate, warmupSteps, lrScheduler, maxTrainSteps } = settings;
  const rate = (totalSteps: number) =>
    learningRateAt({ learningRate, warmupSteps, decay: lrScheduler, totalSteps }, step + 1).toPrecision(3);
  const schedule =
    lrScheduler === 'constant'
      ? `the learning rate ${step < warmupSteps ? `goes on warming up from ${rate(maxTrainSteps)} to ${learningRate}, which it reaches at step ${warmupSteps}` : `stays at ${learningRate}`}, so that the model is that of a run of ${maxTrainSteps} steps`
      : `the learning rate, which had fallen to ${rate(step)}, goes on at ${rate(maxTrainSteps)} along the cosine of ${maxTrainSteps} steps, so that the model is not that of a run of as many`;
  return `goes on with ${runId} from step ${step} to ${maxTrainSteps}, with its settings, seed, data and optimiser; ${schedule}`;
}
