// CLIP and the preparation of its images against their references.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import { readParameters } from '../../engine/weights/read-weights.ts';
import { clip } from '../../models/clip/clip.ts';
import { parseClipConfig } from '../../models/clip/config.ts';
import { preprocessImage } from '../../models/clip/preprocess.ts';
import { readJsonObject } from '../../models/config.ts';
import { decodeOutside } from '../../pictures/outside.ts';
import { compareMean, compareTensors, type TensorComparison } from './compare.ts';
import { evaluateOutputs } from './evaluate-outputs.ts';
import { openGolden } from './golden.ts';

/** Compares everything in `clip/golden.safetensors`. */
export async function* checkClip(folder: string): AsyncGenerator<TensorComparison> {
  const model = join(folder, 'clip');
  const file = join(model, 'config.json');
  const config = parseClipConfig(readJsonObject(file), file);
  const golden = openGolden(join(model, 'golden.safetensors'));
  const ids = input('ids', golden.tensor('input_ids').shape, 'int64');
  const pixels = input('pixels', golden.tensor('pixel_values').shape);
  const results = await evaluateOutputs(
    (p) => ({ ...clip(p, config, ids, pixels) }),
    readParameters(join(model, 'model.safetensors')),
    { ids: golden.ids('input_ids'), pixels: golden.floats('pixel_values') },
    'clip',
  );
  const names = {
    text_last_hidden_state: 'textHidden',
    text_embeds: 'textEmbeds',
    image_embeds: 'imageEmbeds',
    logits_per_image: 'logitsPerImage',
  };
  for (const [name, output] of Object.entries(names))
    yield compareTensors(`clip.${name}`, results[output]!, golden.tensor(name));
}

/** Compares the picture in `preprocess/` as CLIP sees it. */
export async function* checkPreprocess(folder: string): AsyncGenerator<TensorComparison> {
  const golden = openGolden(join(folder, 'preprocess/golden.safetensors'));
  const image = await decodeOutside(readFileSync(join(folder, 'preprocess/image.png')));
  const pixels = preprocessImage(image, golden.setting('size'));
  yield compareMean('preprocess.pixel_values', pixels, golden.tensor('pixel_values'));
}
