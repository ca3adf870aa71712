// Execution providers: which there are, and which this installation can run. No provider falls back to another in silence.

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import { CollimateError } from '../../util/errors.ts';
import { findCudaLibraries } from './native/cuda-libraries.ts';

export const PROVIDERS = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type Provider = (typeof PROVIDERS)[number];

const HINTS: Record<Provider, string> = {
  cpu: 'Install onnxruntime-node again.',
  webgpu: 'Install a driver for Vulkan, Metal or Direct3D 12 for this GPU, or use --device cpu.',
  cuda: 'On Linux with an NVIDIA GPU, CUDA 12 and cuDNN 9 run `npm run setup:cuda` in a clone, `node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install` elsewhere, once, or use --device webgpu or --device cpu.',
  coreml: 'CoreML exists on macOS only; use --device webgpu or --device cpu.',
  dml: 'DirectML exists on Windows only; use --device webgpu or --device cpu.',
};

/** The providers that are part of this installation; whether the machine has the device shows when a program is compiled. */
export function listProviders(): Provider[] {
  const known = new Set(listSupportedBackends().map(({ name }) => name));
  return PROVIDERS.filter((provider) => known.has(provider) && (provider !== 'cuda' || isCudaInstalled()));
}

/** ONNX Runtime names CUDA among its backends also where the libraries, a separate download, are missing. */
function isCudaInstalled(): boolean {
  const root = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', 'bin');
  return readdirSync(root).some((napi) => {
    const dir = join(root, napi, process.platform, process.arch);
    return existsSync(dir) && readdirSync(dir).some((file) => file.includes('onnxruntime_providers_cuda'));
  });
}

/** @throws CollimateError PROVIDER where the provider is not part of this installation. */
export function checkProvider(provider: Provider): void {
  const there = listProviders();
  if (there.includes(provider)) return;
  throw providerError(provider, `this installation has ${there.join(', ')}${missingFor(provider)}`);
}

/** The libraries of CUDA that were found nowhere, by their files; nothing for other providers. */
export function missingFor(provider: Provider): string {
  if (provider !== 'cuda') return '';
  const missing = findCudaLibraries().filter(({ path }) => path === undefined);
  return missing.length === 0 ? '' : `; missing are ${missing.map(({ file, from }) => `${file} (${from})`).join(', ')}`;
}

export function providerError(provider: Provider, reason: string, options?: ErrorOptions): CollimateError {
  return new CollimateError('PROVIDER', `device ${provider}: not available here: ${reason}`, HINTS[provider], options);
}
