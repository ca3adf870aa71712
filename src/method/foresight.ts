// What a long command would do, before it does any of it: in counts, and in time and room as far as the project knows them.

import { lstatSync, statfsSync } from 'node:fs';
import { findLatestRun } from '../project/learning/runs.ts';
import type { Project } from '../project/project.ts';

export interface Foresight {
  /** One line for each thing that would be done. */
  readonly tasks: readonly string[];
  /** Null where nothing like it was timed in this project yet. */
  readonly seconds: number | null;
  /** What the time is reckoned by. */
  readonly basis: string;
  /** Bytes that would be written. */
  readonly bytes: number;
  /** Bytes that are free where the project lies. */
  readonly free: number;
}

/** Pictures that are there tell how large others will be; more than these tell no more. */
const ENOUGH = 200;

/** Mean bytes of the pictures of a project; those of raw pixels, which no PNG exceeds by much, where there are none. */
export function bytesOfPicture(
  { images }: Pick<Project, 'images'>,
  hashes: readonly string[],
  { width, height }: { readonly width: number; readonly height: number },
): number {
  const sizes = hashes
    .slice(0, ENOUGH)
    .flatMap((hash) => lstatSync(images.blobPath(hash), { throwIfNoEntry: false })?.size ?? []);
  return sizes.length > 0 ? sizes.reduce((sum, size) => sum + size, 0) / sizes.length : 3 * width * height;
}

/** Seconds of one sampling step of one picture, by the last drawing of this project that drew anything. */
export async function secondsOfDrawing({ db }: Pick<Project, 'db'>): Promise<number | null> {
  const run = await findLatestRun(db, 'generate', { status: 'done' });
  const speed = Number(run?.progress.imagesPerSecond ?? 0);
  const steps = Number((run?.config.generate as { steps?: unknown } | undefined)?.steps ?? 0);
  return speed > 0 && steps > 0 ? 1 / (speed * steps) : null;
}

export const BY_DRAWING = 'by the last drawing in this project';
export const NOT_TIMED = 'nothing like it was done in this project yet; once it runs it says how long is left';

export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}
