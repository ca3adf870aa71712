import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../project/config/config.ts';
import { listIgnored } from './ignored.ts';
import type { TunePatch } from './methods/method.ts';
import { patchSettings } from './mixture.ts';

const { tune } = configSchema.parse({});
const ignored = (patch: TunePatch) => listIgnored(patchSettings(tune, patch));

test('what was set and is not used is named, of the method, of other methods, and of what it depends on', () => {
  for (const method of ['reward-weighted', 'sft', 'dpo', 'ddpo', 'kto', 'nft', 'contrast', 'refl'] as const)
    assert.deepEqual(ignored({ method }), [], method);
  assert.deepEqual(ignored({ method: 'reward-weighted', weights: 'calibrated', evenPrompts: true }), []);
  assert.deepEqual(ignored({ method: 'sft', evenPrompts: true, dpo: { beta: 7 } }), ['evenPrompts', 'dpo.beta']);
  assert.deepEqual(ignored({ method: 'ddpo', weights: 'calibrated' }), ['weights']);
  assert.deepEqual(ignored({ method: 'nft', weights: 'calibrated', nft: { prompts: 3 } }), ['weights', 'nft.prompts']);
  assert.deepEqual(ignored({ method: 'nft', weights: 'calibrated', nft: { source: 'reward' } }), []);
  assert.deepEqual(ignored({ method: 'nft', nft: { source: 'rounds', prompts: 3 } }), []);
  assert.deepEqual(ignored({ method: 'dpo', dpo: { capMargin: 0.5 }, minSnrGamma: 5 }), ['dpo.capMargin']);
  assert.deepEqual(ignored({ method: 'dpo', beta: 0, minSnrGamma: 5 }), ['minSnrGamma']);
  assert.deepEqual(ignored({ method: 'dpo', dpo: { capLoser: true, capMargin: 0.5 }, loraAlpha: 8 }), ['loraAlpha']);
  assert.deepEqual(ignored({ method: 'contrast', loraRank: 2, loraAlpha: 8, doubt: 2 }), ['doubt']);
});
