// The provider of a configuration's `device`: the one that is named, or for `auto` the first that runs a program here.

import { add } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { chooseCuda } from '../../engine/runtime/native/cuda.ts';
import { compile } from '../../engine/runtime/program.ts';
import { listProviders, type Provider } from '../../engine/runtime/providers.ts';

/** How programs are run: what every opener here takes. */
export interface EngineOptions {
  readonly provider?: Provider;
  /** Threads of one operation; 0 takes one a core. */
  readonly threads?: number;
}

/** What a configuration says of where programs run: a provider or `auto`, and threads of one operation. */
export interface DeviceSettings {
  readonly device: Provider | 'auto';
  readonly threads: number;
  readonly cudaMemory?: number;
  readonly cudaConvolutions?: string;
}

const BEST_FIRST: readonly Provider[] = ['cuda', 'coreml', 'dml', 'webgpu'];

/** The engine options of a configuration; `note` is told what `auto` has chosen. */
export async function chooseEngine(
  config: DeviceSettings,
  note: (text: string) => void = () => {},
): Promise<{ provider: Provider; threads: number }> {
  const { device, threads, cudaMemory: memory = 0, cudaConvolutions: convolutions } = config;
  if (convolutions !== undefined) chooseCuda({ memory, convolutions });
  if (device !== 'auto') return { provider: device, threads };
  const there = listProviders();
  for (const provider of BEST_FIRST.filter((name) => there.includes(name))) {
    if (!(await works(provider))) continue;
    note(`device auto: ${provider}`);
    return { provider, threads };
  }
  note('device auto: cpu');
  return { provider: 'cpu', threads };
}

async function works(provider: Provider): Promise<boolean> {
  try {
    const program = await compile({ y: add(input('x', [1]), 1) }, { provider });
    await program.run({ x: Float32Array.of(1) });
    await program.dispose();
    return true;
  } catch {
    return false;
  }
}
