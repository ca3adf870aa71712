// The libraries that CUDA needs, and where users have them: beside ONNX Runtime's own, in the folders of PyPI's wheels, on the
// system. Found by file name, so that what is missing can be named; nothing is loaded here.

import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findLibrary } from './library.ts';

/** A library file, and who brings it. */
export interface CudaLibrary {
  readonly file: string;
  /** What to install for it. */
  readonly from: string;
  /** Where it was found. */
  readonly path: string | undefined;
}

/** In the order in which they must be loaded: each after those that it needs. */
const NEEDED: Readonly<Record<'linux' | 'win32', readonly (readonly [file: string, from: string])[]>> = {
  linux: [
    ['libcuda.so.1', 'the NVIDIA driver'],
    ['libcudart.so.12', 'CUDA 12 (PyPI: nvidia-cuda-runtime-cu12)'],
    ['libcublasLt.so.12', 'CUDA 12 (PyPI: nvidia-cublas-cu12)'],
    ['libcublas.so.12', 'CUDA 12 (PyPI: nvidia-cublas-cu12)'],
    ['libcurand.so.10', 'CUDA 12 (PyPI: nvidia-curand-cu12)'],
    ['libcufft.so.11', 'CUDA 12 (PyPI: nvidia-cufft-cu12)'],
    ['libcudnn.so.9', 'cuDNN 9 (PyPI: nvidia-cudnn-cu12)'],
    ['libonnxruntime_providers_shared.so', '`npm run setup:cuda` (PyPI: onnxruntime-gpu of the same version)'],
    ['libonnxruntime_providers_cuda.so', '`npm run setup:cuda` (PyPI: onnxruntime-gpu of the same version)'],
  ],
  win32: [
    ['nvcuda.dll', 'the NVIDIA driver'],
    ['cudart64_12.dll', 'CUDA 12'],
    ['cublasLt64_12.dll', 'CUDA 12'],
    ['cublas64_12.dll', 'CUDA 12'],
    ['curand64_10.dll', 'CUDA 12'],
    ['cufft64_11.dll', 'CUDA 12'],
    ['cudnn64_9.dll', 'cuDNN 9'],
    ['onnxruntime_providers_shared.dll', '`npm run setup:cuda`'],
    ['onnxruntime_providers_cuda.dll', '`npm run setup:cuda`'],
  ],
};

/** Where to look, first place first. */
export function cudaPlaces(env: NodeJS.ProcessEnv = process.env, home = homedir()): string[] {
  const onPath = (env.LD_LIBRARY_PATH ?? '').split(delimiter).filter(Boolean);
  const roots = [env.VIRTUAL_ENV, env.CONDA_PREFIX, join(home, '.local'), '/usr/local', '/usr'];
  const packages = roots.flatMap((root) => (root ? sitePackages(root) : []));
  const toolkit = [env.CUDA_PATH, env.CUDA_HOME, '/usr/local/cuda'].flatMap((root) =>
    root ? [join(root, 'lib64'), join(root, 'bin')] : [],
  );
  const system = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib/wsl/lib'];
  return [
    dirname(findLibrary()),
    ...onPath,
    ...packages.flatMap(wheelFolders),
    ...toolkit,
    ...system,
    '/usr/local/nvidia/lib64',
  ];
}

/** `lib/python3.*` `/site-packages` and Debian's `dist-packages` below a root, newest first. */
function sitePackages(root: string): string[] {
  const lib = join(root, 'lib');
  const pythons = list(lib).filter((name) => /^python3/.test(name));
  return pythons
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .flatMap((python) => ['site-packages', 'dist-packages'].map((name) => join(lib, python, name)))
    .filter((path) => existsSync(path));
}

/** Where wheels put libraries: `nvidia/(part)/lib`, and `onnxruntime/capi`. */
function wheelFolders(packages: string): string[] {
  const nvidia = join(packages, 'nvidia');
  return [...list(nvidia).map((part) => join(nvidia, part, 'lib')), join(packages, 'onnxruntime', 'capi')];
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The libraries of a platform, each with where it was found; none where CUDA does not exist. */
export function findCudaLibraries(places = cudaPlaces(), platform: string = process.platform): CudaLibrary[] {
  const needed = platform === 'linux' || platform === 'win32' ? NEEDED[platform] : [];
  return needed.map(([file, from]) => ({
    file,
    from,
    path: places.map((place) => join(place, file)).find((path) => existsSync(path)),
  }));
}
