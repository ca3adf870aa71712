// Sessions of ONNX Runtime: how they are made, and how long they must live.

import * as ort from 'onnxruntime-node';
import { input } from '../graph/tensor.ts';
import { type Outputs, toBytes } from '../onnx/model.ts';
import { storedRoot } from '../onnx/stored.ts';
import { type Provider, providerError } from './providers.ts';

// What goes wrong is thrown as well; the log would be a second, unformatted account of it on stderr.
ort.env.logLevel = 'fatal';

export interface CompileOptions {
  readonly provider?: Provider;
  /** Threads of one run; 0 takes one a core. */
  readonly threads?: number;
  /** Outputs that stay on the device of the provider: the parameters of a training step. */
  readonly keep?: readonly string[];
  /** Widen stored halves each time they are used, not once: less memory, for graphs that use a weight in more than one form. */
  readonly keepStored?: boolean;
  /** Write a profile of each node to a file with this prefix. */
  readonly profile?: string;
}

/** Sessions that must not be collected: values on their device are freed through them. */
const held = new Set<RuntimeSession>();

/** A session that is released only after the last value that it left on a device: freeing one later ends the process. */
export class RuntimeSession {
  readonly provider: Provider;
  readonly #session: ort.InferenceSession;
  #valuesOnDevice = 0;
  #isClosed = false;

  constructor(session: ort.InferenceSession, provider: Provider) {
    this.#session = session;
    this.provider = provider;
    if (provider !== 'cpu') held.add(this);
  }

  async run(feeds: Record<string, ort.Tensor>): Promise<Record<string, ort.Tensor>> {
    const results = { ...(await this.#session.run(feeds)) };
    for (const { location } of Object.values(results)) if (location !== 'cpu') this.#valuesOnDevice++;
    return results;
  }

  /** Frees a tensor that `run` left on the device. */
  async free(tensor: ort.Tensor): Promise<void> {
    tensor.dispose();
    this.#valuesOnDevice--;
    if (this.#isClosed) await this.#releaseIfUnused();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#releaseIfUnused();
  }

  async #releaseIfUnused(): Promise<void> {
    if (this.#valuesOnDevice > 0) return;
    held.delete(this);
    await this.#session.release();
  }
}

/** @throws CollimateError PROVIDER where this machine lacks the provider or the provider a kernel; nothing falls back to the CPU. */
export async function createSession(outputs: Outputs, options: CompileOptions): Promise<RuntimeSession> {
  const provider = options.provider ?? 'cpu';
  const bytes = toBytes(outputs, provider === 'webgpu' ? 'webgpu' : 'full');
  try {
    if (provider === 'webgpu') await holdWebgpu();
    const made = await ort.InferenceSession.create(bytes, sessionOptions(provider, options, outputs));
    return new RuntimeSession(made, provider);
  } catch (error) {
    throw provider === 'cpu' ? error : providerError(provider, (error as Error).message, { cause: error });
  }
}

let webgpuAnchor: Promise<ort.InferenceSession> | undefined;

/** ONNX Runtime gives the GPU up with its last session: this one keeps the device and compiled shaders alive. */
async function holdWebgpu(): Promise<void> {
  const anchor = { y: input('x', [1]) };
  const bytes = toBytes(anchor, 'webgpu');
  webgpuAnchor ??= ort.InferenceSession.create(bytes, sessionOptions('webgpu', {}, anchor));
  await webgpuAnchor;
}

/**
 * Optimizers of ONNX Runtime that would undo gradient checkpointing. The first merges what is computed again with the first
 * computation. The second replaces the last reshapes of parameter gradients by new nodes, and as ONNX Runtime runs the inputs
 * of a node newest first, all gradients but the last would wait for the end, together with what they are computed from.
 */
const DISABLED_OPTIMIZERS = ['CommonSubexpressionElimination', 'ReshapeFusion'];

/**
 * Writes kernels of convolutions in blocks of channels. For the U-Net of Stable Diffusion that takes half a minute and 1.8 GiB
 * for 7 % less time a run, so models large enough to stay in their files go without.
 */
const BLOCKED_KERNELS = 'NchwcTransformer';

function sessionOptions(
  provider: Provider,
  { threads = 0, keep = [], keepStored = false, profile }: CompileOptions,
  outputs: Outputs,
): ort.InferenceSession.SessionOptions {
  const root = storedRoot(outputs);
  const asStored = root !== undefined && keepStored && provider === 'cpu';
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
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
    extra: {
      optimization: {
        disable_specified_optimizers: [
          ...DISABLED_OPTIMIZERS,
          ...(root ? [BLOCKED_KERNELS] : []),
          ...(asStored ? ['ConstantFolding'] : []),
        ].join(';'),
      },
      session: {
        ...(asStored && { disable_prepacking: '1' }),
        ...(root && { model_external_initializers_file_folder_path: root }),
        // A node without a kernel on the provider is an error, not a silent detour over the CPU.
        ...(provider !== 'cpu' && { disable_cpu_ep_fallback: '1' }),
      },
    },
  };
}
