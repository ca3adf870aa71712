// Parameters that stay in their weight files: ONNX Runtime maps them from there and widens halves as it opens the model.

import { resolve } from 'node:path';
import { cast, constant, stored } from '../../engine/graph/functions.ts';
import type { DType } from '../../engine/graph/types.ts';
import { bindParams, type ParamSpec, type Params, packParams } from '../../engine/nn/params.ts';
import type { StoredDtype } from '../../engine/weights/header.ts';
import { type Float32Tensor, type TensorSource, toFloat32 } from '../../engine/weights/tensor.ts';

const STORED: Partial<Record<StoredDtype, DType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/**
 * Parameters as float32 constants in the files of `source`; only what is stored in another type is read.
 *
 * @throws CollimateError WEIGHTS where a parameter is missing or of another shape.
 */
export function storedParams(specs: readonly ParamSpec[], source: TensorSource, who: string): Params {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  checkShapes(specs, source, who);
  return bindParams(({ name, shape }) => {
    const dtype = STORED[source.dtype(name)];
    const place = source.place(name);
    if (dtype && place) return cast(stored(resolve(place.path), place.start, shape, dtype), 'float32');
    return constant(packParams([known.get(name)!], readSpecs([known.get(name)!], source), who), shape);
  });
}

/** The parameters of `specs` that the source has, in memory. */
export function readSpecs(specs: readonly ParamSpec[], source: TensorSource): Map<string, Float32Tensor> {
  const there = specs.filter(({ name }) => source.has(name));
  return new Map(there.map(({ name }) => [name, toFloat32(name, source.read(name))]));
}

/** The checks of `packParams`, of headers alone. */
function checkShapes(specs: readonly ParamSpec[], source: TensorSource, who: string): void {
  for (const spec of specs) {
    const shape = source.has(spec.name) ? source.shape(spec.name) : undefined;
    if (shape?.join() !== spec.shape.join())
      packParams([spec], new Map(shape && [[spec.name, { shape, data: [] }]]), who);
  }
}
