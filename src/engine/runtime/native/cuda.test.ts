import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cudaSettings } from './cuda.ts';

test('the options of CUDA follow the environment, by the names of ONNX Runtime', () => {
  const plain = cudaSettings({});
  assert.deepEqual(plain, {
    device_id: '0',
    cudnn_conv_algo_search: 'HEURISTIC',
    arena_extend_strategy: 'kSameAsRequested',
    do_copy_in_default_stream: '1',
  });
  const env = { COLLIMATE_CUDA_MEMORY: '7.5', COLLIMATE_CUDA_CONVOLUTIONS: 'exhaustive' };
  assert.deepEqual(cudaSettings(env), {
    ...plain,
    gpu_mem_limit: '8053063680',
    cudnn_conv_algo_search: 'EXHAUSTIVE',
  });
  assert.equal(cudaSettings({ COLLIMATE_CUDA_MEMORY: '0.5' }).gpu_mem_limit, '536870912');
  assert.deepEqual(cudaSettings({}, { memory: 7.5, convolutions: 'exhaustive' }), cudaSettings(env));
  assert.deepEqual(cudaSettings(env, { memory: 0, convolutions: 'heuristic' }), plain, 'a configuration goes first');
});

test('what they cannot be is refused by name', () => {
  const wrong = [
    ['COLLIMATE_CUDA_MEMORY', '0'],
    ['COLLIMATE_CUDA_MEMORY', '8 GB'],
    ['COLLIMATE_CUDA_CONVOLUTIONS', 'EXHAUSTIVE'],
  ] as const;
  for (const [variable, value] of wrong)
    assert.throws(() => cudaSettings({ [variable]: value }), {
      code: 'USAGE',
      message: new RegExp(`^${variable}: expected .*, got "${value}"$`),
    });
});
