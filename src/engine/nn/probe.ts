// Where numbers stop being finite: a scalar for each layer of a model that says so of its output and of its weights.

import { concat, mul, reshape, sum } from '../graph/functions.ts';
import type { OpName } from '../graph/ops.ts';
import { outputsOf, type Tensor, topologicalOrder } from '../graph/tensor.ts';
import { paramName } from './params.ts';

export interface LayerProbes {
  /** The layers in the order in which they are computed, such as `down_blocks.0.resnets.0.conv1`. */
  readonly layers: readonly string[];
  /** [layers]: 0 where the layer's output is finite, else NaN. */
  readonly outputs: Tensor;
  /** [layers]: 0 where its weights are finite, else NaN. */
  readonly weights: Tensor;
}

/** What only shows a weight in another form. */
const FORMS: ReadonlySet<OpName> = new Set<OpName>(['reshape', 'transpose', 'cast']);

/** Probes for all layers that results need: a layer is a node that takes a parameter. */
export function probeLayers(results: readonly Tensor[]): LayerProbes {
  const order = topologicalOrder(results);
  const found = order.flatMap((node) => {
    if (FORMS.has(node.op)) return [];
    const weights = node.inputs.flatMap((tensor) => findParam(tensor) ?? []);
    return weights.length === 0 ? [] : [{ node, weights }];
  });
  const vector = (scalars: readonly Tensor[]) => concat(scalars, 0);
  return {
    layers: found.map(({ weights }) => weights[0]!.name.replace(/\.[^.]*$/, '')),
    outputs: vector(found.map(({ node }) => probe(outputsOf(node)[0]!))),
    weights: vector(
      found.map(({ weights }) => weights.map(({ tensor }) => probe(tensor)).reduce((a, b) => sumOf(a, b))),
    ),
  };
}

/** `Σ 0 · x`, [1]. */
function probe(x: Tensor): Tensor {
  return reshape(sum(mul(x, 0)), [1]);
}

function sumOf(a: Tensor, b: Tensor): Tensor {
  return reshape(sum(concat([a, b], 0)), [1]);
}

function findParam(tensor: Tensor): { name: string; tensor: Tensor } | undefined {
  const name = paramName(tensor);
  if (name !== undefined) return { name, tensor };
  const [source] = tensor.node.inputs;
  return FORMS.has(tensor.node.op) && source ? findParam(source) : undefined;
}

/** The first layer whose output is not finite, and whether its weights are not. */
export interface BrokenLayer {
  readonly layer: string;
  readonly ofWeights: boolean;
}

/** Reads what probes say. */
export function firstBroken(
  layers: readonly string[],
  outputs: ArrayLike<number>,
  weights: ArrayLike<number>,
): BrokenLayer | undefined {
  const first = layers.findIndex((_, i) => !Number.isFinite(outputs[i]!));
  return first < 0 ? undefined : { layer: layers[first]!, ofWeights: !Number.isFinite(weights[first]!) };
}

/** For the end of a message, and what to do. */
export function describeBroken({ layer, ofWeights }: BrokenLayer, who: string): { where: string; hint: string } {
  return ofWeights
    ? {
        where: `; first in ${who} ${layer}, whose weights are not finite`,
        hint:
          'They overflowed when they were stored as float16, or are damaged: take the float32 or bfloat16 files of this model ' +
          '(for an autoencoder also a version that was mended for float16), or an earlier checkpoint.',
      }
    : {
        where: `; first in ${who} ${layer}, whose weights are finite`,
        hint:
          'Everything is computed in float32, so the numbers grew too large in that layer: the training of these weights went ' +
          'astray. Try an earlier checkpoint, or tune with a lower learning rate.',
      };
}
