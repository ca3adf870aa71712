// Compiled programs: a graph on a provider, fed with named values. This folder alone imports ONNX Runtime.

import type * as ort from 'onnxruntime-node';
import { CollimateError } from '../../util/errors.ts';
import { input } from '../graph/tensor.ts';
import { formatType, type TensorType } from '../graph/types.ts';
import { inputsOf, type Outputs } from '../onnx/model.ts';
import { checkProvider, type Provider } from './providers.ts';
import { type CompileOptions, createSession, type RuntimeSession } from './session.ts';
import { type HostData, OrtValue, toTensor, type Value } from './values.ts';

export type { CompileOptions } from './session.ts';
export type { HostData, Value } from './values.ts';

/** A compiled graph. `run` blocks the thread while it computes. */
export interface Program {
  readonly inputs: ReadonlyMap<string, TensorType>;
  /**
   * @throws CollimateError SHAPE where an input is missing, unknown or of another size; nothing has run then.
   */
  run(feeds: Readonly<Record<string, HostData | Value>>): Promise<Record<string, Value>>;
  dispose(): Promise<void>;
}

/**
 * Compiles a graph for a provider.
 *
 * @example
 * const x = input('x', [2]);
 * const program = await compile({ y: mul(x, 2) });
 * (await program.run({ x: Float32Array.of(1, 2) })).y!.data; // Float32Array [2, 4]
 * @throws CollimateError PROVIDER where this machine does not have the provider.
 */
export async function compile(outputs: Outputs, options: CompileOptions = {}): Promise<Program> {
  const provider = options.provider ?? 'cpu';
  checkProvider(provider);
  const inputs = inputsOf(outputs);
  const session = await createSession(outputs, options);
  return {
    inputs,
    async run(feeds) {
      const results = await session.run(toTensors(inputs, feeds, provider));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { dtype, shape }]) => [
          name,
          new OrtValue(results[name]!, { dtype, shape }, session, readBack),
        ]),
      );
    },
    dispose: () => session.close(),
  };
}

/** `getData()` of a tensor on the device aborts the process; an Identity program brings it back. */
async function readBack(value: Value, { provider }: RuntimeSession): Promise<HostData> {
  const program = await compile({ y: input('x', value.type.shape, value.type.dtype) }, { provider });
  const { y } = await program.run({ x: value });
  await program.dispose();
  return y!.data;
}

function toTensors(
  inputs: ReadonlyMap<string, TensorType>,
  feeds: Readonly<Record<string, HostData | Value>>,
  provider: Provider,
): Record<string, ort.Tensor> {
  const unknown = Object.keys(feeds).find((name) => !inputs.has(name));
  if (unknown)
    throw new CollimateError(
      'SHAPE',
      `run: the program has no input ${unknown}; its inputs are ${[...inputs.keys()].join(', ')}`,
    );
  return Object.fromEntries(
    [...inputs].map(([name, type]) => {
      const fed = feeds[name];
      if (!fed) throw new CollimateError('SHAPE', `run: input ${name} ${formatType(type)} is missing`);
      return [name, toTensor(name, type, fed, provider)];
    }),
  );
}
