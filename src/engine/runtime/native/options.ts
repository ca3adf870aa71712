// The options of a session, as the library takes them.

import type { Outputs } from '../../onnx/outputs.ts';
import type { CompileOptions } from '../runtime.ts';
import { configEntries } from '../session-options.ts';
import { threadsOf } from '../threads.ts';
import { appendCuda } from './cuda.ts';
import { LOG_FATAL, type OpenLibrary } from './environment.ts';
import { type Pointer, pointerFrom } from './foreign.ts';

const ALL_OPTIMIZATIONS = 99;

export function makeOptions(
  environment: OpenLibrary,
  outputs: Outputs,
  options: CompileOptions,
): { readonly pointer: Pointer; release(): void } {
  const { call } = environment.api;
  const pointer = pointerFrom((out) => call.CreateSessionOptions(out));
  const release = () => call.ReleaseSessionOptions(pointer);
  try {
    call.SetSessionGraphOptimizationLevel(pointer, ALL_OPTIMIZATIONS);
    call.SetSessionLogSeverityLevel(pointer, LOG_FATAL);
    call.SetIntraOpNumThreads(pointer, threadsOf(options.threads ?? 0));
    // The pattern reserves one block in which lifetimes of equal tensors do not share well: two thirds more memory, no faster.
    call.DisableMemPattern(pointer);
    if (options.profile) call.EnableProfiling(pointer, options.profile);
    for (const [key, value] of Object.entries(configEntries(outputs, options)))
      call.AddSessionConfigEntry(pointer, key, value);
    if (options.provider === 'cuda') appendCuda(environment, pointer);
    return { pointer, release };
  } catch (error) {
    release();
    throw error;
  }
}
