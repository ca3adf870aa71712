import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatParameters, parseParameters } from '../../pictures/parameters.ts';
import { describeDrawn } from './parameters.ts';

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
