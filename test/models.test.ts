// The models that ship with the package: small enough, of one size with each other, and judges that see what renders show.

import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lookAtRenders } from '../bench/judge-renders.ts';
import { openPipeline } from '../src/index.ts';
import { resolveClip, resolveModel } from '../src/models/inference/embedded.ts';
import { countsOf } from '../src/project/prompts/grammar.ts';
import { random } from '../src/util/random.ts';
import { JUDGE_HEADS } from '../src/world/judge/classes.ts';
import { EVALUATING_JUDGE, JUDGE, LOOKING_JUDGE } from '../src/world/judge/designs.ts';
import { openJudge } from '../src/world/judge/judge.ts';
import { crowd, drawScene } from '../src/world/scenes/render.ts';
import { sampleAnyScene } from '../src/world/scenes/scene.ts';

const MODELS = fileURLToPath(new URL('../models', import.meta.url));

test('the shipped models take at most 20 MB', () => {
  const files = readdirSync(MODELS, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.work'));
  const bytes = files.map((name) => statSync(join(MODELS, name))).reduce((n, s) => n + (s.isFile() ? s.size : 0), 0);
  assert.ok(bytes > 1e6 && bytes <= 20e6, `${bytes} bytes`);
});

test('the shipped pipeline draws pictures of the world from latents of 4×16×16', () => {
  const { latent, conditions } = openPipeline(join(MODELS, 'sd'));
  assert.deepEqual(latent, { channels: 4, reduction: 2, own: { width: 32, height: 32 }, step: latent.step });
  assert.deepEqual(Object.keys(conditions), ['context']);
});

test('the shipped pipeline of the second world draws from latents of 4×24×24', () => {
  const { latent } = openPipeline(resolveModel('embedded-2'));
  assert.deepEqual(latent, { channels: 4, reduction: 2, own: { width: 48, height: 48 }, step: latent.step });
  assert.ok(resolveClip('embedded-2').endsWith(join('embedded-2', 'clip')));
});

for (const design of [JUDGE, LOOKING_JUDGE, EVALUATING_JUDGE])
  test(`${design.folder}: the shipped judge is right about held-out renders, and counts nothing in empty places`, async () => {
    const { right, counted, empty } = await lookAtRenders(design, 600, 200);
    JUDGE_HEADS.forEach((head, i) => void assert.ok(right[i]! >= 594, `${head}: ${right[i]} of 600`));
    assert.equal(counted, 0);
    if (design.classes.count.includes('none')) assert.ok(empty.filter(({ parts }) => parts.count === 0).length >= 198);
  });

test('the judges of the second world see that more than five are more', async () => {
  for (const design of [LOOKING_JUDGE, EVALUATING_JUDGE]) {
    const rng = random(6, 'crowds');
    const { grammar } = design.scenery;
    const crowds = Array.from({ length: 200 }, (_, i) =>
      drawScene(design.scenery, sampleAnyScene(rng, grammar), (look) => look, crowd(6 + (i % 4), 0)),
    );
    const judge = await openJudge(undefined, {}, design);
    const seen = await judge.judge(crowds);
    await judge.dispose();
    const more = seen.filter(({ parts }) => parts.count === countsOf(grammar).length + 1).length;
    assert.ok(more >= 194, `${design.folder}: ${more} of 200`);
  }
});
