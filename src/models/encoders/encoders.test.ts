import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { countParams } from '../../engine/nn/params.ts';
import { preprocessImage } from '../clip/preprocess.ts';
import { readEncoder } from './encoders.ts';

const SIGLIP = 'test/fixtures/current/siglip';
const CLIP = 'test/fixtures/current/clip';
const folder = mkdtempSync(join(tmpdir(), 'collimate-encoders-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Golden {
  readonly texts: string[];
  readonly ids: number[][];
  readonly pixels: number[];
}

const golden = JSON.parse(readFileSync('test/fixtures/current/siglip-golden.json', 'utf8')) as Golden;

test("SigLIP 2's ids and pixels are those of transformers, lower-cased, cut and padded", () => {
  const { tokenizer, preprocessing, side } = readEncoder(SIGLIP);
  const { ids, shape } = tokenizer.encodeBatch(golden.texts);
  assert.deepEqual(shape, [4, 16]);
  assert.deepEqual([...ids], golden.ids.flat());
  assert.deepEqual(
    golden.texts.map((text) => tokenizer.measure(text) > 16),
    [false, false, true, false],
  );
  const rgb = Uint8Array.from({ length: 30 * 24 * 3 }, (_, i) => (31 * i * i + 7 * i) % 256);
  const pixels = preprocessImage({ width: 30, height: 24, rgb }, preprocessing);
  assert.equal(pixels.length, 3 * side * side);
  const worst = pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - golden.pixels[i]!)), 0);
  assert.ok(worst < 2e-5, `largest error ${worst}`);
});

test('the first SigLIP reads texts without punctuation', () => {
  const own = join(folder, 'first');
  cpSync(SIGLIP, own, { recursive: true });
  const file = join(own, 'tokenizer_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, tokenizer_class: 'SiglipTokenizer' }));
  const { tokenizer } = readEncoder(own);
  const encode = (text: string) => [...tokenizer.encodeBatch([text]).ids];
  assert.deepEqual(encode(' A dog, (red)!  on the-moon. '), encode('a dog red on themoon'));
});

/** Millions of parameters of published models, as their makers give them. */
const SIZES = [
  {
    name: 'OpenCLIP ViT-H/14',
    config: {
      model_type: 'clip',
      projection_dim: 1024,
      text_config: {
        hidden_act: 'gelu',
        hidden_size: 1024,
        intermediate_size: 4096,
        num_attention_heads: 16,
        num_hidden_layers: 24,
      },
      vision_config: {
        hidden_act: 'gelu',
        hidden_size: 1280,
        intermediate_size: 5120,
        num_attention_heads: 16,
        num_hidden_layers: 32,
        patch_size: 14,
      },
    },
    millions: 986.11,
  },
  {
    name: 'OpenCLIP ViT-bigG/14',
    config: {
      model_type: 'clip',
      projection_dim: 1280,
      text_config: {
        hidden_act: 'gelu',
        hidden_size: 1280,
        intermediate_size: 5120,
        num_attention_heads: 20,
        num_hidden_layers: 32,
      },
      vision_config: {
        hidden_act: 'gelu',
        hidden_size: 1664,
        intermediate_size: 8192,
        num_attention_heads: 16,
        num_hidden_layers: 48,
        patch_size: 14,
      },
    },
    millions: 2539.57,
  },
  {
    name: 'SigLIP 2 ViT-B/16',
    config: { model_type: 'siglip', text_config: { vocab_size: 256000 }, vision_config: {} },
    millions: 375.19,
  },
] as const;

for (const { name, config, millions } of SIZES)
  test(`${name} has ${millions} million parameters`, () => {
    const own = join(folder, name.replaceAll(/\W/g, '-'));
    cpSync(config.model_type === 'clip' ? CLIP : SIGLIP, own, { recursive: true });
    for (const processor of ['preprocessor_config.json', 'processor_config.json'])
      rmSync(join(own, processor), { force: true });
    writeFileSync(join(own, 'config.json'), JSON.stringify(config));
    assert.equal((countParams(readEncoder(own).declare()) / 1e6).toFixed(2), String(millions));
  });

test('what cannot be followed is refused by field', () => {
  const own = join(folder, 'refused');
  cpSync(SIGLIP, own, { recursive: true });
  const config = JSON.parse(readFileSync(join(own, 'config.json'), 'utf8')) as Record<string, object>;
  const refused = (fields: object, message: RegExp) => {
    writeFileSync(join(own, 'config.json'), JSON.stringify({ ...config, ...fields }));
    assert.throws(() => readEncoder(own), { code: 'MODEL_CONFIG', message });
  };
  refused({ model_type: 'siglip2' }, /config\.json: model_type: expected clip or siglip, got "siglip2"/);
  refused(
    { text_config: { ...config.text_config, hidden_size: 8 } },
    /expected texts as wide as pictures.* 12\), got 8/,
  );
  refused({ vision_config: { ...config.vision_config, vision_use_head: false } }, /vision_use_head: expected true/);
  refused({ text_config: { ...config.text_config, vocab_size: 300 } }, /expected ids below 300/);
  writeFileSync(join(own, 'config.json'), JSON.stringify(config));
  writeFileSync(join(own, 'preprocessor_config.json'), JSON.stringify({ image_processor_type: 'CLIPImageProcessor' }));
  assert.throws(() => readEncoder(own), { message: /image_processor_type: expected SiglipImageProcessor/ });
});
