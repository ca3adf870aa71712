import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSize } from './size.ts';

const latent = { own: { width: 16, height: 16 }, step: 4, most: 40, channels: 4, reduction: 2 };

test('sizes are multiples that a model can divide, its own among them', () => {
  assert.equal(chooseSize({ latent }, {}), undefined);
  assert.equal(chooseSize({ latent }, { width: 16 }), undefined);
  assert.deepEqual(chooseSize({ latent }, { width: 24 }), { width: 24, height: 16 });
  assert.throws(() => chooseSize({ latent }, { width: 17 }), {
    code: 'CONFIG',
    message: /generate\.width: expected a multiple of 4, .* got 17$/,
    hint: "Set it to 16 or 20, or to 0 for the model's own 16.",
  });
  assert.throws(() => chooseSize({ latent }, { height: 44 }), { message: /at most 40/ });
  const odd = { latent: { ...latent, own: { width: 18, height: 18 } } };
  assert.throws(() => chooseSize(odd, {}), {
    code: 'CONFIG',
    message: /got 18, the size in the model's config$/,
    hint: 'Set it to 16 or 20.',
  });
  assert.deepEqual(chooseSize(odd, { width: 16, height: 20 }), { width: 16, height: 20 });
});
