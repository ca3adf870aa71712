import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPipeline } from '../pipeline.ts';
import { checkDrawing, planDrawing } from './drawing-memory.ts';
import { chooseTile } from './tile.ts';

const GIB = 2 ** 30;
/** Its configs alone: nothing of the weights is read. */
const model = openPipeline('test/fixtures/published/sd15');
const shape = { batch: 1, guided: true, precision: 'float32' } as const;

test('the plan of Stable Diffusion 1.5 is within a tenth of what was measured', () => {
  // Growth of resident memory by opening and running each, `npm run fullsize`'s weights.
  const near = (planned: number, measured: number) =>
    assert.ok(Math.abs(planned / GIB / measured - 1) < 0.1, `${planned / GIB} for ${measured}`);
  const { encoders, network, decoder, total } = planDrawing(model, { ...shape, size: { width: 512, height: 512 } });
  near(encoders, 0.5);
  near(network, 4.06);
  near(decoder, 1.5);
  near(total, 6.07);
  for (const [side, measured] of [
    [256, 0.511],
    [384, 1.07],
  ] as const)
    near(planDrawing(model, { ...shape, size: { width: side, height: side } }).decoder, measured);
});

test('tiles take less, are proposed where the whole does not fit, and chosen where it does not fit the machine', () => {
  const size = { width: 1536, height: 1536 };
  const whole = planDrawing(model, { ...shape, size });
  const tiled = planDrawing(model, { ...shape, size, tile: 512 });
  assert.ok(tiled.decoder < whole.decoder / 4);
  assert.throws(() => checkDrawing(model, { ...shape, size }, tiled.total), {
    code: 'CONFIG',
    hint: /^With --vae-tile 512 it takes about/,
  });
  const settings = { guidanceScale: 7.5 };
  assert.equal(chooseTile(model, settings, size, whole.total), undefined);
  assert.equal(chooseTile(model, settings, size, whole.total - 1), 512);
  assert.equal(chooseTile(model, { ...settings, vaeTile: 768 }, size, whole.total), 768);
  assert.equal(chooseTile(model, { ...settings, vaeTile: 1536 }, size, 0), undefined, 'as large as the picture');
  assert.throws(() => chooseTile(model, { ...settings, vaeTile: 500 }, size), { code: 'CONFIG', hint: /512/ });
});
