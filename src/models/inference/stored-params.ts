// Parameters that stay in their weight files: ONNX Runtime maps them from there and widens halves as it opens the model.

import { resolve } from 'node:path';
import { cast, constant, stored } from '../../engine/graph/functions.ts';
import type { HalfType } from '../../engine/graph/half.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import type { DType, Shape } from '../../engine/graph/types.ts';
import { bindParams, type ParamSpec, type Params, packParams } from '../../engine/nn/params.ts';
import { narrowBfloat16, narrowFloat16 } from '../../engine/weights/half.ts';
import type { StoredDtype } from '../../engine/weights/header.ts';
import { type Float32Tensor, type TensorSource, toFloat32 } from '../../engine/weights/tensor.ts';

const STORED: Partial<Record<StoredDtype, DType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/**
 * Parameters as float32 constants in the files of `source`; only what is stored in another type is read.
 *
 * @param half the type in which they are held, whatever that of the file; those of another are read and narrowed
 * @throws CollimateError WEIGHTS where a parameter is missing or of another shape.
 */
export function storedParams(specs: readonly ParamSpec[], source: TensorSource, who: string, half?: HalfType): Params {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  checkShapes(specs, source, who);
  return bindParams(({ name, shape }) => {
    const dtype = STORED[source.dtype(name)];
    const place = source.place(name);
    if (dtype && place && (half === undefined || half === dtype))
      return cast(stored(resolve(place.path), place.start, shape, dtype), 'float32');
    const data = packParams([known.get(name)!], readSpecs([known.get(name)!], source), who);
    return half ? narrowed(data, shape, half) : constant(data, shape);
  });
}

const NARROW = { float16: narrowFloat16, bfloat16: narrowBfloat16 } as const;

function narrowed(data: Float32Array, shape: Shape, half: HalfType): Tensor {
  return cast(constant(NARROW[half](data), shape, half), 'float32');
}

/** Parameters of `weights`, which are in memory, held in a half. */
export function halfParams(
  specs: readonly ParamSpec[],
  weights: ReadonlyMap<string, Float32Tensor>,
  who: string,
  half: HalfType,
): Params {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  return bindParams(({ name, shape }) => narrowed(packParams([known.get(name)!], weights, who), shape, half));
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
