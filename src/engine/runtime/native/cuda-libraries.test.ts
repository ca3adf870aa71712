import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { cudaPlaces, findCudaLibraries } from './cuda-libraries.ts';

test('libraries are found in the folders of wheels, and what is missing is named with what brings it', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'collimate-cuda-'));
  t.after(() => rmSync(root, { recursive: true }));
  const files = [
    'lib/python3.9/site-packages/nvidia/cudnn/lib/libcudnn.so.9',
    'lib/python3.12/site-packages/nvidia/cudnn/lib/libcudnn.so.9',
    'lib/python3.12/site-packages/nvidia/cublas/lib/libcublas.so.12',
    'lib/python3.12/site-packages/onnxruntime/capi/libonnxruntime_providers_cuda.so',
  ];
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  const places = cudaPlaces({ VIRTUAL_ENV: root }, join(root, 'home')).filter((place) => place.startsWith(root));
  const found = findCudaLibraries(places, 'linux');
  const paths = Object.fromEntries(found.map(({ file, path }) => [file, path]));
  assert.equal(paths['libcudnn.so.9'], join(root, files[1]!)); // of the newest Python
  assert.equal(paths['libcublas.so.12'], join(root, files[2]!));
  assert.equal(paths['libonnxruntime_providers_cuda.so'], join(root, files[3]!));
  const missing = found.filter(({ path }) => path === undefined);
  assert.deepEqual(
    missing.map(({ file }) => file),
    [
      'libcuda.so.1',
      'libcudart.so.12',
      'libcublasLt.so.12',
      'libcurand.so.10',
      'libcufft.so.11',
      'libonnxruntime_providers_shared.so',
    ],
  );
  assert.match(missing[0]!.from, /driver/);
  assert.deepEqual(findCudaLibraries(places, 'darwin'), []);
});
