import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';

const ICD = process.env.VK_ICD_FILENAMES ?? '/usr/lib/chromium/vk_swiftshader_icd.json';
const skip = existsSync(ICD) ? false : `no Vulkan driver at ${ICD}; Debian's chromium package has SwiftShader`;

suite('WebGPU', { skip }, () => {
  const libraries = [dirname(ICD), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const main = join(import.meta.dirname, 'testing', 'webgpu-main.ts');
  const env = { ...process.env, VK_ICD_FILENAMES: ICD, LD_LIBRARY_PATH: libraries };
  const child = skip ? undefined : spawnSync(process.execPath, ['--import', 'tsx', main], { env, encoding: 'utf8' });

  for (const line of child?.stdout.split('\n').filter(Boolean) ?? []) {
    const { name, error } = JSON.parse(line) as { name: string; error?: string };
    test(name, () => assert.equal(error, undefined));
  }

  test('the process ends by itself, in silence', () => {
    assert.deepEqual({ status: child?.status, stderr: child?.stderr }, { status: 0, stderr: '' });
  });
});
