// `metrics.jsonl` of a run: one line a step, appended. A resumed run drops the lines after its checkpoint, and a line that
// was cut off, so that no step is there twice.

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { checkForm, parseArtefact } from '../../util/artefact.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';

/** One step, as a line of the file. */
export interface StepMetrics {
  readonly step: number;
  /** The whole loss. */
  readonly train_loss: number;
  /** The part of model images, weighted; where gradients are accumulated, of the last pass alone, as the next one. */
  readonly reward_loss: number;
  /** The part of pre-training pairs before β; none without them. */
  readonly pretrain_loss?: number;
  /** Where pictures are drawn in rounds: the mean reward of those that the step's round drew, or that the step itself ends. */
  readonly mean_reward?: number;
  /** Where errors are compared with those of the model before tuning: by how much images lie below, in the mean. */
  readonly gain?: number;
  /** With fp16: what the loss was multiplied by for its gradient. */
  readonly loss_scale?: number;
  /** Before clipping. */
  readonly grad_norm: number;
  readonly learning_rate: number;
  /** Seconds that the step took. */
  readonly seconds: number;
}

const lineSchema: z.ZodType<StepMetrics> = z.looseObject({
  step: z.number(),
  train_loss: z.number(),
  reward_loss: z.number(),
  pretrain_loss: z.exactOptional(z.number()),
  mean_reward: z.exactOptional(z.number()),
  gain: z.exactOptional(z.number()),
  loss_scale: z.exactOptional(z.number()),
  grad_norm: z.number(),
  learning_rate: z.number(),
  seconds: z.number(),
});

const REMEDY = 'Remove the file, and tune again with --resume-from-checkpoint none.';

/**
 * The steps in a file; none where there is no file.
 *
 * @throws CollimateError STORAGE where a line is damaged, the last one aside: it may be that of a process that was killed.
 */
export function readMetrics(path: string): StepMetrics[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop(); // nothing, or a line without its end
  return lines.map((line, i) => {
    const where = `${path}, line ${i + 1}`;
    return checkForm(parseArtefact(line, where, REMEDY), lineSchema, where, REMEDY);
  });
}

/** Keeps the lines up to `step`. */
export function truncateMetrics(path: string, step: number): void {
  if (!existsSync(path)) return;
  const kept = readMetrics(path).filter((line) => line.step <= step);
  writeFileAtomic(path, kept.map(toLine).join(''));
}

/** @throws CollimateError DISK_FULL where there is no room. */
export function appendMetrics(path: string, metrics: StepMetrics): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, toLine(metrics));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new CollimateError(
      'DISK_FULL',
      `no room left on the disk while writing ${path}`,
      'Free some space and run the same command again; the last checkpoint is intact.',
      { cause: error },
    );
  }
}

function toLine(metrics: StepMetrics): string {
  return `${JSON.stringify(metrics)}\n`;
}
