// When a network gives what is no number: it is run once more with a probe at each layer, to say where that began.

import type { Tensor } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';
import { type BrokenLayer, describeBroken, firstBroken, probeLayers } from '../../engine/nn/probe.ts';
import type { HostData } from '../../engine/runtime/program.ts';
import type { TensorSource } from '../../engine/weights/tensor.ts';
import { CollimateError } from '../../util/errors.ts';
import type { EngineOptions } from './device.ts';
import { openNetwork } from './network.ts';

/** The first layer of what `build` makes whose output is not finite for these inputs. */
export async function diagnose(
  build: (p: Params) => readonly Tensor[],
  weights: TensorSource,
  who: string,
  feeds: Readonly<Record<string, HostData>>,
  engine: EngineOptions,
): Promise<BrokenLayer | undefined> {
  let layers: readonly string[] = [];
  const network = await openNetwork(
    (p) => {
      const probes = probeLayers(build(p));
      layers = probes.layers;
      return { outputs: probes.outputs, weights: probes.weights };
    },
    weights,
    who,
    engine,
  );
  try {
    const { outputs, weights: ofWeights } = await network.run(feeds);
    return firstBroken(layers, outputs!, ofWeights!);
  } finally {
    await network.dispose();
  }
}

/** An error about numbers with the layer in which they began, and what to do about it. */
export function blame(error: CollimateError, broken: BrokenLayer | undefined, who: string): CollimateError {
  if (!broken) return error;
  const { where, hint } = describeBroken(broken, who);
  return new CollimateError(error.code, `${error.message}${where}`, hint, { cause: error });
}
