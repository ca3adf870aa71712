// What a command tells whoever started it as a job: progress and exit, as small files in a folder named by the
// environment. They outlive the one who reads them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from './files.ts';
import type { Progress, ProgressFigures } from './progress.ts';

/** The variable that names a job's folder to its process. */
export const JOB_DIR_VARIABLE = 'COLLIMATE_JOB_DIR';

export interface JobProgress {
  stage: string;
  done: number;
  total: number;
  figures: ProgressFigures;
  updatedAt: string;
}

export interface JobExit {
  code: number;
  error: JobError | null;
}

export interface JobError {
  message: string;
  hint: string;
  /** Where workers could not make all: whose items failed. */
  topic?: string;
}

const INTERVAL_MS = 500;

/** A reporter that also writes `progress.json` into `dir`, twice a second at most. */
export function recordProgress(inner: Progress, dir: string): Progress {
  let current: JobProgress | undefined;
  let written = 0;
  const write = (always: boolean) => {
    const time = Date.now();
    if (!current || (!always && time - written < INTERVAL_MS)) return;
    written = time;
    current.updatedAt = new Date(time).toISOString();
    writeFileAtomic(join(dir, 'progress.json'), JSON.stringify(current));
  };
  return {
    stage(name, total, done = 0) {
      inner.stage(name, total, done);
      current = { stage: name, total, done, figures: {}, updatedAt: '' };
      write(true);
    },
    tick(done, figures) {
      inner.tick(done, figures);
      if (!current) return;
      current.done = done;
      if (figures) current.figures = figures;
      write(false);
    },
    note: (text) => inner.note(text),
    done(figures) {
      inner.done(figures);
      if (current) current.done = current.total;
      if (current && figures) current.figures = figures;
      write(true);
    },
  };
}

/** Records how the process of a job ended. */
export function writeJobExit(dir: string, exit: JobExit): void {
  writeFileAtomic(join(dir, 'exit.json'), JSON.stringify(exit));
}

export function readJobProgress(dir: string): JobProgress | undefined {
  const found = readRecord(join(dir, 'progress.json'));
  const whole =
    typeof found?.stage === 'string' &&
    [found.done, found.total].every(Number.isFinite) &&
    typeof found.figures === 'object' &&
    found.figures !== null &&
    typeof found.updatedAt === 'string';
  return whole ? (found as unknown as JobProgress) : undefined;
}

export function readJobExit(dir: string): JobExit | undefined {
  const found = readRecord(join(dir, 'exit.json'));
  if (!Number.isInteger(found?.code)) return undefined;
  const { message, hint, topic } = (found?.error ?? {}) as Record<string, unknown>;
  const error =
    typeof message === 'string' && typeof hint === 'string'
      ? { message, hint, ...(typeof topic === 'string' && { topic }) }
      : null;
  return { code: found!.code as number, error };
}

/** The fields of a file; a file that is damaged, or holds something else, tells as little as none. */
function readRecord(path: string): Readonly<Record<string, unknown>> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
