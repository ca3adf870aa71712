// Networks that others have made, as ONNX files: run as they are, with whatever inputs and outputs they name.

import { accessSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { CollimateError } from '../../../util/errors.ts';
import { externalFiles } from '../../onnx/external.ts';
import { checkProvider, type Provider, providerError } from '../providers.ts';
import { threadsOf } from '../threads.ts';

/** An array with its shape, of a type that networks take and give. */
export interface FileTensor {
  readonly data: Float32Array | Uint8Array | Int32Array | BigInt64Array;
  readonly shape: readonly number[];
}

export interface ModelFile {
  /** Its file, and those beside it in which weights of its lie. */
  readonly files: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** @throws CollimateError SHAPE where the network does not take what it is fed. */
  run(feeds: Readonly<Record<string, FileTensor>>): Promise<Record<string, FileTensor>>;
  dispose(): Promise<void>;
}

/**
 * Opens an ONNX file, and the files beside it that have its weights where it has not.
 *
 * @throws CollimateError WEIGHTS where it is none or cannot be read, PROVIDER where this machine lacks the provider.
 */
export async function openModelFile(
  path: string,
  { provider = 'cpu', threads = 0 }: { provider?: Provider; threads?: number } = {},
): Promise<ModelFile> {
  checkProvider(provider);
  const files = [path, ...findExternal(path)];
  const session = await createFrom(path, provider, threads);
  return {
    files,
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds) {
      const tensors = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toTensor(value)]));
      const results = await session.run(tensors).catch((error: Error) => {
        throw new CollimateError(
          'SHAPE',
          `${path}: the network does not take what it was fed (${error.message})`,
          'Check name, size, layout and type of the input in its config.',
          { cause: error },
        );
      });
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [
          name,
          { data: data as FileTensor['data'], shape: dims },
        ]),
      );
    },
    dispose: () => session.release(),
  };
}

/** @throws CollimateError WEIGHTS where one is missing. */
function findExternal(path: string): string[] {
  if (!existsSync(path)) return [];
  const names = externalFiles(readFileSync(path));
  const missing = names.filter((name) => !existsSync(join(dirname(path), name)));
  if (missing.length === 0) return names.map((name) => join(dirname(path), name));
  throw new CollimateError(
    'WEIGHTS',
    `${path}: its weights lie in ${missing.join(', ')} beside it, which is not there`,
    `Put it into the same folder, under that name: an ONNX file with weights of its own beside it comes as ${names.length + 1} files (${[basename(path), ...names].join(', ')}).`,
  );
}

async function createFrom(path: string, provider: Provider, threads: number): Promise<ort.InferenceSession> {
  const options = {
    executionProviders: [provider],
    intraOpNumThreads: threadsOf(threads),
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  } as const;
  try {
    accessSync(path);
    // By its path, so that weights in files beside it are found.
    return await ort.InferenceSession.create(path, options);
  } catch (error) {
    if (provider !== 'cpu') throw providerError(provider, (error as Error).message, { cause: error });
    throw new CollimateError(
      'WEIGHTS',
      `${path}: expected a network as an ONNX file, which this is not (${(error as Error).message})`,
      'Export the network to ONNX, and name the file in its config.',
      { cause: error },
    );
  }
}

function toTensor({ data, shape }: FileTensor): ort.Tensor {
  if (data instanceof Uint8Array) return new ort.Tensor('uint8', data, shape);
  if (data instanceof Int32Array) return new ort.Tensor('int32', data, shape);
  if (data instanceof BigInt64Array) return new ort.Tensor('int64', data, shape);
  return new ort.Tensor('float32', data, shape);
}
