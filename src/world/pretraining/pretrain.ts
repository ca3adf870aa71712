// The four stages of pre-training, in the order in which they need each other, and a record of what they took.

import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../util/files.ts';
import { pretrainClip } from './clip.ts';
import { pretrainJudge } from './judge.ts';
import { type PretrainContext, readJson } from './stage.ts';
import { pretrainUnet } from './unet.ts';
import { pretrainVae } from './vae.ts';

const RUNNERS = { judge: pretrainJudge, vae: pretrainVae, clip: pretrainClip, unet: pretrainUnet };

export interface PretrainOptions extends PretrainContext {
  readonly stages: readonly (keyof typeof RUNNERS)[];
  /** Instead of each stage's own number of steps. */
  readonly steps?: number;
}

export interface PretrainSummary {
  readonly seed: number;
  readonly machine: string;
  /** Seconds that each stage took, in the last process that worked on it. */
  readonly seconds: Record<string, number>;
}

/**
 * Trains the stages that are asked for and writes `pretraining.json` beside the models. Interrupted, it goes on from the
 * states in `work`; the same seed gives the same bytes.
 */
export async function pretrain({ stages, steps, ...context }: PretrainOptions): Promise<PretrainSummary> {
  const path = join(context.out, 'pretraining.json');
  const before = existsSync(path) ? (readJson(path).seconds ?? {}) : {};
  const seconds = Object.fromEntries(
    Object.entries(before).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'an unnamed processor'}`;
  const summary = { seed: context.seed, machine, seconds };
  for (const stage of stages) {
    const start = performance.now();
    await RUNNERS[stage](context, ...(steps ? [steps] : []));
    seconds[stage] = Math.round((performance.now() - start) / 1000);
    writeFileAtomic(path, `${JSON.stringify(summary, null, 2)}\n`);
  }
  return summary;
}
