import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDrawn, formatParameters, parseParameters } from './parameters.ts';

const DRAWN = {
  prompt: 'a dog, oil painting',
  negativePrompt: '',
  seed: 7,
  sampler: 'dpm-solver',
  steps: 20,
  guidanceScale: 7.5,
  width: 512,
  height: 768,
  modelHash: 'abcdef0123456789',
  modelName: 'dogs, tuned: "best"',
} as const;

test('a picture is described as web UIs do, and the description is read back', () => {
  const last =
    'Steps: 20, Sampler: DPM++ 2M, CFG scale: 7.5, Seed: 7, Size: 512x768, Model hash: abcdef0123, Model: "dogs, tuned: \\"best\\""';
  assert.equal(describeDrawn(DRAWN), `a dog, oil painting\n${last}`);
  const text = describeDrawn({ ...DRAWN, prompt: 'two\nlines: and, more', negativePrompt: 'blurry,\nbad' });
  assert.equal(text, `two\nlines: and, more\nNegative prompt: blurry,\nbad\n${last}`);
  const parsed = parseParameters(text);
  assert.deepEqual([parsed.prompt, parsed.negativePrompt], ['two\nlines: and, more', 'blurry,\nbad']);
  assert.deepEqual([parsed.settings.Model, parsed.settings.Size], ['dogs, tuned: "best"', '512x768']);
  assert.equal(formatParameters(parsed), text);
});

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
