// Adapters that are more than `B · A`: a difference that is computed otherwise (LoHa, LoKr), or lengths of its own beside it
// (DoRA). They are merged into weights; nothing here trains them or writes them again.

import { CollimateError } from '../../util/errors.ts';
import { addLoraLayer, type LoraLayer } from './lora.ts';
import { elementCount, type Float32Tensor } from './tensor.ts';

/** Lengths that the rows of a merged weight get [O], or those of its inputs [I] (Liu et al., 2024, "DoRA", equation 5). */
export interface Magnitudes {
  readonly axis: 'output' | 'input';
  readonly values: Float32Array;
}

/** What changes one weight [O, I] or [O, I, k, k]. */
export interface WholeAdapter {
  /** In people's words. */
  readonly kind: string;
  /** The shape of the weight. */
  readonly shape: readonly number[];
  /** The difference at full strength; computed anew at each call, since it is as large as the weight. */
  delta(): Float64Array;
  readonly magnitudes?: Magnitudes;
}

/** A plain LoRA, or another kind. */
export type Adapter = LoraLayer | WholeAdapter;

/** Adapters by the module whose `weight` they change. */
export type AdapterLayers = ReadonlyMap<string, Adapter>;

/** Those by component. */
export type Adapters<Name extends string = string> = Readonly<Record<Name, AdapterLayers>>;

export function isWhole(adapter: Adapter): adapter is WholeAdapter {
  return 'kind' in adapter;
}

/**
 * `W + scale · (W' − W)`, a new tensor, `W'` being the weight with the adapter at full strength: of a plain LoRA and without
 * magnitudes that is `W + scale · ΔW`; with them `W' = m · (W + ΔW) / ‖W + ΔW‖`.
 *
 * @throws CollimateError WEIGHTS where the adapter belongs to a weight of another shape.
 */
export function addAdapter(name: string, weight: Float32Tensor, adapter: Adapter, scale = 1): Float32Tensor {
  if (!isWhole(adapter)) return addLoraLayer(name, weight, adapter, scale);
  const { data: w, shape } = weight;
  if (elementCount(adapter.shape) !== w.length || adapter.shape[0] !== shape[0])
    throw new CollimateError(
      'WEIGHTS',
      `LoRA: ${name} expected a weight [${adapter.shape.join(', ')}], got [${shape.join(', ')}]`,
      'This adapter was made for another base model.',
    );
  const changed = adapter.delta();
  for (let i = 0; i < w.length; i++) changed[i] = w[i]! + changed[i]!;
  if (adapter.magnitudes) stretch(changed, shape, adapter.magnitudes);
  return { dtype: 'float32', shape, data: w.map((value, i) => value + scale * (changed[i]! - value)) };
}

/** Gives each row, or each input's numbers, the length that it is to have. */
function stretch(values: Float64Array, shape: readonly number[], { axis, values: lengths }: Magnitudes): void {
  const row = elementCount(shape.slice(1));
  const kernel = elementCount(shape.slice(2));
  const groupOf = (i: number) => (axis === 'output' ? Math.floor(i / row) : Math.floor((i % row) / kernel));
  const squares = new Float64Array(lengths.length);
  for (let i = 0; i < values.length; i++) squares[groupOf(i)]! += values[i]! ** 2;
  const factors = squares.map((square, group) => lengths[group]! / Math.max(Math.sqrt(square), Number.MIN_VALUE));
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factors[groupOf(i)]!;
}
