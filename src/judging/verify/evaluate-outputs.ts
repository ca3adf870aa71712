// Running a model once: its parameters as one flat input, everything else as named inputs.

import { input, type Tensor } from '../../engine/graph/tensor.ts';
import {
  countParams,
  declareParams,
  flatParams,
  type ParamSpec,
  type Params,
  packParams,
} from '../../engine/nn/params.ts';
import type { Outputs } from '../../engine/onnx/outputs.ts';
import { compile, type HostData } from '../../engine/runtime/program.ts';
import type { Feeds } from '../../engine/training/trainer.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';

export type Results = Readonly<Record<string, HostData>>;

/** A model with its weights, ready to run. */
export interface Evaluator {
  readonly specs: readonly ParamSpec[];
  run(feeds: Feeds): Promise<Results>;
  dispose(): Promise<void>;
}

/**
 * Compiles `build` for the CPU. `flat` is the vector [P] that all its parameters are parts of.
 *
 * @throws CollimateError WEIGHTS where a parameter is missing or of another shape.
 */
export async function prepare(
  build: (p: Params, flat: Tensor) => Outputs,
  parameters: ReadonlyMap<string, Float32Tensor>,
  who: string,
): Promise<Evaluator> {
  const specs = declareParams((p) => build(p, input('params', [0])));
  const flat = input('params', [countParams(specs)]);
  const values = packParams(specs, parameters, who);
  const program = await compile(build(flatParams(specs, flat), flat));
  return {
    specs,
    async run(feeds) {
      const results = await program.run({ params: values, ...feeds });
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, value.data]));
    },
    dispose: () => program.dispose(),
  };
}

/** Compiles, runs once and lets go. */
export async function evaluateOutputs(
  build: (p: Params, flat: Tensor) => Outputs,
  parameters: ReadonlyMap<string, Float32Tensor>,
  feeds: Feeds,
  who: string,
): Promise<Results> {
  const evaluator = await prepare(build, parameters, who);
  try {
    return await evaluator.run(feeds);
  } finally {
    await evaluator.dispose();
  }
}
