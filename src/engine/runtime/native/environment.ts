// What all sessions of the library share: its environment, how arrays are described, and what still runs.

import { type DType, type Shape, sizeOf } from '../../graph/types.ts';
import { ELEMENT_TYPES } from '../../onnx/emitter.ts';
import type { HostData } from '../runtime.ts';
import { HOST_ARRAYS } from '../values.ts';
import { type Api, addressOf, openApi, type Pointer, pointerFrom } from './foreign.ts';

/** Only what ends the process: what goes wrong is thrown as well, and a log would be a second account of it on stderr. */
export const LOG_FATAL = 4;

const ARENA_ALLOCATOR = 1;
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;

export interface OpenLibrary {
  readonly api: Api;
  readonly env: Pointer;
  /** Describes memory of the host. */
  readonly host: Pointer;
  readonly allocator: Pointer;
}

let opened: OpenLibrary | undefined;

/** @throws CollimateError PROVIDER where the library is not there or of another version. */
export function openEnvironment(): OpenLibrary {
  if (opened) return opened;
  const api = openApi();
  const { call } = api;
  opened = {
    api,
    env: pointerFrom((out) => call.CreateEnv(LOG_FATAL, 'collimate', out)),
    host: pointerFrom((out) => call.CreateCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY, out)),
    allocator: pointerFrom((out) => call.GetAllocatorWithDefaultOptions(out)),
  };
  return opened;
}

/** Describes the memory of the first CUDA device. */
export function cudaMemory({ api }: OpenLibrary): Pointer {
  return pointerFrom((out) => api.call.CreateMemoryInfo('Cuda', DEVICE_ALLOCATOR, 0, DEFAULT_MEMORY, out));
}

/** A value of the library over an array's elements; the array must outlive it. */
export function wrapArray({ api, host }: OpenLibrary, data: HostData, dtype: DType, shape: Shape): Pointer {
  const dimensions = BigInt64Array.from(shape, BigInt);
  return pointerFrom((out) =>
    api.call.CreateTensorWithDataAsOrtValue(
      host,
      addressOf(data.byteLength > 0 ? data : NOTHING),
      data.byteLength,
      dimensions,
      shape.length,
      ELEMENT_TYPES[dtype],
      out,
    ),
  );
}

/** Stands for the elements of arrays that have none, which have no address. */
const NOTHING = new Uint8Array(64);

export function makeArray(dtype: DType, shape: Shape): HostData {
  return new HOST_ARRAYS[dtype](sizeOf(shape));
}
