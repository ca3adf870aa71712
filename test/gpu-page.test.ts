import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { putFigures } from '../bench/gpu/page.ts';

test('the page about GPUs says that nothing was measured, until figures take that place', () => {
  const page = readFileSync('docs/gpu.md', 'utf8');
  assert.match(page, /<!-- figures -->\n\*\*Not measured\.\*\*\n/);
  const figures = [
    { model: 'SDXL', kind: 'LoRA step', precision: 'float16', result: 0.25 },
    { model: 'SDXL', kind: 'picture', precision: 'bfloat16', result: 'failed: out | of memory' },
  ];
  const filled = putFigures(page, 'a card', figures);
  assert.match(
    filled,
    /Measured on a card .*\n\n\| model .*\n.*\n\| SDXL \| LoRA step \| float16 \| 0\.250 \|\n.*out \/ of memory \|\n/,
  );
  assert.doesNotMatch(filled, /Not measured/);
  assert.equal(putFigures(filled, 'a card', figures), filled);
  assert.equal(filled.split('<!-- end of figures -->')[1], page.split('<!-- end of figures -->')[1]);
  assert.throws(() => putFigures('nothing', 'a card', figures), /docs\/gpu\.md: expected/);
});
