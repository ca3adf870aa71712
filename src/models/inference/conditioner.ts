// Prompts to what the network is told of them, by the text encoders of a model.

import { input } from '../../engine/graph/tensor.ts';
import type { Shape } from '../../engine/graph/types.ts';
import { sizeOf } from '../../engine/graph/types.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Conditions, DiffusionModel, PromptEncoder } from '../families/model.ts';
import type { PromptTokenizer } from '../tokenizer/tokenizer.ts';
import type { EngineOptions } from './device.ts';
import { blame, diagnose } from './diagnose.ts';
import { inBatches, type Network, openNetwork } from './network.ts';

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

const BATCH = 8;

/** @throws CollimateError MODEL_CONFIG or WEIGHTS where the model does not hold whole text encoders. */
export async function openConditioner(model: DiffusionModel, options: EngineOptions = {}): Promise<Conditioner> {
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
  const encodeBatch = async (texts: readonly string[]): Promise<Conditions> => {
    const outputs: Conditions[] = [];
    for (const tower of towers) outputs.push(await tower.encode(texts));
    return encoding.combine(outputs, lengths, BATCH);
  };
  return {
    shapes,
    async encode(prompts) {
      const all = emptyConditions(shapes, prompts.length);
      const asked = prompts.flatMap((prompt, row) =>
        prompt === null && encoding.noneIsZero ? [] : [{ prompt: prompt ?? '', row }],
      );
      for (const { items } of inBatches(asked, BATCH)) {
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
      for (const tower of towers) await tower.dispose();
    },
  };
}

/** Zeros for so many rows of each condition. */
function emptyConditions(shapes: Readonly<Record<string, Shape>>, rows: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, new Float32Array(rows * sizeOf(shape))]),
  );
}

interface Tower {
  /** Tokens that it reads. */
  readonly length: number;
  /** What it gives of up to `BATCH` texts, for `BATCH` rows. */
  encode(texts: readonly string[]): Promise<Conditions>;
  dispose(): Promise<void>;
}

async function openTower(model: DiffusionModel, encoder: PromptEncoder, options: EngineOptions): Promise<Tower> {
  const { component } = encoder;
  const tokenizer = openTokenizer(model, encoder);
  const { maxLength: length } = tokenizer;
  const who = `${model.folder}/${component}`;
  const build = (p: Params) => encoder.outputs(p, input('ids', [BATCH, length], 'int32'));
  const network: Network = await openNetwork(build, model.open(component), who, options);
  async function refuse(feeds: { ids: Int32Array }): Promise<never> {
    const error = new CollimateError('NON_FINITE', `text encoder: hidden states of ${who} are no numbers`);
    const broken = await diagnose((p) => Object.values(build(p)), model.open(component), who, feeds, options);
    throw blame(error, broken, component);
  }
  return {
    length,
    async encode(texts) {
      const ids = new Int32Array(BATCH * length);
      ids.set(tokenizer.encodeBatch(texts).ids);
      const outputs = await network.run({ ids });
      if (!Object.values(outputs).every((output) => output.every(Number.isFinite))) await refuse({ ids });
      return outputs;
    },
    dispose: () => network.dispose(),
  };
}

/** The tokenizer of an encoder. @throws CollimateError MODEL_CONFIG where the model has none, or another one's. */
export function openTokenizer({ folder, tokenizers }: DiffusionModel, encoder: PromptEncoder): PromptTokenizer {
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
