// What the tensors of one module of an adapter file make: a plain layer, or an adapter of another kind, in the forms of
// LyCORIS (Yeh et al., 2024, "Navigating text-to-image customization") and PEFT.

import { CollimateError } from '../../util/errors.ts';
import type { Adapter, Magnitudes } from './adapter.ts';
import { type Factor, hadamard, kronecker, matrixOf, multiplyFactors, tucker } from './adapter-products.ts';
import { dropIdle } from './fuse-lora.ts';
import { type LoraLayer, loraScale } from './lora.ts';
import type { LoraAlphas } from './lora-alpha.ts';
import type { LoraRole } from './lora-keys.ts';
import { elementCount, type Float32Tensor } from './tensor.ts';
import { swapHalves, type ViewEntry } from './view.ts';

export interface Module {
  readonly module: string;
  readonly shape: readonly number[];
  /** How the file's layout has the weight otherwise. */
  readonly form?: ViewEntry['form'];
}

/** The tensors of one module, or of several that a file adapts as one. */
export interface AdapterParts {
  readonly modules: readonly Module[];
  readonly component: string;
  readonly spelled: string;
  readonly tensors: Partial<Record<LoraRole, Float32Tensor>>;
}

/** A difference of the whole weight, of which modules have their rows. */
interface Difference {
  readonly kind: string;
  readonly rows: number;
  readonly columns: number;
  compute(): Factor;
  readonly factor: number;
}

/** The adapter of each module. @throws CollimateError WEIGHTS where parts are missing or do not fit. */
export function buildAdapters(
  file: string,
  parts: AdapterParts,
  alphas: LoraAlphas | undefined,
): [module: string, adapter: Adapter][] {
  const { tensors } = parts;
  const roles = Object.keys(tensors);
  if (roles.some((role) => role.startsWith('hada_'))) return spread(file, parts, loha(file, parts, alphas));
  if (roles.some((role) => role.startsWith('lokr_'))) return spread(file, parts, lokr(file, parts, alphas));
  const layers = lowRank(file, parts, alphas);
  if (!lengthsIn(tensors) && !alphas?.hasMagnitudes(parts.component)) return dropIdle(layers);
  const difference = ({ down, up, ...layer }: LoraLayer): Difference => ({
    kind: 'LoRA',
    rows: up.shape[0]!,
    columns: elementCount(down.shape.slice(1)),
    compute: () => multiplyFactors(matrixOf(up), matrixOf(down)),
    factor: loraScale({ down, up, ...layer }),
  });
  return layers.map(([module, layer], i) => {
    const own = { ...parts, modules: [parts.modules[i]!] };
    return [module, spread(file, own, difference(layer), () => magnitudesOf(file, parts, i))[0]![1]];
  });
}

/** `B · A`; of a fused weight each part has all of A and its rows of B. */
function lowRank(file: string, parts: AdapterParts, alphas: LoraAlphas | undefined): [string, LoraLayer][] {
  const { modules, component, spelled, tensors } = parts;
  const { up, alpha } = tensors;
  const [{ module, shape }] = modules as readonly [Module];
  const down = tensors.mid && tensors.down ? foldCore(tensors.mid, tensors.down) : tensors.down;
  if (!down || !up)
    throw bad(file, `expected both matrices of ${module}, got one`, 'The file is incomplete; fetch it again.');
  const inputs = elementCount(shape.slice(1));
  const outputs = modules.reduce((sum, each) => sum + each.shape[0]!, 0);
  const rank = down.shape[0] ?? 0;
  if (rank === 0 || down.data.length !== rank * inputs || up.data.length !== outputs * rank)
    throw bad(
      file,
      `${module}: expected matrices for a weight [${[outputs, ...shape.slice(1)].join(', ')}], got [${up.shape.join(', ')}] · [${down.shape.join(', ')}]`,
      'This LoRA was made for another base model: one of Stable Diffusion 1.x fits no 2.x, and the other way round.',
    );
  const said = alphas?.rankOf(component, spelled);
  if (said !== undefined && said !== rank)
    throw bad(
      file,
      `${module}: expected matrices of rank ${said}, as its config says, got ${rank}`,
      'Its config and its weights do not belong together: alpha would mean another scale. Fetch both again.',
    );
  let row = 0;
  return modules.map((each) => {
    const rows = each.shape[0]!;
    const data = asHere(each, up.data.subarray(row * rank, (row + rows) * rank));
    row += rows;
    return [
      each.module,
      {
        down: { ...down, shape: [rank, ...shape.slice(1)] },
        up: { ...up, shape: [rows, rank], data },
        alpha: alpha?.data[0] ?? alphas?.of(component, spelled, rank) ?? rank,
      },
    ];
  });
}

/** What a file's layout has of a weight's outputs, in their order here. */
function asHere<T extends Float32Array | Float64Array>({ form }: Module, rows: T): T {
  return form === 'halves swapped' ? swapHalves(rows) : rows;
}

/** Tucker's core [R, S, k, k] with A [S, I] is an A [R, I, k, k] of a plain layer. */
function foldCore(core: Float32Tensor, down: Float32Tensor): Float32Tensor {
  const [rank, inner, ...kernel] = core.shape as readonly [number, number, ...number[]];
  if (down.shape[0] !== inner) return down;
  const one = {
    rows: rank,
    columns: rank,
    data: Float32Array.from({ length: rank ** 2 }, (_, i) => +(i % (rank + 1) === 0)),
  };
  const { data } = tucker(core, one, matrixOf(down));
  return {
    dtype: 'float32',
    shape: [rank, elementCount(down.shape.slice(1)), ...kernel],
    data: Float32Array.from(data),
  };
}

/** `(A₁·B₁) ∘ (A₂·B₂)`, or Tucker's products. */
function loha(file: string, parts: AdapterParts, alphas: LoraAlphas | undefined): Difference {
  const { tensors } = parts;
  const [a1, b1, a2, b2] = (['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b'] as const).map((role) =>
    need(file, parts, role),
  );
  const { hada_t1: t1, hada_t2: t2 } = tensors;
  const side = (a: Float32Tensor, b: Float32Tensor, t?: Float32Tensor) => () => join(a, b, t);
  const sides = [side(a1!, b1!, t1), side(a2!, b2!, t2)] as const;
  return {
    kind: 'LoHa',
    ...sizeOf(a1!, b1!, t1),
    compute: () => hadamard(sides[0](), sides[1]()),
    factor: factorOf(parts, alphas, b1!.shape[0]!),
  };
}

/** `W₁ ⊗ W₂`, each whole or as a product. */
function lokr(file: string, parts: AdapterParts, alphas: LoraAlphas | undefined): Difference {
  const { tensors } = parts;
  const side = (whole: LoraRole, a: LoraRole, b: LoraRole, core?: Float32Tensor) => {
    const there = tensors[whole];
    if (there) return { ...sizeOfWhole(there), compute: () => matrixOf(there), rank: undefined };
    const [first, second] = [need(file, parts, a), need(file, parts, b)];
    return { ...sizeOf(first, second, core), compute: () => join(first, second, core), rank: second.shape[0]! };
  };
  const w1 = side('lokr_w1', 'lokr_w1_a', 'lokr_w1_b');
  const w2 = side('lokr_w2', 'lokr_w2_a', 'lokr_w2_b', tensors.lokr_t2);
  const rank = w2.rank ?? w1.rank ?? alphas?.rankOf(parts.component, parts.spelled);
  return {
    kind: 'LoKr',
    rows: w1.rows * w2.rows,
    columns: w1.columns * w2.columns,
    compute: () => kronecker(w1.compute(), w2.compute()),
    // Two whole factors have no rank to divide by, and then no alpha either, unless a config says a rank.
    factor: rank === undefined ? 1 : factorOf(parts, alphas, rank),
  };
}

function join(a: Float32Tensor, b: Float32Tensor, core?: Float32Tensor): Factor {
  return core ? tucker(core, matrixOf(a), matrixOf(b)) : multiplyFactors(matrixOf(a), matrixOf(b));
}

function sizeOf(a: Float32Tensor, b: Float32Tensor, core?: Float32Tensor) {
  const columns = elementCount(b.shape.slice(1));
  return core
    ? { rows: elementCount(a.shape.slice(1)), columns: columns * elementCount(core.shape.slice(2)) }
    : { rows: a.shape[0]!, columns };
}

function sizeOfWhole({ shape }: Float32Tensor) {
  return { rows: shape[0]!, columns: elementCount(shape.slice(1)) };
}

/** alpha / rank. */
function factorOf({ tensors, component, spelled }: AdapterParts, alphas: LoraAlphas | undefined, rank: number): number {
  return (tensors.alpha?.data[0] ?? alphas?.of(component, spelled, rank) ?? rank) / rank;
}

function need(file: string, { modules, tensors }: AdapterParts, role: LoraRole): Float32Tensor {
  const found = tensors[role];
  if (found) return found;
  throw bad(file, `expected ${role} of ${modules[0]!.module}, got none`, 'The file is incomplete; fetch it again.');
}

/** The rows of each module. */
function spread(
  file: string,
  parts: AdapterParts,
  difference: Difference,
  magnitudes = (index: number) => magnitudesOf(file, parts, index),
): [string, Adapter][] {
  const { modules } = parts;
  const { kind, rows, columns, compute, factor } = difference;
  const outputs = modules.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const [{ module, shape }] = modules as readonly [Module];
  if (rows !== outputs || columns !== elementCount(shape.slice(1)))
    throw bad(
      file,
      `${module}: expected a difference for a weight [${[outputs, ...shape.slice(1)].join(', ')}], got one of [${rows}, ${columns}]`,
      'This adapter was made for another base model.',
    );
  let row = 0;
  return modules.map((each, index) => {
    const [from, count] = [row, each.shape[0]!];
    row += count;
    const own = (values: Factor) =>
      asHere(
        each,
        Float64Array.from(values.data.subarray(from * columns, (from + count) * columns), (value) => factor * value),
      );
    const lengths = magnitudes(index);
    const told = lengths ? `${kind} with magnitudes (DoRA)` : kind;
    const whole = { kind: told, shape: each.shape, delta: () => own(compute()) };
    return [each.module, lengths ? { ...whole, magnitudes: lengths } : whole];
  });
}

/** PEFT's lengths are of outputs; LyCORIS' of outputs [O, 1, …] or of inputs [1, I, …]. */
function lengthsIn({ dora_scale: scale, lora_magnitude_vector: vector }: AdapterParts['tensors']) {
  if (vector) return { tensor: vector, axis: 'output' } as const;
  if (!scale) return undefined;
  return { tensor: scale, axis: scale.shape.length > 1 && scale.shape[0] === 1 ? 'input' : 'output' } as const;
}

/** The lengths of the rows or inputs of the `index`th module. */
function magnitudesOf(file: string, { modules, tensors }: AdapterParts, index: number): Magnitudes | undefined {
  const found = lengthsIn(tensors);
  const each = modules[index]!;
  const { module, shape } = each;
  if (!found && !tensors.down) return undefined;
  if (!found)
    throw bad(file, `expected magnitudes of ${module} (use_dora), got none`, 'The file is incomplete; fetch it again.');
  const { axis, tensor } = found;
  const sizes = modules.map((each) => each.shape[0]!);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const count = axis === 'output' ? sum(sizes) : shape[1]!;
  if (tensor.data.length !== count || (axis === 'input' && modules.length > 1))
    throw bad(
      file,
      `${module}: expected ${count} magnitudes, of outputs where several weights are one, got [${tensor.shape.join(', ')}]`,
      'Merge it into its base model where it was made, and use the merged model.',
    );
  const before = sum(sizes.slice(0, index));
  const ofOutputs = () => asHere(each, tensor.data.slice(before, before + shape[0]!));
  return { axis, values: axis === 'output' ? ofOutputs() : tensor.data };
}

function bad(file: string, problem: string, hint: string): CollimateError {
  return new CollimateError('WEIGHTS', `LoRA ${file}: ${problem}`, hint);
}
