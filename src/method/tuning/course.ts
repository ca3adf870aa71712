// How a run comes from step to step: by one trainer, or by several parts that are averaged (averaging/). The loop around it, with
// metrics and checkpoints, is the same for both.

import type { StepMetrics } from './metrics.ts';

export interface Course {
  /** Steps done. */
  readonly step: number;
  /** Goes on from the folder of a checkpoint. */
  restore(checkpoint: string): Promise<void>;
  /** The next step, or the steps of the next round; none where the signal ended them, with the state before. */
  advance(signal: AbortSignal): Promise<readonly StepMetrics[]>;
  /** Whether what it has come to is worth a checkpoint that no schedule asks for. */
  readonly savesEach: boolean;
  /** Writes all that `restore` needs to the folder of a checkpoint. */
  save(checkpoint: string): Promise<void>;
  /** Writes the learned weights or their average, by default what the settings keep, to the denoiser's folder of a checkpoint. */
  saveWeights(folder: string, which?: 'params' | 'ema'): Promise<void>;
  dispose(): Promise<void>;
}
