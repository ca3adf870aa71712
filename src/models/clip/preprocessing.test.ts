import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { preprocessImage } from './preprocess.ts';
import { clipPreprocessing, isUsual, loadPreprocessing } from './preprocessing.ts';

const folder = mkdtempSync(join(tmpdir(), 'collimate-preprocessing-'));
after(() => rmSync(folder, { recursive: true }));
const alone = join(folder, 'preprocessor_config.json');
const combined = join(folder, 'processor_config.json');

function load(fields: object, side = 8) {
  writeFileSync(alone, JSON.stringify(fields));
  return loadPreprocessing(folder, side);
}

test('pixels are those of transformers, by the mean, deviation, sizes, filter and factor of the config', () => {
  const rgb = Uint8Array.from({ length: 15 * 12 * 3 }, (_, i) => (31 * i * i + 7 * i) % 256);
  const json = readFileSync('test/fixtures/current/preprocessing.json', 'utf8');
  const { cases } = JSON.parse(json) as { cases: { fields: object; values: number[] }[] };
  assert.equal(cases.length, 12);
  for (const { fields, values } of cases) {
    const got = preprocessImage({ width: 15, height: 12, rgb }, load(fields));
    assert.equal(got.length, values.length);
    // One level of a byte: of the picture in [0, 255] where it is not rescaled.
    const scale = Math.max(...values.map(Math.abs));
    for (const [i, value] of got.entries())
      assert.ok(Math.abs(value - values[i]!) < 2e-5 * Math.max(1, scale), `${JSON.stringify(fields)} ${i}: ${value}`);
  }
});

test("CLIP's own preprocessing is known as such, in the spelling of transformers 4 and 5", () => {
  assert.ok(isUsual(loadPreprocessing(join(folder, 'none'), 224)));
  const fields = { crop_size: 224, size: 224, resample: 3, feature_extractor_type: 'CLIPFeatureExtractor' };
  const mean = { image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711] };
  assert.deepEqual(load({ ...fields, ...mean, do_resize: true }, 224), clipPreprocessing(224));
  const newer = {
    crop_size: { height: 224, width: 224 },
    size: { shortest_edge: 224 },
    rescale_factor: 0.00392156862745098,
  };
  assert.ok(isUsual(load({ ...newer, ...mean, image_processor_type: 'CLIPImageProcessor' }, 224)));
  assert.ok(!isUsual(load({ resample: 2 })));
  writeFileSync(combined, readFileSync('test/fixtures/current/configs/clip-mean-processor.json'));
  assert.deepEqual(loadPreprocessing(folder, 32).mean, [0.5, 0.5, 0.5]);
  rmSync(combined);
});

test('what cannot be followed is refused by field', () => {
  const refused = (fields: object, message: RegExp) =>
    assert.throws(() => load(fields), { code: 'MODEL_CONFIG', message });
  refused({ do_resize: false }, /preprocessor_config\.json: do_resize: expected true/);
  refused({ resample: 0 }, /resample: expected 1 to 5, one of Pillow's filters, got 0/);
  refused({ crop_size: 9 }, /crop_size: expected 8×8, which is what the vision tower sees, got 9/);
  refused({ size: { shortest_edge: 7 } }, /size: expected at least the 8 pixels/);
  refused(
    { do_center_crop: false, size: { shortest_edge: 8 } },
    /size: expected height and width of 8, where nothing is cropped/,
  );
  refused({ size: { longest_edge: 8 } }, /size.*got/);
  refused({ image_std: [0, 1, 1] }, /image_std: expected numbers above 0/);
  refused({ image_mean: 0.5 }, /image_mean: expected three numbers/);
  refused({ do_pad: true }, /do_pad: expected false: padding/);
  refused({ image_processor_type: 'SiglipImageProcessor' }, /image_processor_type: expected CLIPImageProcessor/);
});
