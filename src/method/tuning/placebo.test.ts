import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METHOD_NAMES } from '../../project/config/tune-methods.ts';
import type { SelectSource } from './methods/method.ts';
import { readPlacebo } from './placebo.ts';
import { testTuneSettings } from './testing.ts';

test('pairs alone are a placebo of methods that weigh likelihoods: to others a weight of 0 is a bad image', async () => {
  for (const method of METHOD_NAMES) {
    const settings = testTuneSettings({ method, sampling: 'uniform', beta: 1, pretrainShare: 0.5 });
    const asked = readPlacebo('pairs alone', {
      settings,
      candidates: [],
      reading: new Map(),
    } as unknown as SelectSource);
    if (method === 'reward-weighted' || method === 'sft') assert.equal((await asked).size, 0);
    else await assert.rejects(asked, { code: 'CONFIG', message: new RegExp(`tune.method: ${method}`) });
  }
});
