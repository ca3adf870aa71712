// Runs a trainer to a number of steps: checkpoints on the way, stops when asked, goes on where the last run stopped.

import { existsSync } from 'node:fs';
import { CollimateError } from '../../util/errors.ts';
import type { Feeds, StepReport, Trainer } from './trainer.ts';

export interface LoopOptions {
  readonly trainer: Trainer;
  readonly totalSteps: number;
  /** The batches of step `t`, counted from 1. A pure function of t, so that a resumed run sees the same data. */
  readonly batches: (t: number) => readonly Feeds[] | Promise<readonly Feeds[]>;
  /** Where the state is kept; the run goes on from it where it exists. */
  readonly statePath: string;
  /** Steps between saves; 0 saves at the end only. */
  readonly saveEvery: number;
  readonly onStep?: (report: StepReport) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains up to `totalSteps`.
 *
 * @throws CollimateError INTERRUPTED after the state was saved, where the signal asked to stop.
 */
export async function runTraining({
  trainer,
  totalSteps,
  batches,
  statePath,
  saveEvery,
  onStep,
  signal,
}: LoopOptions): Promise<void> {
  if (existsSync(statePath)) trainer.restore(statePath);
  while (trainer.step < totalSteps) {
    const report = await tryAdvance(trainer, await batches(trainer.step + 1), signal);
    if (report) await onStep?.(report);
    const stop = signal?.aborted ?? false;
    if (stop || trainer.step === totalSteps || (saveEvery > 0 && trainer.step % saveEvery === 0))
      await trainer.save(statePath);
    if (stop && trainer.step < totalSteps)
      throw new CollimateError(
        'INTERRUPTED',
        `stopped at step ${trainer.step} of ${totalSteps}; the state is saved`,
        'Run the same command to go on.',
      );
    await breathe();
  }
}

/** The report of a step; undefined where the signal ended it on the way, with the state before it. */
export async function tryAdvance(
  trainer: Trainer,
  batches: readonly Feeds[],
  signal: AbortSignal | undefined,
): Promise<StepReport | undefined> {
  try {
    return await trainer.advance(batches, signal);
  } catch (error) {
    if (signal?.aborted && error instanceof CollimateError && error.code === 'INTERRUPTED') return undefined;
    throw error;
  }
}

/** Lets signals and timers through, also where a step blocks the event loop (onnxruntime-node). */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
