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
  error: { message: string; hint: string } | null;
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
  return readJson<JobProgress>(join(dir, 'progress.json'));
}

export function readJobExit(dir: string): JobExit | undefined {
  return readJson<JobExit>(join(dir, 'exit.json'));
}

function readJson<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}
