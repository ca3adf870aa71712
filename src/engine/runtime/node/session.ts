// Sessions of onnxruntime-node: how they are made, and how long they must live. `run` blocks the thread while it computes, and
// every output is a copy in new memory.

import * as ort from 'onnxruntime-node';
import { CollimateError } from '../../../util/errors.ts';
import { input } from '../../graph/tensor.ts';
import { toBytes } from '../../onnx/model.ts';
import type { Outputs } from '../../onnx/outputs.ts';
import { type Provider, providerError } from '../providers.ts';
import type {
  Binding,
  CompileOptions,
  DeviceTensor,
  Held,
  HostData,
  RuntimeSession,
  RuntimeTensor,
} from '../runtime.ts';
import { configEntries } from '../session-options.ts';
import { threadsOf } from '../threads.ts';

// What goes wrong is thrown as well; the log would be a second, unformatted account of it on stderr.
ort.env.logLevel = 'fatal';

/** Sessions that must not be collected: values on their device are freed through them. */
const held = new Set<NodeSession>();

/** A session that is released only after the last value that it left on a device: freeing one later ends the process. */
class NodeSession implements RuntimeSession {
  readonly provider: Provider;
  readonly #session: ort.InferenceSession;
  #valuesOnDevice = 0;
  #isClosed = false;

  constructor(session: ort.InferenceSession, provider: Provider) {
    this.#session = session;
    this.provider = provider;
    if (provider !== 'cpu') held.add(this);
  }

  bind({ inputs, outputs }: Held): Binding {
    const fixed = toTensors(inputs);
    return {
      run: async (feeds) => {
        const results = await this.#session.run({ ...fixed, ...toTensors(feeds) });
        for (const [name, array] of Object.entries(outputs))
          (array as Float32Array).set(hostData(results[name]!) as Float32Array);
        const free = Object.entries(results).filter(([name]) => !(name in outputs));
        return Object.fromEntries(free.map(([name, tensor]) => [name, this.#toResult(tensor)]));
      },
      release: () => {},
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#releaseIfUnused();
  }

  #toResult(tensor: ort.Tensor): RuntimeTensor {
    if (tensor.location !== 'cpu') {
      this.#valuesOnDevice++;
      return new NodeTensor(tensor, this.provider, () => this.#free(tensor));
    }
    return { location: 'cpu', dtype: tensor.type as 'float32', shape: tensor.dims, data: hostData(tensor) };
  }

  async #free(tensor: ort.Tensor): Promise<void> {
    tensor.dispose();
    this.#valuesOnDevice--;
    if (this.#isClosed) await this.#releaseIfUnused();
  }

  async #releaseIfUnused(): Promise<void> {
    if (this.#valuesOnDevice > 0) return;
    held.delete(this);
    await this.#session.release();
  }
}

class NodeTensor implements DeviceTensor {
  readonly location = 'device';
  readonly tensor: ort.Tensor;
  readonly provider: Provider;
  readonly #free: () => Promise<void>;

  constructor(tensor: ort.Tensor, provider: Provider, free: () => Promise<void>) {
    this.tensor = tensor;
    this.provider = provider;
    this.#free = free;
  }

  free(): void {
    void this.#free();
  }
}

function toTensors(tensors: Readonly<Record<string, RuntimeTensor>>): Record<string, ort.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, toTensor(name, tensor)]));
}

/** @throws CollimateError SHAPE for bfloat16, of which onnxruntime-node knows nothing. */
function toTensor(name: string, tensor: RuntimeTensor): ort.Tensor {
  if (tensor.location === 'device') return (tensor as NodeTensor).tensor;
  if (tensor.dtype !== 'bfloat16') {
    const made = new ort.Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, tensor.shape);
    return tensor.dtype === 'float16' ? asBits(made) : made;
  }
  throw new CollimateError(
    'SHAPE',
    `run: input ${name} is bfloat16, which can be stored but not fed through onnxruntime-node`,
    'Widen it first.',
  );
}

/** Where the engine has Float16Array, the library makes one of float16, and its binding reads nothing out of that. */
function asBits(tensor: ort.Tensor): ort.Tensor {
  Object.assign(tensor, { cpuData: hostData(tensor) });
  return tensor;
}

function hostData({ data }: ort.Tensor): HostData {
  // float16 where the engine has Float16Array
  if (ArrayBuffer.isView(data) && data.constructor.name === 'Float16Array') {
    const { buffer, byteOffset, length } = data as unknown as Uint16Array;
    return new Uint16Array(buffer, byteOffset, length);
  }
  return data as HostData;
}

/** @throws CollimateError PROVIDER where this machine lacks the provider or the provider a kernel; nothing falls back to the CPU. */
export async function createNodeSession(
  model: Uint8Array,
  outputs: Outputs,
  options: CompileOptions,
): Promise<RuntimeSession> {
  const provider = options.provider ?? 'cpu';
  try {
    if (provider === 'webgpu') await holdWebgpu();
    return new NodeSession(await ort.InferenceSession.create(model, sessionOptions(outputs, options)), provider);
  } catch (error) {
    throw provider === 'cpu' ? error : providerError(provider, (error as Error).message, { cause: error });
  }
}

let webgpuAnchor: Promise<ort.InferenceSession> | undefined;

/** ONNX Runtime gives the GPU up with its last session: this one keeps the device and compiled shaders alive. */
async function holdWebgpu(): Promise<void> {
  const anchor = { y: input('x', [1]) };
  const bytes = toBytes(anchor, 'webgpu');
  webgpuAnchor ??= ort.InferenceSession.create(bytes, sessionOptions(anchor, { provider: 'webgpu' }));
  await webgpuAnchor;
}

function sessionOptions(outputs: Outputs, options: CompileOptions): ort.InferenceSession.SessionOptions {
  const { provider = 'cpu', threads = 0, keep = [], profile } = options;
  return {
    executionProviders: [provider],
    intraOpNumThreads: threadsOf(threads),
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    // The pattern reserves one block in which lifetimes of equal tensors do not share well: two thirds more memory, no faster.
    enableMemPattern: false,
    ...(provider === 'webgpu' && {
      preferredOutputLocation: Object.fromEntries(
        Object.keys(outputs).map((name) => [name, keep.includes(name) ? 'gpu-buffer' : 'cpu'] as const),
      ),
    }),
    ...(profile && { enableProfiling: true, profileFilePrefix: profile }),
    extra: nest(configEntries(outputs, options)),
  };
}

/** `{ 'session.x': '1' }` as `{ session: { x: '1' } }`. */
function nest(entries: Readonly<Record<string, string>>): Record<string, Record<string, string>> {
  const nested: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(entries)) {
    const [area, name] = key.split(/\.(.*)/s) as [string, string];
    nested[area] = { ...nested[area], [name]: value };
  }
  return nested;
}
