import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { initParams, unpackParams } from '../../engine/nn/params.ts';
import { random } from '../../util/random.ts';
import { convertModel } from '../convert.ts';
import { STABLE_DIFFUSION } from '../families/stable-diffusion.ts';
import { openPipeline } from '../pipeline.ts';
import { savePipeline } from '../save-pipeline.ts';
import { loadTokenizer } from '../tokenizer/files.ts';
import { publishedTokenizer } from '../tokenizer/published.ts';
import { openPainter } from './painter.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-draw-file-'));
after(() => rmSync(root, { recursive: true }));

test('CLIP’s vocabulary splits text as its makers do', () => {
  const tokenizer = loadTokenizer(publishedTokenizer('!'));
  assert.deepEqual(
    [tokenizer.vocabSize, tokenizer.startId, tokenizer.endId, tokenizer.padId],
    [49408, 49406, 49407, 0],
  );
  // transformers 4.38.2: CLIPTokenizer of openai/clip-vit-large-patch14.
  const ids = [49406, 320, 1125, 539, 1237, 1901, 3255, 530, 518, 1305, 267, 272, 273, 274, 275, 49407];
  const text = 'A photo of two green dogs in the city, 1234';
  assert.deepEqual(tokenizer.encode(text).slice(0, tokenizer.measure(text)), ids);
});

test('a file in the original layout draws the pictures of its folder', async () => {
  const [folder, file] = [join(root, 'sd'), join(root, 'sd.safetensors')];
  const { raw } = openPipeline('test/fixtures/sd1/sd');
  const text = { ...raw.text_encoder, vocab_size: 49408, max_position_embeddings: 77 };
  const { declare } = STABLE_DIFFUSION.design({ ...raw, text_encoder: text }, {}, folder);
  const part = (component: string, config: object) => {
    const specs = declare[component]!();
    const flat = initParams(specs, (name) => random(1, name));
    return { config: { ...config }, parameters: unpackParams(specs, flat) };
  };
  savePipeline(folder, {
    unet: part('unet', raw.unet!),
    vae: part('vae', raw.vae!),
    text_encoder: part('text_encoder', text),
    scheduler: raw.scheduler!,
    tokenizer: publishedTokenizer('<|endoftext|>'),
  });
  convertModel(folder, file);
  const pictures = [];
  for (const path of [folder, file]) {
    const painter = await openPainter(path, { batchSize: 1 });
    const settings = { sampler: 'ddim', steps: 2, guidanceScale: 2 } as const;
    for await (const [picture] of painter.draw([{ prompt: 'two green dogs', seed: 1 }], settings))
      pictures.push(picture!.rgb);
    await painter.dispose();
  }
  assert.equal(pictures.length, 2);
  assert.deepEqual(pictures[0], pictures[1]);
});
