// Tuning a LoRA instead of the whole network: a few small matrices learn beside weights that stay as they are, in their file.

import { join } from 'node:path';
import { add, matmul, reshape } from '../../engine/graph/functions.ts';
import { sizeOf } from '../../engine/graph/types.ts';
import { bindParams, type ParamSpec, type Params, unpackParams } from '../../engine/nn/params.ts';
import type { Lora, LoraLayer } from '../../engine/weights/lora.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { writeLora } from '../../engine/weights/write-lora.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { LORA_FILE } from '../../models/inference/predictor.ts';
import { CollimateError } from '../../util/errors.ts';
import type { TuneSettings } from './mixture.ts';
import { adaptedEncoders } from './text-encoders.ts';

export type LoraSettings = Pick<TuneSettings, 'loraRank' | 'loraAlpha' | 'loraTargets' | 'textEncoderLora'>;

/** As of `adaptedEncoders`. */
type Encoders = ReadonlyMap<string, readonly string[]>;

export function usesLora({ loraRank }: LoraSettings): boolean {
  return loraRank > 0;
}

function alphaOf({ loraRank, loraAlpha }: LoraSettings): number {
  return loraAlpha === 0 ? loraRank : loraAlpha;
}

/**
 * What is learned: for each weight [O, I, …] of a target, A [rank, I·…] as `<module>.down` and B [O, rank] as `<module>.up`.
 * A starts uniform and B at 0, so that the model starts as it was (Hu et al., 2021, section 4.1).
 *
 * @param encoders targets of text encoders that learn too, by the start of their parameters' names
 * @throws CollimateError CONFIG where a target names nothing.
 */
export function loraSpecs(
  specs: readonly ParamSpec[],
  settings: LoraSettings,
  encoders: Encoders = new Map(),
): ParamSpec[] {
  const targets = settings.loraTargets.split(',').map((target) => target.trim());
  const weights = specs.filter(({ name, shape }) => name.endsWith('.weight') && shape.length > 1);
  const ofEncoder = (name: string) => [...encoders].find(([prefix]) => name.startsWith(prefix))?.[1];
  const isHit = (name: string, target: string) => `.${moduleOf(name)}`.endsWith(`.${target}`);
  const own = weights.filter(({ name }) => !ofEncoder(name));
  const missed = targets.find((target) => !own.some(({ name }) => isHit(name, target)));
  if (missed !== undefined)
    throw new CollimateError(
      'CONFIG',
      `tune.loraTargets: no layer of this network is called ${JSON.stringify(missed)}`,
      'Name the ends of module names, such as to_q,to_k,to_v,to_out.0 or ff.net.2 or conv1.',
    );
  return weights
    .filter(({ name }) => (ofEncoder(name) ?? targets).some((target) => isHit(name, target)))
    .flatMap(({ name, shape: [outputs, ...rest] }): ParamSpec[] => [
      {
        name: `${moduleOf(name)}.down`,
        shape: [settings.loraRank, sizeOf(rest)],
        init: { uniform: 1 / Math.sqrt(sizeOf(rest)) },
      },
      { name: `${moduleOf(name)}.up`, shape: [outputs!, settings.loraRank], init: { constant: 0 } },
    ]);
}

function moduleOf(weight: string): string {
  return weight.slice(0, -'.weight'.length);
}

/** `W + (alpha / rank) · B · A` where there is a layer, and W elsewhere. */
export function adaptedParams(
  base: Params,
  lora: Params,
  layers: readonly ParamSpec[],
  settings: LoraSettings,
): Params {
  const shapes = new Map(layers.map(({ name, shape }) => [name, shape]));
  const layer = (name: string) => lora.get(name, shapes.get(name)!, { constant: 0 });
  return bindParams(({ name, shape, init }) => {
    const weight = base.get(name, shape, init);
    const module = name.endsWith('.weight') ? moduleOf(name) : '';
    if (!shapes.has(`${module}.down`)) return weight;
    const alpha = alphaOf(settings) / settings.loraRank;
    return add(weight, reshape(matmul(layer(`${module}.up`), layer(`${module}.down`), { alpha }), shape));
  });
}

/** A parameter of one of several LoRAs; those of the first have the names that they have alone. */
export function inNetwork(spec: ParamSpec, network: number): ParamSpec {
  return network === 0 ? spec : { ...spec, name: `${network}:${spec.name}` };
}

/** The parameters of one of several LoRAs under the names that they have alone. */
export function partParams(p: Params, set: readonly ParamSpec[], network: number): Params {
  const own = new Map(set.map((spec) => [network === 0 ? spec.name : spec.name.slice(`${network}:`.length), spec]));
  return bindParams(({ name }) => {
    const { name: inFlat, shape, init } = own.get(name)!;
    return p.get(inFlat, shape, init);
  });
}

/**
 * Writes the learned layers into a folder, in diffusers' spelling.
 *
 * @param factors what each of the LoRAs in `flat` counts by: several become one whose rank is the sum of theirs
 */
export function saveLora(
  folder: string,
  model: DiffusionModel,
  layers: readonly ParamSpec[],
  flat: Float32Array,
  settings: LoraSettings,
  factors: readonly number[] = [1],
): void {
  const { denoiser, declare } = model;
  const encoders = settings.textEncoderLora ? adaptedEncoders(model) : new Map();
  const count = layers.length / factors.length;
  const size = flat.length / factors.length;
  const sets = factors.map((_, i) => flat.subarray(i * size, (i + 1) * size));
  const parts = sets.map((part) => toLayers(declare[denoiser]!(), layers.slice(0, count), part, settings));
  const joined = factors.length === 1 ? parts[0]! : joinLayers(parts, factors);
  writeLora(join(folder, LORA_FILE), byComponent(denoiser, joined, encoders), 'diffusers');
}

/** Layers of text encoders apart from those of the denoiser, by the names that they have there. */
function byComponent(denoiser: string, layers: ReadonlyMap<string, LoraLayer>, encoders: Encoders): Lora {
  const parts: Record<string, Map<string, LoraLayer>> = { [denoiser]: new Map() };
  for (const [module, layer] of layers) {
    const prefix = [...encoders.keys()].find((start) => module.startsWith(start)) ?? '';
    const component = prefix === '' ? denoiser : prefix.slice(0, -1);
    parts[component] ??= new Map();
    parts[component].set(module.slice(prefix.length), layer);
  }
  return parts;
}

/** `Σ f_i·(alpha/rank)·B_i·A_i` as one layer: the A one below another, the B side by side, times f. */
function joinLayers(
  parts: readonly ReadonlyMap<string, LoraLayer>[],
  factors: readonly number[],
): Map<string, LoraLayer> {
  return new Map(
    [...parts[0]!.keys()].map((module) => {
      const layers = parts.map((part) => part.get(module)!);
      const [{ down, up, alpha }] = layers as [LoraLayer];
      const rank = down.shape[0]!;
      const downs = layers.flatMap((layer) => [...layer.down.data]);
      const outputs = up.shape[0]!;
      const ups = new Float32Array(outputs * rank * layers.length);
      layers.forEach((layer, i) => {
        for (let row = 0; row < outputs; row++)
          for (let k = 0; k < rank; k++)
            ups[row * rank * layers.length + i * rank + k] = factors[i]! * layer.up.data[row * rank + k]!;
      });
      const joinedRank = rank * layers.length;
      return [
        module,
        {
          down: { ...down, shape: [joinedRank, ...down.shape.slice(1)], data: Float32Array.from(downs) },
          up: { ...up, shape: [outputs, joinedRank, ...up.shape.slice(2)], data: ups },
          alpha: alpha * layers.length,
        },
      ];
    }),
  );
}

function toLayers(
  adapted: readonly ParamSpec[],
  layers: readonly ParamSpec[],
  flat: Float32Array,
  settings: LoraSettings,
): Map<string, LoraLayer> {
  const values = unpackParams(layers, flat) as ReadonlyMap<string, Float32Tensor>;
  const shapes = new Map(adapted.map(({ name, shape }) => [name, shape]));
  return new Map(
    layers
      .filter(({ name }) => name.endsWith('.down'))
      .map(({ name }) => {
        const module = name.slice(0, -'.down'.length);
        const [, ...rest] = shapes.get(`${module}.weight`)!;
        const down = { ...values.get(name)!, shape: [settings.loraRank, ...rest] };
        return [module, { down, up: values.get(`${module}.up`)!, alpha: alphaOf(settings) }];
      }),
  );
}
