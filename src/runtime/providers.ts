// Execution providers: which there are, and which this installation can run. No provider falls back to another in silence.

import { listSupportedBackends } from 'onnxruntime-node';
import { CollimateError } from '../util/errors.ts';

export const PROVIDERS = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type Provider = (typeof PROVIDERS)[number];

const HINTS: Record<Provider, string> = {
  cpu: 'Install onnxruntime-node again.',
  webgpu: 'Use a platform on which onnxruntime-node bundles WebGPU, or --device cpu.',
  cuda: 'On Linux with an NVIDIA GPU run `npm run setup:cuda` once, or use --device webgpu or --device cpu.',
  coreml: 'CoreML exists on macOS only; use --device cpu or --device webgpu.',
  dml: 'DirectML exists on Windows only; use --device cpu or --device webgpu.',
};

/** The providers that this installation was built with. */
export function listProviders(): Provider[] {
  const bundled = new Set(listSupportedBackends().map(({ name }) => name));
  return PROVIDERS.filter((provider) => bundled.has(provider));
}

/** @throws CollimateError PROVIDER where the provider cannot run here. */
export function checkProvider(provider: Provider): void {
  if (listProviders().includes(provider)) return;
  throw new CollimateError(
    'PROVIDER',
    `device ${provider}: not available here; this installation has ${listProviders().join(', ')}`,
    HINTS[provider],
  );
}
