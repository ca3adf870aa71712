import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseParameters } from './parameters.ts';

test('what others wrote is read: unknown settings, none, broken quotes', () => {
  const written =
    'masterpiece, (dog:1.2) <lora:x:0.8>\nNegative prompt: EasyNegative\nSteps: 28, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, Lora hashes: "x: 1a2b, y: 3c", Version: v1.6.0';
  const { prompt, negativePrompt, settings } = parseParameters(written);
  assert.deepEqual([prompt, negativePrompt], ['masterpiece, (dog:1.2) <lora:x:0.8>', 'EasyNegative']);
  assert.deepEqual(
    [settings['Lora hashes'], settings.Version, settings.Sampler],
    ['x: 1a2b, y: 3c', 'v1.6.0', 'DPM++ 2M Karras'],
  );
  assert.deepEqual(parseParameters('ratio 3:2, a dog'), {
    prompt: 'ratio 3:2, a dog',
    negativePrompt: '',
    settings: {},
  });
  assert.equal(parseParameters('a\nSteps: 1, Seed: 2, Model: "x, y: \\').settings.Model, '"x');
  assert.deepEqual(parseParameters(''), { prompt: '', negativePrompt: '', settings: {} });
});

test('JSON is what its fields say, and no prompt as it stands', () => {
  const swarm = {
    sui_image_params: { prompt: 'a bee', negativeprompt: 'blurry', seed: 7, steps: 20 },
    sui_extra_data: {},
  };
  const settings = { Steps: '20', Seed: '7' };
  assert.deepEqual(parseParameters(JSON.stringify(swarm, null, 2)), {
    prompt: 'a bee',
    negativePrompt: 'blurry',
    settings,
  });
  const fooocus = parseParameters(
    '{"prompt": "a fox", "full_prompt": ["a fox", "cinematic"], "steps": 30, "seed": "5"}',
  );
  assert.deepEqual(fooocus, { prompt: 'a fox', negativePrompt: '', settings: { Steps: '30', Seed: '5' } });
  assert.equal(parseParameters('{"version": 3}').prompt, '');
  assert.equal(parseParameters('{red|blue} dog').prompt, '{red|blue} dog');
});

test('settings begin at the line of the steps, whatever stands in the prompt or behind them', () => {
  const text =
    'a red wall\nSteps: 20, Sampler: Euler a, Seed: 1\nTemplate: a {red|blue} wall, ratio: 3\nand more\nNegative Template: blurry';
  assert.deepEqual(parseParameters(text), {
    prompt: 'a red wall',
    negativePrompt: '',
    settings: {
      Steps: '20',
      Sampler: 'Euler a',
      Seed: '1',
      Template: 'a {red|blue} wall, ratio: 3\nand more',
      'Negative Template': 'blurry',
    },
  });
  for (const prompt of ['portrait, ratio: 3, scale: 4, theme: dark', 'Steps: walk up the stairs'])
    assert.deepEqual(parseParameters(prompt), { prompt, negativePrompt: '', settings: {} });
});
