import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mul } from '../graph/functions.ts';
import { input } from '../graph/tensor.ts';
import { compile } from './program.ts';
import { checkProvider, listProviders, PROVIDERS } from './providers.ts';

const outputs = { y: mul(input('x', [2]), 2) };

test('the CPU is always there', () => {
  assert.ok(listProviders().includes('cpu'));
  checkProvider('cpu');
});

for (const provider of PROVIDERS) {
  const skip = listProviders().includes(provider) && `${provider} is part of this installation`;
  test(`${provider} fails clearly where it is not installed`, { skip }, async () => {
    await assert.rejects(compile(outputs, { provider }), (error: Error & { code: string; hint: string }) => {
      assert.equal(error.code, 'PROVIDER');
      assert.match(error.message, new RegExp(`^device ${provider}: not available here: this installation has cpu`));
      assert.match(error.hint, /--device cpu/);
      return true;
    });
  });
}
