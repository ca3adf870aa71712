// Compares every tensor of a folder of references with what this installation computes.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject } from '../../models/config.ts';
import { createSchedule } from '../../models/diffusion/schedule.ts';
import { CollimateError } from '../../util/errors.ts';
import { checkClip, checkPreprocess } from './check-clip.ts';
import { checkDiffusion } from './check-diffusion.ts';
import { checkReward } from './check-reward.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { openGolden } from './golden.ts';

export interface VerifyReport {
  readonly tensors: readonly TensorComparison[];
  /** Reference files that the folder does not have; what they would hold was not compared. */
  readonly absent: readonly string[];
  /** Whether no tensor disagrees. */
  readonly ok: boolean;
}

/** What a folder may hold, and who compares it. */
const CHECKS: readonly (readonly [file: string, check: (folder: string) => AsyncIterable<TensorComparison>])[] = [
  ['schedule.safetensors', checkSchedule],
  ['sd-golden.safetensors', checkDiffusion],
  ['clip/golden.safetensors', checkClip],
  ['reward/golden.safetensors', checkReward],
  ['preprocess/golden.safetensors', checkPreprocess],
];

/**
 * Compares a folder laid out like `test/fixtures/sd1` within `1e-4 + 1e-3 · |reference|`. Sizes come from its configs.
 *
 * @param onTensor called for each comparison as it comes
 * @throws CollimateError USAGE where the folder holds no references, MODEL_CONFIG or WEIGHTS where a file does not hold.
 */
export async function verifyFolder(
  folder: string,
  onTensor?: (tensor: TensorComparison) => void,
): Promise<VerifyReport> {
  const [present, absent] = [true, false].map((there) =>
    CHECKS.filter(([file]) => existsSync(join(folder, file)) === there),
  );
  if (present!.length === 0)
    throw new CollimateError(
      'USAGE',
      `verify ${folder}: expected ${CHECKS.map(([file]) => file).join(', ')} or some of them, got none`,
      'Name a folder laid out like test/fixtures/sd1.',
    );
  const tensors: TensorComparison[] = [];
  for (const [, check] of present!) {
    for await (const tensor of check(folder)) {
      tensors.push(tensor);
      onTensor?.(tensor);
    }
  }
  return {
    tensors,
    absent: absent!.map(([file]) => file),
    ok: tensors.every(({ verdict }) => verdict !== 'disagrees'),
  };
}

/** The schedule is the one of `sd/`. */
async function* checkSchedule(folder: string): AsyncGenerator<TensorComparison> {
  const golden = openGolden(join(folder, 'schedule.safetensors'));
  const file = join(folder, 'sd/scheduler/scheduler_config.json');
  const schedule = createSchedule(readJsonObject(file), file);
  yield compareTensors('schedule.betas', schedule.betas, golden.tensor('betas'));
  yield compareTensors('schedule.alphas_cumprod', schedule.alphasCumprod, golden.tensor('alphas_cumprod'));
}
