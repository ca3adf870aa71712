// Tuning a LoRA instead of the whole U-Net: a few small matrices learn beside weights that stay as they are, in their file.

import { join } from 'node:path';
import { add, matmul, reshape } from '../../engine/graph/functions.ts';
import { sizeOf } from '../../engine/graph/types.ts';
import { bindParams, type ParamSpec, type Params, unpackParams } from '../../engine/nn/params.ts';
import type { LoraLayer } from '../../engine/weights/lora.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { writeLora } from '../../engine/weights/write-lora.ts';
import { LORA_FILE } from '../../models/inference/predictor.ts';
import { CollimateError } from '../../util/errors.ts';
import type { TuneSettings } from './mixture.ts';

export type LoraSettings = Pick<TuneSettings, 'loraRank' | 'loraAlpha' | 'loraTargets'>;

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
 * @throws CollimateError CONFIG where a target names nothing.
 */
export function loraSpecs(specs: readonly ParamSpec[], settings: LoraSettings): ParamSpec[] {
  const targets = settings.loraTargets.split(',').map((target) => target.trim());
  const weights = specs.filter(({ name, shape }) => name.endsWith('.weight') && shape.length > 1);
  const isHit = (name: string, target: string) => `.${moduleOf(name)}`.endsWith(`.${target}`);
  const missed = targets.find((target) => !weights.some(({ name }) => isHit(name, target)));
  if (missed !== undefined)
    throw new CollimateError(
      'CONFIG',
      `tune.loraTargets: no layer of this U-Net is called ${JSON.stringify(missed)}`,
      'Name the ends of module names, such as to_q,to_k,to_v,to_out.0 or ff.net.2 or conv1.',
    );
  return weights
    .filter(({ name }) => targets.some((target) => isHit(name, target)))
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

/** Writes the learned layers into a folder, in diffusers' spelling. */
export function saveLora(
  folder: string,
  unet: readonly ParamSpec[],
  layers: readonly ParamSpec[],
  flat: Float32Array,
  settings: LoraSettings,
): void {
  const lora = { unet: toLayers(unet, layers, flat, settings), text_encoder: new Map<string, LoraLayer>() };
  writeLora(join(folder, LORA_FILE), lora, 'diffusers');
}

function toLayers(
  unet: readonly ParamSpec[],
  layers: readonly ParamSpec[],
  flat: Float32Array,
  settings: LoraSettings,
): Map<string, LoraLayer> {
  const values = unpackParams(layers, flat) as ReadonlyMap<string, Float32Tensor>;
  const shapes = new Map(unet.map(({ name, shape }) => [name, shape]));
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
