// What a maker of sessions is: the interface behind which ONNX Runtime's Node binding and its C library look alike.

import type { DType, Shape } from '../graph/types.ts';
import type { Outputs } from '../onnx/outputs.ts';
import type { Provider } from './providers.ts';

/** The elements of a tensor: `Uint16Array` holds the bits of float16 or bfloat16, `Uint8Array` truth values. */
export type HostData = Float32Array | Uint16Array | Int8Array | Int32Array | BigInt64Array | Uint8Array;

/** An array with the type that ONNX Runtime sees, which is not copied on its way in. */
export interface HostTensor {
  readonly location: 'cpu';
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: HostData;
}

/** A tensor in the memory of a provider's device. */
export interface DeviceTensor {
  readonly location: 'device';
  readonly provider: Provider;
  free(): void;
}

export type RuntimeTensor = HostTensor | DeviceTensor;

export interface CompileOptions {
  readonly provider?: Provider;
  /** The maker of the session; default the one that the environment and this machine choose. */
  readonly runtime?: MakerName;
  /** Threads of one run; 0 takes one a core. */
  readonly threads?: number;
  /** Outputs that stay on the device of the provider: the parameters of a training step. */
  readonly keep?: readonly string[];
  /** Widen stored halves each time they are used, not once: less memory, for graphs that use a weight in more than one form. */
  readonly keepStored?: boolean;
  /** Give memory back after each run: for programs whose intermediate values are large and that run seldom. */
  readonly lean?: boolean;
  /** Write a profile of each node to a file with this prefix. */
  readonly profile?: string;
}

/** Arrays that stay the inputs and outputs of many runs. */
export interface Held {
  readonly inputs: Readonly<Record<string, HostTensor>>;
  /** May be the same memory as an input of the same size where each element depends on that element of the input alone. */
  readonly outputs: Readonly<Record<string, HostData>>;
}

/** A session with what it holds; one run at a time. */
export interface Binding {
  /**
   * Runs, and returns the outputs that are not held.
   *
   * @throws CollimateError INTERRUPTED where the signal ended it on the way; held outputs may be half written then.
   */
  run(feeds: Readonly<Record<string, RuntimeTensor>>, signal?: AbortSignal): Promise<Record<string, RuntimeTensor>>;
  release(): void;
}

export interface RuntimeSession {
  readonly provider: Provider;
  bind(held: Held): Binding;
  /** Ends the session after its last run and the last value that it left on a device. */
  close(): Promise<void>;
}

export interface Maker {
  readonly name: MakerName;
  readonly version: string;
  createSession(model: Uint8Array, outputs: Outputs, options: CompileOptions): Promise<RuntimeSession>;
}

/** `native` calls the library itself, `node` through onnxruntime-node. */
export type MakerName = 'native' | 'node';
