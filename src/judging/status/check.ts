// Whether a project's files are what its database says of them. Everything is read anew: damage that the disk does not tell of
// leaves a file's size and times as they are.

import { setImmediate as letSignalsThrough } from 'node:timers/promises';
import type { LockHolder } from '../../project/database/lock.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Progress } from '../../util/progress.ts';
import { listCheckpointPieces } from './check-checkpoints.ts';
import { listDatabasePieces } from './check-database.ts';
import { listFigurePieces } from './check-figures.ts';
import { listImagePieces } from './check-images.ts';
import { listModelPieces } from './check-models.ts';
import type { Fault, ListPieces } from './check-piece.ts';
import { listRewardPieces } from './check-rewards.ts';
import { listStrayPieces } from './check-stray.ts';

const KINDS: readonly { readonly name: string; readonly list: ListPieces }[] = [
  { name: 'database', list: listDatabasePieces },
  { name: 'images', list: listImagePieces },
  { name: 'reward functions', list: listRewardPieces },
  { name: 'checkpoints', list: listCheckpointPieces },
  { name: 'models', list: listModelPieces },
  { name: 'files of figures', list: listFigurePieces },
  { name: 'files without a row', list: listStrayPieces },
];

/** A fault with where it is, below the project's folder where it lies there. */
export interface FoundFault extends Fault {
  readonly path: string;
}

export interface KindResult {
  readonly name: string;
  readonly checked: number;
  readonly faults: readonly FoundFault[];
}

export interface ProjectCheck {
  readonly dir: string;
  readonly kinds: readonly KindResult[];
  /** Faults that something rests on: what is changed or missing. */
  readonly problems: number;
  /** Who worked on the project meanwhile: its newest files may not have had their rows yet. */
  readonly running: LockHolder | null;
  readonly alsoRunning: readonly LockHolder[];
}

/** Whether something rests on what is wrong; the rest is told, and harms nothing. */
export function isProblem({ state }: Pick<Fault, 'state'>): boolean {
  return state === 'changed' || state === 'missing';
}

/**
 * Compares all files of a project with its rows; nothing is written.
 *
 * @throws CollimateError INTERRUPTED where `signal` was aborted
 */
export async function checkProject(project: Project, progress: Progress, signal: AbortSignal): Promise<ProjectCheck> {
  const [running = null, ...alsoRunning] = await project.holders();
  const kinds: KindResult[] = [];
  for (const { name, list } of KINDS) {
    const pieces = await list(project);
    const faults: FoundFault[] = [];
    if (pieces.length > 0) progress.stage(`Checking ${name}`, pieces.length);
    for (const [i, { path, look }] of pieces.entries()) {
      await letSignalsThrough();
      stopIfAsked(signal);
      const fault = await look(() => stopIfAsked(signal));
      if (fault) faults.push({ path, ...fault });
      progress.tick(i + 1);
    }
    if (pieces.length > 0) progress.done();
    kinds.push({ name, checked: pieces.length, faults });
  }
  const problems = kinds.flatMap(({ faults }) => faults).filter(isProblem).length;
  return { dir: project.dir, kinds, problems, running, alsoRunning };
}

function stopIfAsked(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new CollimateError(
    'INTERRUPTED',
    'Stopped as asked before everything was compared; nothing was changed.',
    'Run `collimate check` again, which begins anew.',
  );
}
