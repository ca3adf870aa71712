// CUDA as a provider of the library: what it is told.

import { findCudaLibraries } from './cuda-libraries.ts';
import type { OpenLibrary } from './environment.ts';
import { type Pointer, pointerFrom, preload } from './foreign.ts';

/**
 * `HEURISTIC` asks cuDNN for the way to compute a convolution without trying all of them, which takes minutes for a U-Net.
 * The arena grows by what is asked for: doubling would leave half of a card reserved and empty.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  device_id: '0',
  cudnn_conv_algo_search: 'HEURISTIC',
  arena_extend_strategy: 'kSameAsRequested',
  do_copy_in_default_stream: '1',
};

/** Outside the system's folders, such as in those of wheels, ONNX Runtime would not find what its CUDA part needs. */
function preloadLibraries(): void {
  for (const { file, path } of findCudaLibraries()) if (path && !file.includes('onnxruntime_providers')) preload(path);
}

export function appendCuda({ api }: OpenLibrary, options: Pointer, settings = DEFAULTS): void {
  const { call } = api;
  preloadLibraries();
  const cuda = pointerFrom((out) => call.CreateCUDAProviderOptions(out));
  try {
    const keys = Object.keys(settings);
    call.UpdateCUDAProviderOptions(cuda, keys, Object.values(settings), keys.length);
    call.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda);
  } finally {
    call.ReleaseCUDAProviderOptions(cuda);
  }
}
