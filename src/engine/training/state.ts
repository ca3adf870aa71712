// A trainer's state as one safetensors file: flat vectors with the step and a fingerprint of the parameters they hold.

import { createHash } from 'node:crypto';
import { CollimateError } from '../../util/errors.ts';
import type { ParamSpec } from '../nn/params.ts';
import { countParams } from '../nn/params.ts';
import type { LossScale } from '../optim/loss-scale.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import { writeSafetensors } from '../weights/write-safetensors.ts';

/** Equal for parameters of the same names, shapes and order. */
function fingerprint(specs: readonly ParamSpec[]): string {
  return createHash('sha256')
    .update(JSON.stringify(specs.map(({ name, shape }) => [name, shape])))
    .digest('hex');
}

export function saveState(
  path: string,
  specs: readonly ParamSpec[],
  vectors: ReadonlyMap<string, Float32Array>,
  step: number,
  lossScale?: LossScale,
): void {
  const tensors = new Map(
    [...vectors].map(([name, data]) => [name, { dtype: 'float32' as const, shape: [data.length], data }]),
  );
  writeSafetensors(path, tensors, {
    metadata: {
      step: `${step}`,
      parameters: fingerprint(specs),
      ...(lossScale && { lossScale: JSON.stringify(lossScale) }),
    },
  });
}

/** @throws CollimateError MISMATCH where the file holds another model's state. */
export function loadState(
  path: string,
  specs: readonly ParamSpec[],
  names: readonly string[],
): { vectors: Record<string, Float32Array>; step: number; lossScale: LossScale | undefined } {
  const file = openSafetensors(path);
  try {
    const { step, parameters, lossScale } = file.metadata;
    const complete = names.every((name) => file.has(name) && file.shape(name)[0] === countParams(specs));
    if (parameters !== fingerprint(specs) || !complete)
      throw new CollimateError(
        'MISMATCH',
        `${path}: the saved training state belongs to a model with other parameters`,
        'Resume with the config that the run was started with, or start anew in another folder.',
      );
    return {
      vectors: Object.fromEntries(names.map((name) => [name, file.read(name).data as Float32Array])),
      step: Number(step),
      lossScale: lossScale === undefined ? undefined : (JSON.parse(lossScale) as LossScale),
    };
  } finally {
    file.close();
  }
}
