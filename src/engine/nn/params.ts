// How models name and receive their parameters. A model is a pure function of `Params`; it asks for each tensor by its
// published key and the shape it needs. The same code so declares its parameters, loads them, and trains them.

import { CollimateError } from '../../util/errors.ts';
import type { Random } from '../../util/random.ts';
import { constant, reshape, split } from '../graph/functions.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { type Shape, sameShape, sizeOf } from '../graph/types.ts';

/** How a parameter starts: a constant, a normal or a uniform distribution around 0. */
export type Init = { readonly constant: number } | { readonly normal: number } | { readonly uniform: number };

export interface ParamSpec {
  /** The key in the weight file, such as `down_blocks.0.resnets.0.conv1.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly init: Init;
}

/** The weight of a linear layer as whole numbers. */
export interface QuantizedMatrix {
  /** int8 [I, O] */
  readonly matrix: Tensor;
  /** The factor of each output, [O]. */
  readonly scale: Tensor;
}

/** A scope of named parameters. */
export interface Params {
  /** The scope below: `p.in('down_blocks').in(0)`; dots may be written out. */
  in(name: string | number): Params;
  /** The parameter of that key, of exactly that shape. */
  get(name: string, shape: Shape, init: Init): Tensor;
  /** The matrix of that key, of the shape [O, I], where it is kept in whole numbers. */
  quantized?(name: string, shape: Shape): QuantizedMatrix | undefined;
}

/** The keys of parameters by node and output, for messages about them. */
const names = new WeakMap<Tensor['node'], Map<number, string>>();

/** The key of a parameter; undefined for other tensors. */
export function paramName({ node, index }: Tensor): string | undefined {
  return names.get(node)?.get(index);
}

/** Parameters that come from a function; each key is asked for once. */
export function bindParams(make: (spec: ParamSpec) => Tensor): Params {
  const known = new Map<string, Tensor>();
  const scope = (prefix: string): Params => ({
    in: (name) => scope(`${prefix}${name}.`),
    get: (name, shape, init) => {
      const key = prefix + name;
      const found = known.get(key) ?? make({ name: key, shape, init });
      if (!sameShape(found.shape, shape))
        throw new CollimateError(
          'WEIGHTS',
          `${key}: expected [${shape.join(', ')}], got [${found.shape.join(', ')}]`,
          'The config.json and the weights do not belong together; use those of one checkpoint.',
        );
      known.set(key, found);
      names.set(found.node, (names.get(found.node) ?? new Map<number, string>()).set(found.index, key));
      return found;
    },
  });
  return scope('');
}

/** Parameters of which `quantized` gives some matrices as whole numbers; what it leaves out comes from `p`. */
export function withQuantized(p: Params, quantized: NonNullable<Params['quantized']>, prefix = ''): Params {
  return {
    in: (name) => withQuantized(p.in(name), quantized, `${prefix}${name}.`),
    get: p.get,
    quantized: (name, shape) => quantized(prefix + name, shape),
  };
}

/** The parameters that a model asks for, in its order; nothing is computed. */
export function declareParams(build: (params: Params) => unknown): ParamSpec[] {
  const specs: ParamSpec[] = [];
  build(
    bindParams((spec) => {
      specs.push(spec);
      return input(spec.name, spec.shape);
    }),
  );
  return specs;
}

/** The number of elements of all parameters. */
export function countParams(specs: readonly ParamSpec[]): number {
  return specs.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/**
 * Parameters that are parts of one flat vector [P], in the order of `specs`. Its gradient is then one vector too, and the
 * optimiser a handful of operations instead of a handful for each parameter.
 */
export function flatParams(specs: readonly ParamSpec[], flat: Tensor): Params {
  const parts = split(
    flat,
    specs.map(({ shape }) => sizeOf(shape)),
    0,
  );
  const byName = new Map(specs.map(({ name, shape }, i) => [name, reshape(parts[i]!, shape)]));
  return bindParams(({ name }) => {
    const part = byName.get(name);
    if (!part) throw new CollimateError('WEIGHTS', `${name}: not among the ${specs.length} parameters`);
    return part;
  });
}

/** Parameters as constants of the graph: for inference, where ONNX Runtime packs them once. Below 2 GB in all. */
export function constantParams(specs: readonly ParamSpec[], flat: Float32Array): Params {
  const offsets = flatOffsets(specs);
  return bindParams(({ name }) => {
    const entry = offsets.get(name);
    if (!entry) throw new CollimateError('WEIGHTS', `${name}: not among the ${specs.length} parameters`);
    return constant(flat.subarray(entry.offset, entry.offset + sizeOf(entry.shape)), entry.shape);
  });
}

/** Where each parameter lies in the flat vector. */
function flatOffsets(specs: readonly ParamSpec[]): Map<string, { offset: number; shape: Shape }> {
  let offset = 0;
  return new Map(
    specs.map(({ name, shape }) => {
      const entry = [name, { offset, shape }] as const;
      offset += sizeOf(shape);
      return entry;
    }),
  );
}

/**
 * Copies weights into a flat vector [P].
 *
 * @throws CollimateError WEIGHTS where one is missing or of another shape.
 */
export function packParams(
  specs: readonly ParamSpec[],
  weights: ReadonlyMap<string, { shape: Shape; data: ArrayLike<number> }>,
  who = 'weights',
): Float32Array {
  const flat = new Float32Array(countParams(specs));
  for (const [name, { offset, shape }] of flatOffsets(specs)) {
    const found = weights.get(name);
    if (!found)
      throw new CollimateError(
        'WEIGHTS',
        `${who}: ${name} [${shape.join(', ')}] is missing`,
        'The weight file is of another architecture or incomplete; download or convert it again.',
      );
    if (!sameShape(found.shape, shape))
      throw new CollimateError(
        'WEIGHTS',
        `${who}: expected ${name} [${shape.join(', ')}], got [${found.shape.join(', ')}]`,
        'The config.json and the weights do not belong together; use those of one checkpoint.',
      );
    flat.set(found.data, offset);
  }
  return flat;
}

/** The inverse of `packParams`: views into the flat vector, by name. */
export function unpackParams(
  specs: readonly ParamSpec[],
  flat: Float32Array,
): Map<string, { dtype: 'float32'; shape: Shape; data: Float32Array }> {
  return new Map(
    [...flatOffsets(specs)].map(([name, { offset, shape }]) => [
      name,
      { dtype: 'float32', shape, data: flat.subarray(offset, offset + sizeOf(shape)) },
    ]),
  );
}

/** Initial values, a flat vector [P]; each parameter has a random stream of its own name. */
export function initParams(specs: readonly ParamSpec[], streamOf: (name: string) => Random): Float32Array {
  const flat = new Float32Array(countParams(specs));
  const offsets = flatOffsets(specs);
  for (const { name, shape, init } of specs)
    flat.set(initialValues(init, sizeOf(shape), streamOf(name)), offsets.get(name)!.offset);
  return flat;
}

function initialValues(init: Init, length: number, stream: Random): Float32Array {
  if ('constant' in init) return new Float32Array(length).fill(init.constant);
  if ('uniform' in init) return stream.uniforms(length, -init.uniform, init.uniform);
  return stream.normals(length).map((value) => value * init.normal);
}
