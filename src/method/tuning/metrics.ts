// `metrics.jsonl` of a run: one line a step, appended. A resumed run drops the lines after its checkpoint, and a line that
// was cut off, so that no step is there twice.

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
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
  /** Of policy gradients: the mean reward of the pictures that the step's round drew. */
  readonly mean_reward?: number;
  /** Before clipping. */
  readonly grad_norm: number;
  readonly learning_rate: number;
  /** Seconds that the step took. */
  readonly seconds: number;
}

/** The steps in a file; none where there is no file. */
export function readMetrics(path: string): StepMetrics[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as StepMetrics];
      } catch {
        return []; // the last line of a process that was killed
      }
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
