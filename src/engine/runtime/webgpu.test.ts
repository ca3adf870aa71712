import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { suite, test } from 'node:test';
import { programArgs } from '../../util/testing.ts';

const ICD = process.env.VK_ICD_FILENAMES ?? '/usr/lib/chromium/vk_swiftshader_icd.json';
const skip = existsSync(ICD) ? false : `no Vulkan driver at ${ICD}; Debian's chromium package has SwiftShader`;

interface Check {
  readonly name: string;
  readonly error?: string;
}

function runChecks(environment: NodeJS.ProcessEnv, ...args: string[]) {
  const main = programArgs('./testing/webgpu-main', import.meta.url);
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...main, ...args], {
    env,
    encoding: 'utf8',
  });
  const checks = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Check);
  return { status, stderr, checks };
}

suite('WebGPU', { skip }, () => {
  const libraries = [dirname(ICD), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const { checks, ...end } = skip ? { checks: [] } : runChecks({ VK_ICD_FILENAMES: ICD, LD_LIBRARY_PATH: libraries });
  for (const { name, error } of checks) test(name, () => assert.equal(error, undefined));
  test('the process ends by itself, in silence', () => assert.deepEqual(end, { status: 0, stderr: '' }));
});

test('without a driver WebGPU fails clearly', {
  skip: process.platform !== 'linux' && 'finds drivers otherwise',
}, () => {
  const { status, checks } = runChecks({ VK_ICD_FILENAMES: '/nowhere.json' }, 'probe');
  assert.equal(status, 0);
  assert.match(checks[0]!.error!, /^CollimateError: device webgpu: not available here: /);
});
