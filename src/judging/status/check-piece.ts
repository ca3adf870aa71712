// What a check looks at, one piece at a time, and what it may find.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative } from 'node:path';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';

/**
 * `changed`: not what was recorded; `missing`: not there though something rests on it; `gone`: not there, as may be;
 * `unknown`: there, without a record to compare it with.
 */
export type FaultState = 'changed' | 'missing' | 'gone' | 'unknown';

export interface Fault {
  readonly state: FaultState;
  /** What was expected, and what is there. */
  readonly text: string;
  readonly remedy: string;
}

/** Throws where the check was asked to stop. */
export type Pause = () => void;

export interface Piece {
  readonly path: string;
  look(pause: Pause): Promise<Fault | undefined>;
}

export type ListPieces = (project: Project) => Promise<readonly Piece[]>;

/** A path as people are told it: below the project's folder, where it lies there. */
export function showPath({ dir }: Pick<Project, 'dir'>, path: string): string {
  const below = relative(dir, path).replaceAll('\\', '/');
  return below === '' || below.startsWith('..') ? path : below;
}

/** SHA-256 of a file's bytes, read anew, letting signals through between its parts. */
export async function hashAnew(path: string, pause: Pause): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
    pause();
    hash.update(part as Buffer);
  }
  return hash.digest('hex');
}

/** What reading comes to: a fault where it refuses the content, with what it says of it. */
export async function catchRefusal(read: () => unknown, remedy?: string): Promise<Fault | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (!(error instanceof CollimateError) || error.code === 'INTERRUPTED') throw error;
    return { state: 'changed', text: error.message, remedy: remedy ?? error.hint };
  }
}
