// The file of a round of drawn pictures, so that a run goes on in the middle of one.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSafetensors } from '../../../engine/weights/safetensors.ts';
import { toFloat32 } from '../../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../../engine/weights/write-safetensors.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { TuneSettings } from '../mixture.ts';

/**
 * Checks that checkpoints and samples come at the end of a round, since a run can only go on from there.
 *
 * @throws CollimateError CONFIG
 */
export function checkRounds(settings: TuneSettings, section: 'ddpo' | 'nft' | 'refl'): void {
  const { checkpointingSteps, samplesEvery, samplePrompts } = settings;
  const { steps } = settings[section];
  const kept = { checkpointingSteps, samplesEvery: samplePrompts > 0 ? samplesEvery : 0 };
  for (const [key, value] of Object.entries(kept)) {
    if (value % steps === 0) continue;
    const near = steps * Math.max(1, Math.round(value / steps));
    throw new CollimateError(
      'CONFIG',
      `tune.${key}: expected a multiple of the ${steps} steps of a round (tune.${section}.steps), got ${value}`,
      `Set it to ${near}, or to 0.`,
    );
  }
}

export function roundFile(runDir: string, round: number): string {
  return join(runDir, `round-${round}.safetensors`);
}

export function writeRound(path: string, round: Readonly<Record<string, Float32Array>>): void {
  const tensors = Object.entries(round).map(
    ([name, data]) => [name, { dtype: 'float32' as const, shape: [data.length], data }] as const,
  );
  writeSafetensors(path, new Map(tensors));
}

/** @throws CollimateError MISSING_STAGE where the file is gone. */
export function readRound<T>(path: string, number: number): T {
  if (!existsSync(path))
    throw new CollimateError(
      'MISSING_STAGE',
      `tune: the pictures of round ${number + 1} are gone, in the middle of which this checkpoint is`,
      'Go on from an earlier checkpoint (--resume-from-checkpoint), or start anew with none.',
    );
  const source = openSafetensors(path);
  try {
    return Object.fromEntries([...source.names()].map((name) => [name, toFloat32(name, source.read(name)).data])) as T;
  } finally {
    source.close();
  }
}

/** Takes the files of other rounds away. */
export function keepRound(runDir: string, path: string): void {
  for (const name of readdirSync(runDir))
    if (/^round-\d+\.safetensors$/.test(name) && join(runDir, name) !== path) rmSync(join(runDir, name));
}
