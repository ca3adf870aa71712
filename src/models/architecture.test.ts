// The builders ask for exactly the parameters that published weight files hold.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constant } from '../graph/functions.ts';
import { input } from '../graph/tensor.ts';
import { declareParams, type ParamSpec } from '../nn/params.ts';
import { readParameters } from '../weights/read-weights.ts';
import { clip } from './clip/clip.ts';
import { parseClipConfig, parseClipTextConfig } from './clip/config.ts';
import { clipTextHidden } from './clip/text.ts';
import { readJsonObject } from './config.ts';
import { parseUnetConfig } from './unet/config.ts';
import { unet } from './unet/unet.ts';
import { parseVaeConfig } from './vae/config.ts';
import { vaeDecode } from './vae/decoder.ts';
import { vaeEncode } from './vae/encoder.ts';

for (const name of ['sd1', 'sd2']) {
  const folder = `test/fixtures/${name}`;
  const config = (part: string) => readJsonObject(`${folder}/${part}/config.json`);
  const check = (part: string, specs: ParamSpec[]) => {
    const stored = [...readParameters(`${folder}/${part}`)].map(([key, { shape }]) => `${key} [${shape.join(', ')}]`);
    assert.deepEqual(specs.map((spec) => `${spec.name} [${spec.shape.join(', ')}]`).sort(), stored.sort());
  };

  test(`${name}: the U-Net declares the parameters of its weight file`, () => {
    const unetConfig = parseUnetConfig(config('sd/unet'));
    const specs = declareParams((p) =>
      unet(p, unetConfig, input('latents', [1, 4, 8, 8]), input('t', [1]), input('context', [1, 5, 32])),
    );
    check('sd/unet', specs);
  });

  test(`${name}: the autoencoder declares the parameters of its weight file`, () => {
    const vaeConfig = parseVaeConfig(config('sd/vae'));
    const specs = declareParams((p) => {
      vaeEncode(p, vaeConfig, input('pixels', [1, 3, 16, 16]));
      vaeDecode(p, vaeConfig, input('latents', [1, 4, 8, 8]));
    });
    check('sd/vae', specs);
  });

  test(`${name}: the text encoder declares the parameters of its weight file`, () => {
    const textConfig = parseClipTextConfig(config('sd/text_encoder'));
    check(
      'sd/text_encoder',
      declareParams((p) => clipTextHidden(p, textConfig, constant([1, 2], [1, 2], 'int64'))),
    );
  });

  test(`${name}: CLIP declares the parameters of its weight file`, () => {
    const clipConfig = parseClipConfig(config('clip'));
    const ids = input('ids', [1, 5], 'int64');
    check(
      'clip',
      declareParams((p) => clip(p, clipConfig, ids, input('pixels', [1, 3, 32, 32]))),
    );
  });
}
