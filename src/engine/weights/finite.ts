// Weights that are no numbers: a model or an adapter with a NaN in it is refused where it is read, by file and tensor,
// before it spreads into pictures or into another file.

import { CollimateError } from '../../util/errors.ts';
import { type Float32Tensor, type NamedTensor, type TensorSource, toFloat32 } from './tensor.ts';

/**
 * A float tensor of a source, all of whose numbers are finite.
 *
 * @param who stands in the message where the source does not say which file the tensor is in.
 * @throws CollimateError WEIGHTS
 */
export function readFinite(source: TensorSource, name: string, who = 'weights'): Float32Tensor {
  const tensor = toFloat32(name, source.read(name));
  checkFinite(source.place(name)?.path ?? who, name, tensor);
  return tensor;
}

/** Reads every float tensor of a source for that check alone. @throws CollimateError WEIGHTS */
export function checkAllFinite(source: TensorSource): void {
  for (const name of source.names()) {
    const place = source.place(name);
    // What is computed as it is read is checked where it is computed.
    if (place) checkFinite(place.path, name, source.read(name));
  }
}

/** @throws CollimateError WEIGHTS that counts the numbers of a tensor which are not finite. */
export function checkFinite(file: string, name: string, { data }: NamedTensor): void {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
  let bad = 0;
  let first = 0;
  for (let i = data.length - 1; i >= 0; i--) {
    if (Number.isFinite(data[i]!)) continue;
    bad++;
    first = i;
  }
  if (bad === 0) return;
  throw new CollimateError(
    'WEIGHTS',
    `${file}: ${name}: expected finite numbers, got ${bad} of ${data.length} that are not, such as ${data[first]} at ${first}`,
    'It is damaged, or its training went astray: fetch it again, or use an earlier checkpoint of it.',
  );
}
