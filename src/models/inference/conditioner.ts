// Prompts to what the network is told of them, by the text encoders of a model.

import { input, type Tensor } from '../../engine/graph/tensor.ts';
import type { Shape } from '../../engine/graph/types.ts';
import { sizeOf } from '../../engine/graph/types.ts';
import { bindParams, type Params } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Conditions, DiffusionModel, PromptEncoder } from '../families/model.ts';
import type { PromptTokenizer } from '../tokenizer/tokenizer.ts';
import type { EngineOptions } from './device.ts';
import { blame, diagnose } from './diagnose.ts';
import { inBatches, type Network, openNetwork } from './network.ts';

/** What of a model encodes prompts. */
export type EncodingModel = Pick<DiffusionModel, 'folder' | 'prompts' | 'tokenizers' | 'open'>;

export interface Conditioner {
  /** The shape of each condition of one prompt. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /**
   * The conditions of prompts, [prompts, …] each; null is no prompt at all, which guidance is measured from.
   *
   * @throws CollimateError NON_FINITE that names the first layer whose output is no number.
   */
  encode(prompts: readonly (string | null)[]): Promise<Conditions>;
  dispose(): Promise<void>;
}

/** Texts in one run of an encoder. */
export const TOWER_ROWS = 8;

/** @throws CollimateError MODEL_CONFIG or WEIGHTS where the model does not hold whole text encoders. */
export async function openConditioner(model: EncodingModel, options: EngineOptions = {}): Promise<Conditioner> {
  const { prompts: encoding } = model;
  const towers: Tower[] = [];
  try {
    for (const encoder of encoding.encoders) towers.push(await openTower(model, encoder, options));
  } catch (error) {
    for (const tower of towers) await tower.dispose();
    throw error;
  }
  const lengths = towers.map(({ length }) => length);
  const shapes = encoding.shapes(lengths);
  const combined = encoding.combine(
    towers.map(({ shapes: given }, i) => inputsOf(i, given)),
    lengths,
  );
  const joining = await compile(combined, { ...(options.threads && { threads: options.threads }) });
  const encodeBatch = async (texts: readonly string[]): Promise<Conditions> => {
    const feeds: Record<string, Float32Array> = {};
    for (const [i, tower] of towers.entries())
      for (const [name, values] of Object.entries(await tower.encode(texts))) feeds[inputName(i, name)] = values;
    const joined = await joining.run(feeds);
    return Object.fromEntries(Object.entries(joined).map(([name, { data }]) => [name, data as Float32Array]));
  };
  return {
    shapes,
    async encode(prompts) {
      const all = emptyConditions(shapes, prompts.length);
      const asked = prompts.flatMap((prompt, row) =>
        prompt === null && encoding.noneIsZero ? [] : [{ prompt: prompt ?? '', row }],
      );
      for (const { items } of inBatches(asked, TOWER_ROWS)) {
        const batch = await encodeBatch(items.map(({ prompt }) => prompt));
        for (const [name, shape] of Object.entries(shapes)) {
          const size = sizeOf(shape);
          items.forEach(
            ({ row }, i) => void all[name]!.set(batch[name]!.subarray(i * size, (i + 1) * size), row * size),
          );
        }
      }
      return all;
    },
    async dispose() {
      await joining.dispose();
      for (const tower of towers) await tower.dispose();
    },
  };
}

const inputName = (tower: number, output: string) => `${tower}.${output}`;

function inputsOf(tower: number, shapes: Readonly<Record<string, Shape>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, input(inputName(tower, name), shape)]),
  );
}

/** Zeros for so many rows of each condition. */
function emptyConditions(shapes: Readonly<Record<string, Shape>>, rows: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, new Float32Array(rows * sizeOf(shape))]),
  );
}

/** A text encoder, ready to answer. */
export interface Tower {
  /** Tokens that it reads. */
  readonly length: number;
  /** Of what it gives of `TOWER_ROWS` texts. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** What it gives of up to `TOWER_ROWS` texts, for `TOWER_ROWS` rows. */
  encode(texts: readonly string[]): Promise<Conditions>;
  dispose(): Promise<void>;
}

export async function openTower(model: EncodingModel, encoder: PromptEncoder, options: EngineOptions): Promise<Tower> {
  const { component } = encoder;
  const tokenizer = openTokenizer(model, encoder);
  const { maxLength: length } = tokenizer;
  const who = `${model.folder}/${component}`;
  const build = (p: Params) => encoder.outputs(p, input('ids', [TOWER_ROWS, length], 'int32'));
  const network: Network = await openNetwork(build, model.open(component), who, options);
  async function refuse(feeds: { ids: Int32Array }): Promise<never> {
    const error = new CollimateError('NON_FINITE', `text encoder: hidden states of ${who} are no numbers`);
    const broken = await diagnose((p) => Object.values(build(p)), model.open(component), who, feeds, options);
    throw blame(error, broken, component);
  }
  return {
    length,
    shapes: shapesOf(build),
    async encode(texts) {
      const ids = new Int32Array(TOWER_ROWS * length);
      ids.set(tokenizer.encodeBatch(texts).ids);
      const outputs = await network.run({ ids });
      if (!Object.values(outputs).every((output) => output.every(Number.isFinite))) await refuse({ ids });
      return outputs;
    },
    dispose: () => network.dispose(),
  };
}

function shapesOf(build: (p: Params) => Readonly<Record<string, Tensor>>): Record<string, Shape> {
  const outputs = build(bindParams(({ name, shape }) => input(name, shape)));
  return Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, shape]));
}

/** The tokenizer of an encoder. @throws CollimateError MODEL_CONFIG where the model has none, or another one's. */
export function openTokenizer(
  { folder, tokenizers }: Pick<DiffusionModel, 'folder' | 'tokenizers'>,
  encoder: PromptEncoder,
): PromptTokenizer {
  const files = tokenizers[encoder.tokenizer];
  if (files !== undefined) return encoder.tokenize(files, folder);
  throw new CollimateError(
    'MODEL_CONFIG',
    `model ${folder}: expected a ${encoder.tokenizer} folder, got none`,
    'Fetch the whole model folder again.',
  );
}

/** Prompts whose conditions are kept: 120 MB at the size of Stable Diffusion. */
const MOST_KEPT = 512;

/** Conditions of prompts, one after another; a prompt is encoded once while it is kept. */
export function cacheConditions({
  shapes,
  encode,
}: Conditioner): (prompts: readonly (string | null)[]) => Promise<Conditions> {
  const kept = new Map<string | null, Conditions>();
  const names = Object.keys(shapes);
  return async (prompts) => {
    const distinct = [...new Set(prompts)];
    if (distinct.some((prompt) => !kept.has(prompt)) && kept.size + distinct.length > MOST_KEPT) kept.clear();
    const wanted = distinct.filter((prompt) => !kept.has(prompt));
    const fresh = await encode(wanted);
    wanted.forEach((prompt, i) => void kept.set(prompt, rowOf(shapes, fresh, i)));
    const rows = emptyConditions(shapes, prompts.length);
    prompts.forEach((prompt, i) => {
      for (const name of names) rows[name]!.set(kept.get(prompt)![name]!, i * sizeOf(shapes[name]!));
    });
    return rows;
  };
}

function rowOf(shapes: Readonly<Record<string, Shape>>, conditions: Conditions, i: number): Conditions {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      conditions[name]!.slice(i * sizeOf(shape), (i + 1) * sizeOf(shape)),
    ]),
  );
}
