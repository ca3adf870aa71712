// Text encoders that learn: a model whose network reads tokens, so that its encoders are a part of what denoises. Everything else of
// tuning sees one network with parameters of its own.

import { cast } from '../../engine/graph/functions.ts';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import type { Shape } from '../../engine/graph/types.ts';
import { bindParams, declareParams, type ParamSpec } from '../../engine/nn/params.ts';
import type { NamedTensor, TensorSource } from '../../engine/weights/tensor.ts';
import type { AnswerOptions, Conditions, DiffusionModel, PromptEncoder } from '../../models/families/model.ts';
import { openTokenizer, openTower, TOWER_ROWS } from '../../models/inference/conditioner.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { inBatches } from '../../models/inference/network.ts';
import { CollimateError } from '../../util/errors.ts';
import type { TuneSettings } from './mixture.ts';

type Settings = Pick<TuneSettings, 'textEncoderLora' | 'loraRank' | 'method'>;

/** The model as tuning teaches it: where text encoders learn, they are in its network, whose conditions are tokens. */
export function learningModel(model: DiffusionModel, settings: Settings): DiffusionModel {
  return settings.textEncoderLora ? withTextEncoders(model) : model;
}

/** The model that a run teaches, and the shapes of what it is shown, from the configs alone. */
export function learningShapes(model: DiffusionModel, settings: Settings) {
  const learning = learningModel(model, settings);
  const { channels, height, width } = latentSizes(model);
  return {
    learning,
    shapes: { latentShape: [channels, height, width], conditionShapes: learning.conditions } as const,
  };
}

/**
 * @param draws whether the method draws pictures of its own
 * @throws CollimateError CONFIG where text encoders were to learn and cannot.
 */
export function checkTextEncoders(model: DiffusionModel, settings: Settings, draws: boolean): void {
  if (!settings.textEncoderLora) return;
  const refuse = (problem: string, hint: string) =>
    new CollimateError('CONFIG', `tune.textEncoderLora: ${problem}`, hint);
  const without = 'leave text encoders as they are (--train-text-encoder false)';
  if (settings.loraRank === 0)
    throw refuse(
      'text encoders learn by a LoRA alone, and tune.loraRank is 0',
      `Set tune.loraRank (--rank 4), or ${without}.`,
    );
  if (draws)
    throw refuse(
      `${settings.method} draws pictures of its own, of prompts that are encoded once`,
      `Tune by a method that learns from pictures that are there (--method), or ${without}.`,
    );
  if (learners(model).length > 0) return;
  throw refuse(
    `${model.folder} has no CLIP text encoder, and no other kind learns here`,
    `${without[0]!.toUpperCase()}${without.slice(1)}.`,
  );
}

function learners({ prompts }: DiffusionModel): PromptEncoder[] {
  return prompts.encoders.filter(({ adapts }) => adapts);
}

/** What is learned beside the denoiser: the ends of the names of layers, by the start of their parameters' names. */
export function adaptedEncoders(model: DiffusionModel): ReadonlyMap<string, readonly string[]> {
  return new Map(learners(model).map(({ component, adapts }) => [`${component}.`, adapts!]));
}

/** The condition with the tokens of an encoder. As float32, like all conditions; ids are far below 2²⁴. */
const idsOf = ({ component }: PromptEncoder) => `${component}.ids`;
/** The condition with what an encoder gives that does not learn. */
const givenBy = ({ component }: PromptEncoder, output: string) => `${component}.${output}`;

function withTextEncoders(model: DiffusionModel): DiffusionModel {
  const { denoiser, prompts, sizing } = model;
  const lengths = prompts.encoders.map((encoder) => openTokenizer(model, encoder).maxLength);
  const ofSize = sizing && { [sizing.name]: [sizing.width] };
  const outputs = (
    p: Parameters<DiffusionModel['denoise']>[0],
    told: Readonly<Record<string, Tensor>>,
    options?: AnswerOptions,
  ) =>
    prompts.encoders.map((encoder, i) => {
      if (encoder.adapts)
        return encoder.outputs(p.in(encoder.component), cast(told[idsOf(encoder)]!, 'int32'), options);
      const names = Object.keys(shapesGiven(encoder, lengths[i]!));
      return Object.fromEntries(names.map((name) => [name, told[givenBy(encoder, name)]!]));
    });
  return {
    ...model,
    conditions: { ...textShapes(model, lengths), ...ofSize },
    declare: {
      ...model.declare,
      [denoiser]: () => [
        ...model.declare[denoiser]!(),
        ...learners(model).flatMap((encoder) => declareLearner(encoder)),
      ],
    },
    open: (component) => (component === denoiser ? joinSources(model) : model.open(component)),
    denoise: (p, latents, times, told, options) => {
      const conditions = { ...prompts.combine(outputs(p, told, options), lengths) };
      return model.denoise(
        p,
        latents,
        times,
        sizing ? { ...conditions, [sizing.name]: told[sizing.name]! } : conditions,
        options,
      );
    },
  };
}

/** The parameters that the outputs of an encoder ask for: a last layer that nothing sees is not among them. */
function declareLearner({ component, outputs }: PromptEncoder): ParamSpec[] {
  const specs = declareParams((p) => outputs(p, input('ids', [1, 1], 'int32')));
  return specs.map((spec) => ({ ...spec, name: `${component}.${spec.name}` }));
}

function shapesGiven({ outputs }: PromptEncoder, length: number): Readonly<Record<string, Shape>> {
  const given = outputs(
    bindParams(({ name, shape }) => input(name, shape)),
    input('ids', [1, length], 'int32'),
  );
  return Object.fromEntries(Object.entries(given).map(([name, { shape }]) => [name, shape.slice(1)]));
}

/** What of a prompt is kept: the tokens of encoders that learn, and what the others give. */
function textShapes({ prompts }: DiffusionModel, lengths: readonly number[]): Readonly<Record<string, Shape>> {
  const entries = prompts.encoders.flatMap((encoder, i): [string, Shape][] => {
    if (encoder.adapts) return [[idsOf(encoder), [lengths[i]!]]];
    return Object.entries(shapesGiven(encoder, lengths[i]!)).map(([name, shape]) => [givenBy(encoder, name), shape]);
  });
  return Object.fromEntries(entries);
}

/** The weights of the denoiser, and under the names of their components those of the encoders that learn. */
function joinSources(model: DiffusionModel): TensorSource {
  const own = model.open(model.denoiser);
  const encoders = learners(model).map(({ component }) => ({ prefix: `${component}.`, source: model.open(component) }));
  const find = <T>(name: string, take: (source: TensorSource, name: string) => T): T => {
    const encoder = encoders.find(({ prefix }) => name.startsWith(prefix));
    return encoder ? take(encoder.source, name.slice(encoder.prefix.length)) : take(own, name);
  };
  return {
    names: () => [own, ...encoders].flatMap((part) => namesOf(part)).sort(),
    has: (name) => find(name, (source, key) => source.has(key)),
    shape: (name) => find(name, (source, key) => source.shape(key)),
    dtype: (name) => find(name, (source, key) => source.dtype(key)),
    read: (name) => find<NamedTensor>(name, (source, key) => source.read(key)),
    place: (name) => find(name, (source, key) => source.place(key)),
    metadata: own.metadata,
    close() {
      own.close();
      for (const { source } of encoders) source.close();
    },
  };
}

function namesOf(part: TensorSource | { readonly prefix: string; readonly source: TensorSource }): string[] {
  return 'source' in part ? part.source.names().map((name) => part.prefix + name) : part.names();
}

/** What a `learningModel` is told of prompts: tokens, and once and for all what encoders give that do not learn. */
export async function readPrompts(
  model: DiffusionModel,
  prompts: readonly string[],
  engine: EngineOptions,
): Promise<{ readonly texts: Conditions; readonly shapes: Readonly<Record<string, Shape>> }> {
  const { encoders } = model.prompts;
  const tokenizers = encoders.map((encoder) => openTokenizer(model, encoder));
  const texts: Record<string, Float32Array> = {};
  for (const [i, encoder] of encoders.entries()) {
    if (encoder.adapts) texts[idsOf(encoder)] = Float32Array.from(tokenizers[i]!.encodeBatch(prompts).ids);
    else
      for (const [name, rows] of Object.entries(await encodeAll(model, encoder, prompts, engine)))
        texts[givenBy(encoder, name)] = rows;
  }
  return {
    texts,
    shapes: textShapes(
      model,
      tokenizers.map(({ maxLength }) => maxLength),
    ),
  };
}

async function encodeAll(
  model: DiffusionModel,
  encoder: PromptEncoder,
  prompts: readonly string[],
  engine: EngineOptions,
): Promise<Conditions> {
  const tower = await openTower(model, encoder, engine);
  const all = Object.fromEntries(
    Object.entries(tower.shapes).map(([name, shape]) => [name, new Float32Array(prompts.length * widthOf(shape))]),
  );
  try {
    for (const { start, items } of inBatches(prompts, TOWER_ROWS)) {
      const given = await tower.encode(items);
      for (const [name, shape] of Object.entries(tower.shapes))
        all[name]!.set(given[name]!.subarray(0, items.length * widthOf(shape)), start * widthOf(shape));
    }
  } finally {
    await tower.dispose();
  }
  return all;
}

/** Numbers of one row. */
function widthOf([, ...rest]: Shape): number {
  return rest.reduce((product, side) => product * side, 1);
}
