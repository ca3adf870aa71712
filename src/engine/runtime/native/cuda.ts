// CUDA as a provider of the library: what it is told.

import { CollimateError } from '../../../util/errors.ts';
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

/** What a configuration says of CUDA. */
export interface CudaChoice {
  /** GiB of the arena; 0 is all. */
  readonly memory: number;
  readonly convolutions: string;
}

let chosen: CudaChoice | undefined;

/** For all sessions of this process that are opened from now on: a process has one card. */
export function chooseCuda(choice: CudaChoice): void {
  chosen = choice;
}

/** How ways to compute convolutions are found, by what `COLLIMATE_CUDA_CONVOLUTIONS` may say. */
const SEARCHES: Readonly<Record<string, string>> = {
  heuristic: 'HEURISTIC',
  exhaustive: 'EXHAUSTIVE',
  default: 'DEFAULT',
};

/**
 * The provider's options: by what `chooseCuda` was told, else by the environment, where `COLLIMATE_CUDA_MEMORY` bounds the arena, in
 * GiB, and `COLLIMATE_CUDA_CONVOLUTIONS` says how ways to compute convolutions are found. Which card is the first is for `CUDA_VISIBLE_DEVICES` to say, of which CUDA itself takes notice.
 *
 * @throws CollimateError USAGE where one of these says something else.
 */
export function cudaSettings(
  env: NodeJS.ProcessEnv = process.env,
  choice: CudaChoice | undefined = chosen,
): Readonly<Record<string, string>> {
  const memory = choice ? choice.memory && `${choice.memory}` : env.COLLIMATE_CUDA_MEMORY;
  const search = choice ? choice.convolutions : env.COLLIMATE_CUDA_CONVOLUTIONS;
  return {
    ...DEFAULTS,
    ...(memory && { gpu_mem_limit: `${bytesOf(memory)}` }),
    ...(search && { cudnn_conv_algo_search: searchOf(search) }),
  };
}

function bytesOf(gib: string): number {
  const text = checked(
    'COLLIMATE_CUDA_MEMORY',
    gib,
    'GiB such as 20 or 7.5',
    /^\d*[1-9]\d*(\.\d+)?$|^0?\.\d*[1-9]\d*$/,
  );
  return Math.floor(Number(text) * 2 ** 30);
}

function searchOf(text: string): string {
  const names = Object.keys(SEARCHES);
  return SEARCHES[
    checked('COLLIMATE_CUDA_CONVOLUTIONS', text, names.join(', '), new RegExp(`^(${names.join('|')})$`))
  ]!;
}

function checked(variable: string, text: string, expected: string, pattern: RegExp): string {
  if (pattern.test(text)) return text;
  throw new CollimateError(
    'USAGE',
    `${variable}: expected ${expected}, got ${JSON.stringify(text)}`,
    `Set it so, or leave ${variable} out.`,
  );
}

/** Outside the system's folders, such as in those of wheels, ONNX Runtime would not find what its CUDA part needs. */
function preloadLibraries(): void {
  for (const { file, path } of findCudaLibraries()) if (path && !file.includes('onnxruntime_providers')) preload(path);
}

export function appendCuda({ api }: OpenLibrary, options: Pointer): void {
  const { call } = api;
  const settings = cudaSettings();
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
