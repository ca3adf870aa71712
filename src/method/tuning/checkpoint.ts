// Checkpoint folders of a run: `checkpoint-<step>/` with the U-Net in the diffusers layout and the state to go on from. A
// folder of that name is whole: it is written under another name first.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import { writeFolderHashes } from '../../util/folder-hashes.ts';

const STATE_FILE = 'training_state.safetensors';
const MOMENTS_DIR = 'moments';
const NAME = /^checkpoint-(\d+)$/;

export interface CheckpointFolder {
  readonly step: number;
  readonly path: string;
  /** Whether training can go on from it: only the newest keeps its optimiser state. */
  readonly resumable: boolean;
}

export function checkpointPath(runDir: string, step: number): string {
  return join(runDir, `checkpoint-${step}`);
}

/** The file of a checkpoint that the trainer goes on from. */
export function statePath(checkpoint: string): string {
  return join(checkpoint, STATE_FILE);
}

/** The file of a checkpoint with the moments of one of the parts of a run in rounds. */
export function momentsPath(checkpoint: string, part: number): string {
  return join(checkpoint, MOMENTS_DIR, `part-${part}.safetensors`);
}

/** The checkpoints of a run by rising step. */
export function listCheckpointFolders(runDir: string): CheckpointFolder[] {
  if (!existsSync(runDir)) return [];
  return readdirSync(runDir)
    .flatMap((name) => {
      const path = join(runDir, name);
      const match = NAME.exec(name);
      return match ? [{ step: Number(match[1]), path, resumable: existsSync(statePath(path)) }] : [];
    })
    .sort((a, b) => a.step - b.step);
}

/**
 * Writes `checkpoint-<step>/`: `write` fills a folder of another name, which is then renamed.
 *
 * @throws whatever `write` throws; the checkpoints that were there are untouched.
 */
export async function writeCheckpoint(
  runDir: string,
  step: number,
  write: (folder: string) => Promise<void>,
): Promise<string> {
  const path = checkpointPath(runDir, step);
  const fresh = `${path}.tmp`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  try {
    await write(fresh);
    writeFolderHashes(fresh);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  rmSync(path, { recursive: true, force: true });
  renameSync(fresh, path);
  return path;
}

/**
 * Removes what checkpoint `newest` has made superfluous: older optimiser states, folders that no schedule asked for, and
 * where `limit` is not 0 all but the newest `limit` folders. The weights of step `spared` stay in any case.
 */
export function pruneCheckpoints(
  runDir: string,
  newest: number,
  isScheduled: (step: number) => boolean,
  limit = 0,
  spared?: number,
): void {
  const older = listCheckpointFolders(runDir).filter(({ step }) => step < newest);
  const kept = older.filter(({ step }) => isScheduled(step));
  const beyond = new Set(limit > 0 ? kept.slice(0, Math.max(0, kept.length - limit + 1)) : []);
  for (const folder of older) {
    const whole = folder.step !== spared && (!isScheduled(folder.step) || beyond.has(folder));
    const gone = whole ? [folder.path] : [statePath(folder.path), join(folder.path, MOMENTS_DIR)];
    for (const path of gone) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Where to go on: `latest`, or `checkpoint-<step>` (a path to it will do); `none` starts anew.
 *
 * @throws CollimateError USAGE where that checkpoint is not there or keeps no optimiser state.
 */
export function findResumePoint(runDir: string, from = 'latest'): CheckpointFolder | undefined {
  if (from === 'none') return undefined;
  const resumable = listCheckpointFolders(runDir).filter((folder) => folder.resumable);
  if (from === 'latest') return resumable.at(-1);
  const name = from.replace(/\/+$/, '').split('/').at(-1);
  const found = resumable.find(({ step }) => name === `checkpoint-${step}`);
  if (found) return found;
  const there = resumable.map(({ step }) => `checkpoint-${step}`).join(', ') || 'none';
  throw new CollimateError(
    'USAGE',
    `${runDir}: cannot go on from ${from}; this run can go on from: ${there}`,
    'Use --resume_from_checkpoint latest, or none to start anew.',
  );
}

/** Removes all checkpoints after `step` and unfinished folders. */
export function discardCheckpointsAfter(runDir: string, step: number): void {
  if (!existsSync(runDir)) return;
  for (const folder of listCheckpointFolders(runDir))
    if (folder.step > step) rmSync(folder.path, { recursive: true, force: true });
  for (const name of readdirSync(runDir))
    if (/^checkpoint-\d+\.tmp$/.test(name)) rmSync(join(runDir, name), { recursive: true, force: true });
}
