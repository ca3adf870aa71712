import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readParameters } from '../../engine/weights/read-weights.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { parseParameters } from '../../pictures/parameters.ts';
import type { CollimateError } from '../../util/errors.ts';
import {
  type DrawRequest,
  type DrawSettings,
  drawSettings,
  hashModel,
  openPainter,
  type PainterOptions,
} from './painter.ts';
import { makeTinyPipeline } from './testing.ts';

const dir = mkdtempSync(join(tmpdir(), 'collimate-test-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const { sd } = makeTinyPipeline(dir, 3);

const SETTINGS: DrawSettings = { sampler: 'dpm-solver', steps: 3, guidanceScale: 3 };
const REQUESTS: DrawRequest[] = [
  { prompt: 'a green dog', seed: 11 },
  { prompt: 'two cats in a city', seed: 12 },
  { prompt: 'a green dog', seed: 13 },
];

async function draw(requests: readonly DrawRequest[], options: PainterOptions = {}, settings = SETTINGS) {
  const painter = await openPainter(sd, options);
  const pictures: Uint8Array[] = [];
  for await (const batch of painter.draw(requests, settings)) {
    for (const { index, rgb, width, height } of batch) {
      assert.deepEqual([rgb.length, width, height], [3 * 32 * 32, 32, 32]);
      pictures[index] = rgb;
    }
  }
  await painter.dispose();
  return pictures;
}

function furthest(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

test('a picture is the same whatever it is drawn beside', async () => {
  const together = await draw(REQUESTS, { batchSize: 4 });
  const alone = await draw(REQUESTS, { batchSize: 1 });
  const backwards = (await draw(REQUESTS.toReversed(), { batchSize: 2 })).toReversed();
  for (const i of REQUESTS.keys()) {
    assert.ok(furthest(together[i]!, alone[i]!) <= 1);
    assert.ok(furthest(together[i]!, backwards[i]!) <= 1);
  }
  assert.ok(furthest(together[0]!, together[2]!) > 20, 'another seed is another picture');
});

test('a batch that takes several runs of the U-Net gives the same pictures', async () => {
  const many = Array.from({ length: 19 }, (_, i) => ({
    prompt: i % 3 === 0 ? 'a green dog' : 'four dogs',
    seed: 11 + i,
  }));
  const [all, some] = [await draw(many, { batchSize: 24 }), await draw(many, { batchSize: 8 })];
  for (const i of many.keys()) assert.ok(furthest(all[i]!, some[i]!) <= 1);
});

test('in 16 bits pictures are nearly the same, say so, and what lacks a kernel is told', async () => {
  const plain = await draw(REQUESTS, { batchSize: 4 });
  for (const precision of ['float16', 'bfloat16'] as const) {
    const details: string[] = [];
    const settings = drawSettings({ ...SETTINGS, precision }, sd);
    const pictures = await draw(REQUESTS, { batchSize: 4, detail: (line) => details.push(line) }, settings);
    for (const i of REQUESTS.keys()) {
      const far = pictures[i]!.reduce((sum, value, k) => sum + Math.abs(value - plain[i]![k]!), 0) / plain[i]!.length;
      assert.ok(far > 0 && far < 2, `${precision}: ${far}`);
    }
    assert.match(details.join(), new RegExp(`^${precision} on cpu: kept .* for want of a kernel: .*matmul \\d+`));
  }
  const painter = await openPainter(sd, { batchSize: 1 });
  const [{ value }] = [await painter.draw(REQUESTS.slice(0, 1), { ...SETTINGS, precision: 'float16' }).next()];
  assert.equal(parseParameters((value as { parameters: string }[])[0]!.parameters)!.settings.Precision, 'float16');
  await painter.dispose();
});

test('the prompt, the guidance and the sampler decide the picture', async () => {
  const [first] = REQUESTS as [DrawRequest];
  const [guided] = await draw([first], { batchSize: 1 });
  const [other] = await draw([{ ...first, prompt: 'four white birds' }], { batchSize: 1 });
  const [plain] = await draw([first], { batchSize: 1 }, { ...SETTINGS, guidanceScale: 1 });
  const [ddim] = await draw([first], { batchSize: 1 }, { ...SETTINGS, sampler: 'ddim' });
  for (const picture of [other, plain, ddim]) assert.ok(furthest(guided!, picture!) > 0);
});

test('a negative prompt leads away from the plain picture, for all or for one, where there is guidance', async () => {
  const [first] = REQUESTS as [DrawRequest];
  const one = { batchSize: 1 };
  const [plain] = await draw([first], one);
  const [empty] = await draw([{ ...first, negativePrompt: '' }], one, { ...SETTINGS, negativePrompt: 'a cat' });
  const [all] = await draw([first], one, { ...SETTINGS, negativePrompt: 'a cat' });
  const both = await draw([first, { ...first, negativePrompt: 'a cat' }], { batchSize: 2 });
  assert.ok(furthest(plain!, all!) > 0);
  assert.deepEqual(empty, plain);
  assert.ok(furthest(both[0]!, plain!) <= 1 && furthest(both[1]!, all!) <= 1);
  const unguided = { ...SETTINGS, guidanceScale: 1 };
  assert.deepEqual(
    await draw([first], one, unguided),
    await draw([{ ...first, negativePrompt: 'a cat' }], one, unguided),
  );
  assert.deepEqual(drawSettings({ ...unguided, negativePrompt: 'a cat' }, sd), unguided);
});

test('pictures are drawn in any size that the levels can halve, wider or higher, and say so', async () => {
  const painter = await openPainter(sd, { batchSize: 1 });
  const sizeOf = async (size: Partial<DrawSettings>) => {
    const drawn = [];
    for await (const [picture] of painter.draw(REQUESTS.slice(0, 1), { ...SETTINGS, ...size })) drawn.push(picture!);
    const [{ rgb, width, height, parameters }] = drawn as [(typeof drawn)[0]];
    assert.equal(rgb.length, 3 * width * height);
    return { rgb, size: [width, height], said: parseParameters(parameters).settings.Size };
  };
  const own = await sizeOf({});
  assert.deepEqual([own.size, own.said], [[32, 32], '32x32']);
  const wide = await sizeOf({ width: 48, height: 24 });
  assert.deepEqual([wide.size, wide.said], [[48, 24], '48x24']);
  const high = await sizeOf({ height: 64 });
  assert.deepEqual([high.size, high.said], [[32, 64], '32x64']);
  assert.deepEqual(await sizeOf({ width: 32, height: 0 }), own, 'and the model goes back to its own size');
  await assert.rejects(sizeOf({ width: 42 }), {
    code: 'CONFIG',
    message: /generate\.width: expected a multiple of 4, .* got 42/,
    hint: /40 or 44, or to 0 for the model's own 32/,
  });
  await painter.dispose();
  assert.deepEqual(drawSettings({ ...SETTINGS, width: 32, height: 32 }, sd), SETTINGS, 'its own size is none');
  assert.deepEqual(drawSettings({ ...SETTINGS, height: 64 }, sd), { ...SETTINGS, width: 32, height: 64 });
});

test('other U-Net weights draw another picture and are another model', async () => {
  const other = makeTinyPipeline(join(dir, 'other'), 4);
  const unet = join(other.sd, 'unet');
  const [own] = await draw(REQUESTS.slice(0, 1), { batchSize: 1 });
  const [changed] = await draw(REQUESTS.slice(0, 1), { batchSize: 1, unet });
  const [same] = await draw(REQUESTS.slice(0, 1), { batchSize: 1, unet: join(sd, 'unet') });
  assert.ok(furthest(own!, changed!) > 0);
  assert.deepEqual(own, same);
  assert.notEqual(hashModel(sd), hashModel(sd, unet));
  const copy = join(dir, 'copy');
  cpSync(sd, copy, { recursive: true });
  copyFileSync(join(sd, 'model_index.json'), join(copy, 'README.md'));
  assert.equal(hashModel(copy), hashModel(sd), 'a model card is not part of the model');
});

test('drawing stops between two steps when asked to', async () => {
  const painter = await openPainter(sd, { batchSize: 1 });
  const stop = new AbortController();
  const drawn: number[] = [];
  const run = async () => {
    for await (const [picture] of painter.draw(REQUESTS, SETTINGS, { signal: stop.signal })) {
      drawn.push(picture!.index);
      if (drawn.length === 2) stop.abort();
    }
  };
  await assert.rejects(run, { code: 'INTERRUPTED' });
  assert.deepEqual(drawn, [0, 1]);
  await painter.dispose();
});

test('a scheduler config that the sampler has no use for changes nothing, and a sampler that is replaced is told once', async () => {
  const model = join(dir, 'other-scheduler');
  cpSync(sd, model, { recursive: true });
  const file = join(model, 'scheduler/scheduler_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  const other = {
    _class_name: 'SASolverScheduler',
    use_karras_sigmas: true,
    solver_type: 'bh2',
    lower_order_final: true,
  };
  writeFileSync(file, JSON.stringify({ ...config, ...other }));
  const notes: string[] = [];
  const painter = await openPainter(model, { batchSize: 1, note: (line) => notes.push(line) });
  const pictures: Uint8Array[] = [];
  const settings = { ...SETTINGS, sampler: 'ddim' } as const;
  for await (const batch of painter.draw(REQUESTS.slice(0, 2), settings)) pictures.push(...batch.map(({ rgb }) => rgb));
  assert.deepEqual(pictures, await draw(REQUESTS.slice(0, 2), { batchSize: 1 }, settings));
  assert.deepEqual(notes, [
    'The model names SASolverScheduler, which is not built here: its pictures are drawn with ddim (generate.sampler).',
    "Fields of the model's scheduler that ddim takes no notice of: use_karras_sigmas: true.",
  ]);
  await painter.dispose();
});

test('damaged weights are named, and so is a model that lacks a part', async () => {
  const weights = readParameters(join(sd, 'unet'));
  weights.get('conv_out.bias')!.data.fill(Number.NaN);
  const unet = join(dir, 'damaged.safetensors');
  writeSafetensors(unet, weights);
  await assert.rejects(draw(REQUESTS, { unet, batchSize: 1 }), {
    code: 'NON_FINITE',
    message: /; first in unet conv_out, whose weights are not finite/,
  });
  const bare = join(dir, 'bare');
  cpSync(sd, bare, { recursive: true });
  rmSync(join(bare, 'tokenizer'), { recursive: true });
  await assert.rejects(openPainter(bare), { code: 'MODEL_CONFIG', message: /expected a tokenizer folder/ });
});

test('numbers that stop being finite are traced to the layer, in each part of the model', async () => {
  const breakAt = async (part: string, key: string, value: number) => {
    const model = join(dir, `${part} ${value}`);
    cpSync(sd, model, { recursive: true });
    const file = join(model, part, readdirSync(join(model, part)).find((name) => name.endsWith('.safetensors'))!);
    const weights = readParameters(join(model, part));
    weights.get(key)!.data[0] = value;
    writeSafetensors(file, weights);
    const painter = await openPainter(model, { batchSize: 1 });
    try {
      await painter.draw(REQUESTS.slice(0, 1), SETTINGS).next();
    } finally {
      await painter.dispose();
    }
  };
  const key = 'down_blocks.0.resnets.0.conv1.weight';
  const cases = [
    [
      'unet',
      key,
      Infinity,
      /; first in unet down_blocks\.0\.resnets\.0\.conv1, whose weights are not finite/,
      /float32 or bfloat16/,
    ],
    [
      'unet',
      key,
      3e38,
      /; first in unet down_blocks\.0\.resnets\.0\.(conv1|norm2), whose weights are finite/,
      /earlier checkpoint/,
    ],
    [
      'vae',
      'decoder.conv_in.weight',
      Number.NaN,
      /decoder: pixels of .*; first in vae decoder\.conv_in, whose/,
      /mended for float16/,
    ],
    [
      'text_encoder',
      'text_model.final_layer_norm.weight',
      Number.NaN,
      /hidden states of .*; first in text_encoder text_model\.final_layer_norm, whose/,
      /float32/,
    ],
  ] as const;
  for (const [part, name, value, message, hint] of cases)
    await assert.rejects(breakAt(part, name, value), (error: CollimateError) => {
      assert.deepEqual(
        [error.code, message.test(error.message), hint.test(error.hint)],
        ['NON_FINITE', true, true],
        `${error.message} ${error.hint}`,
      );
      return true;
    });
});

test('sizes come from the configs: rectangular latents, three levels, 77 tokens', async () => {
  const levels = (name: string) => Array.from({ length: 3 }, () => name);
  const vae = {
    block_out_channels: [8, 8, 16],
    down_block_types: levels('DownEncoderBlock2D'),
    up_block_types: levels('UpDecoderBlock2D'),
    scaling_factor: 0.18215,
  };
  const wide = makeTinyPipeline(join(dir, 'wide'), 1, { unet: { sample_size: [4, 6] }, vae, tokens: 77 });
  const painter = await openPainter(wide.sd, { batchSize: 2 });
  assert.deepEqual(painter.size, { width: 24, height: 16 });
  const { value: pictures } = await painter.draw(REQUESTS.slice(0, 1), SETTINGS).next();
  assert.deepEqual([pictures![0]!.rgb.length, pictures![0]!.width, pictures![0]!.height], [3 * 24 * 16, 24, 16]);
  assert.ok(new Set(pictures![0]!.rgb).size > 50);
  await painter.dispose();
});
