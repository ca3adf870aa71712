// Low-rank adaptation (Hu et al., 2021): a weight W becomes `W + (alpha / rank) · B · A`. Files spell it in many ways;
// inside there is this one form, whatever the file was.

import { CollimateError } from '../../util/errors.ts';
import { elementCount, type Float32Tensor } from './tensor.ts';

/** What is learned beside one weight [O, I] or [O, I, k, k]. */
export interface LoraLayer {
  /** A [rank, I], or [rank, I, k, k] beside a convolution. */
  readonly down: Float32Tensor;
  /** B [O, rank]. */
  readonly up: Float32Tensor;
  readonly alpha: number;
}

/** Layers by the module whose `weight` they adapt, such as `mid_block.attentions.0.transformer_blocks.0.attn1.to_q`. */
export type LoraLayers = ReadonlyMap<string, LoraLayer>;

/** Layers by the component that they adapt, such as `unet` or `text_encoder`. */
export type Lora<Name extends string = string> = Readonly<Record<Name, LoraLayers>>;

export function loraRank({ down }: LoraLayer): number {
  return down.shape[0]!;
}

/** The factor of `B · A`: alpha / rank. */
export function loraScale(layer: LoraLayer): number {
  return layer.alpha / loraRank(layer);
}

/**
 * `W + scale · (alpha / rank) · B · A`, a new tensor; sums in float64, rounded to float32 once.
 *
 * @param weight [O, I] or [O, I, k, k]
 * @throws CollimateError WEIGHTS where the layer belongs to a weight of another shape.
 */
export function addLoraLayer(name: string, weight: Float32Tensor, layer: LoraLayer, scale = 1): Float32Tensor {
  const { down, up } = layer;
  const rank = loraRank(layer);
  const [outputs, inputs] = [weight.shape[0]!, elementCount(weight.shape.slice(1))];
  if (up.data.length !== outputs * rank || down.data.length !== rank * inputs)
    throw new CollimateError(
      'WEIGHTS',
      `LoRA: ${name} expected B · A of [${weight.shape.join(', ')}], got [${up.shape.join(', ')}] · [${down.shape.join(', ')}]`,
      'This LoRA was made for another base model.',
    );
  const factor = scale * loraScale(layer);
  const data = new Float32Array(weight.data.length);
  const row = new Float64Array(inputs);
  for (let o = 0; o < outputs; o++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const b = factor * up.data[o * rank + r]!;
      if (b !== 0) for (let i = 0; i < inputs; i++) row[i]! += b * down.data[r * inputs + i]!;
    }
    for (let i = 0; i < inputs; i++) data[o * inputs + i] = weight.data[o * inputs + i]! + row[i]!;
  }
  return { dtype: 'float32', shape: weight.shape, data };
}

/**
 * The parameters of one component with its layers merged; tensors that no layer adapts are shared, not copied.
 *
 * @param scale 0 leaves the model as it was, 1 is the whole LoRA.
 * @throws CollimateError WEIGHTS where a layer has no weight here, or one of another shape.
 */
export function mergeLora(
  parameters: ReadonlyMap<string, Float32Tensor>,
  layers: LoraLayers,
  scale = 1,
): Map<string, Float32Tensor> {
  const merged = new Map(parameters);
  for (const [module, layer] of layers) {
    const name = `${module}.weight`;
    const weight = parameters.get(name);
    if (weight === undefined)
      throw new CollimateError(
        'WEIGHTS',
        `LoRA: expected a weight ${name}, got none`,
        'Use the model it was made for.',
      );
    merged.set(name, addLoraLayer(name, weight, layer, scale));
  }
  return merged;
}
