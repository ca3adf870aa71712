// Sessions of the library: made from a model's bytes, released after their last run and the last value on their device.

import type { CollimateError } from '../../../util/errors.ts';
import type { TensorType } from '../../graph/types.ts';
import type { Outputs } from '../../onnx/outputs.ts';
import { missingFor, type Provider, providerError } from '../providers.ts';
import type { Binding, CompileOptions, Held, RuntimeSession } from '../runtime.ts';
import { NativeBinding } from './binding.ts';
import { cudaMemory, type OpenLibrary, openEnvironment } from './environment.ts';
import type { Pointer } from './foreign.ts';
import { makeOptions } from './options.ts';

/** Releases what nobody disposed of. */
const forgotten = new FinalizationRegistry<() => void>((release) => release());

/** What a session's bindings need of it. */
export interface SessionHandle {
  readonly environment: OpenLibrary;
  readonly pointer: Pointer;
  readonly provider: Provider;
  readonly outputs: ReadonlyMap<string, TensorType>;
  /** Outputs that stay on the device. */
  readonly kept: ReadonlySet<string>;
  /** Describes the device's memory; undefined where that is the host's. */
  readonly device: Pointer | undefined;
  readonly runSettings: Readonly<Record<string, string>>;
  /** Counts users: the session is released after the last. */
  hold(): void;
  letGo(): void;
}

class NativeSession implements RuntimeSession {
  readonly #handle: SessionHandle;
  #isClosed = false;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
    forgotten.register(this, () => handle.letGo(), this);
  }

  get provider(): Provider {
    return this.#handle.provider;
  }

  bind(held: Held): Binding {
    return new NativeBinding(this.#handle, held);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    forgotten.unregister(this);
    this.#handle.letGo();
  }
}

/** @throws CollimateError PROVIDER where this machine lacks the provider or the provider a kernel; nothing falls back to the CPU. */
export async function createNativeSession(
  model: Uint8Array,
  outputs: Outputs,
  options: CompileOptions,
): Promise<RuntimeSession> {
  const environment = openEnvironment();
  const provider = options.provider ?? 'cpu';
  const { api, env } = environment;
  let settings: ReturnType<typeof makeOptions> | undefined;
  try {
    settings = makeOptions(environment, outputs, options);
    const pointer = await api.async.createSession(env, model, settings.pointer);
    const device = provider === 'cuda' ? cudaMemory(environment) : undefined;
    return new NativeSession(handleOf(environment, pointer, outputs, options, device));
  } catch (error) {
    if (provider === 'cpu' || (error as CollimateError).code === 'USAGE') throw error;
    throw providerError(provider, `${(error as Error).message}${missingFor(provider)}`, { cause: error });
  } finally {
    settings?.release();
  }
}

function handleOf(
  environment: OpenLibrary,
  pointer: Pointer,
  outputs: Outputs,
  { provider = 'cpu', keep = [], lean = false, profile }: CompileOptions,
  device: Pointer | undefined,
): SessionHandle {
  const { call } = environment.api;
  let users = 1;
  return {
    environment,
    pointer,
    provider,
    outputs: new Map(Object.entries(outputs).map(([name, { dtype, shape }]) => [name, { dtype, shape }])),
    kept: new Set(device ? keep : []),
    device,
    runSettings: lean ? { 'memory.enable_memory_arena_shrinkage': 'cpu:0' } : {},
    hold: () => void users++,
    letGo() {
      if (--users > 0) return;
      if (profile) endProfile(environment, pointer);
      call.ReleaseSession(pointer);
    },
  };
}

function endProfile({ api, allocator }: OpenLibrary, session: Pointer): void {
  const name: [Pointer | null] = [null];
  api.call.SessionEndProfiling(session, allocator, name);
  api.call.AllocatorFree(allocator, name[0]);
}
