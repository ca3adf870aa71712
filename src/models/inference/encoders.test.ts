import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { matmul } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { openWeights, readParameters } from '../../engine/weights/read-weights.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { sceneToTensor } from '../../pictures/image.ts';
import { configSchema } from '../../project/config/config.ts';
import { random } from '../../util/random.ts';
import { renderScene } from '../../world/scenes/render.ts';
import { sampleAnyScene } from '../../world/scenes/scene.ts';
import { openPipeline } from '../pipeline.ts';
import { openClipEmbedder } from './clip.ts';
import { openConditioner } from './conditioner.ts';
import { createDecoder, toRgb } from './decoder.ts';
import { chooseEngine } from './device.ts';
import { embeddedModel, resolveClip, resolveModel } from './embedded.ts';
import { latentSizes, openLatentEncoder } from './latents.ts';
import { openNetwork } from './network.ts';
import { makeTinyPipeline } from './testing.ts';

const dir = mkdtempSync(join(tmpdir(), 'collimate-test-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const { sd, clip } = makeTinyPipeline(dir, 3);

function noisePicture(seed: number): Uint8Array {
  return Uint8Array.from(
    { length: 3 * 32 * 32 },
    (() => {
      const rng = random(seed, 'picture');
      return () => rng.int(256);
    })(),
  );
}

test('a network answers the same with weights as constants and as inputs', async () => {
  const build = (p: Parameters<Parameters<typeof openNetwork>[0]>[0]) => ({
    y: matmul(input('x', [1, 2]), p.get('w', [2, 2], { constant: 0 })),
  });
  const weights = new Map([['w', { dtype: 'float32' as const, shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]]);
  for (const constantBytes of [0, 1000]) {
    const network = await openNetwork(build, weights, 'test', { constantBytes });
    assert.deepEqual([...(await network.run({ x: Float32Array.of(1, 10) })).y!], [31, 42]);
    await network.dispose();
  }
  await assert.rejects(openNetwork(build, new Map(), 'test'), {
    code: 'WEIGHTS',
    message: /test: w \[2, 2\] is missing/,
  });
});

test('weights may stay in their file, in any float type, with the same answers', async () => {
  const build = (p: Parameters<Parameters<typeof openNetwork>[0]>[0]) => ({
    y: matmul(input('x', [1, 2]), p.get('w', [2, 2], { constant: 0 })),
  });
  const w = { dtype: 'float32' as const, shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  for (const dtype of ['float32', 'float16', 'bfloat16'] as const) {
    const file = join(dir, `${dtype}.safetensors`);
    writeSafetensors(file, new Map([['w', w]]), { dtype });
    const network = await openNetwork(build, openWeights(file), file, { storedBytes: 0 });
    assert.deepEqual([...(await network.run({ x: Float32Array.of(1, 10) })).y!], [31, 42]);
    await network.dispose();
  }
  const wrong = { ...w, shape: [4, 1] };
  writeSafetensors(join(dir, 'wrong.safetensors'), new Map([['w', wrong]]));
  await assert.rejects(openNetwork(build, openWeights(join(dir, 'wrong.safetensors')), 'test', { storedBytes: 0 }), {
    code: 'WEIGHTS',
    message: /test: expected w \[2, 2\], got \[4, 1\]/,
  });
});

test('prompts are encoded one by one, whatever they are encoded with', async () => {
  const encoder = await openConditioner(openPipeline(sd));
  const prompts = [
    '',
    'a dog',
    'two cats',
    'a red fish',
    'a bird',
    'a cat',
    'four dogs',
    'a turtle',
    'a blue bird',
    'a dog',
  ];
  const hidden = (await encoder.encode(prompts)).context!;
  assert.deepEqual([encoder.shapes, hidden.length], [{ context: [16, 16] }, 10 * 256]);
  assert.deepEqual(hidden.subarray(9 * 256), hidden.subarray(256, 2 * 256));
  const alone = await encoder.encode(['two cats']);
  alone.context!.forEach((value, i) => void assert.ok(Math.abs(value - hidden[2 * 256 + i]!) < 1e-5));
  await encoder.dispose();
});

test('latents are scaled by the factor of the config, and decoding takes it out again', async () => {
  const pictures = [1, 2, 3].map(noisePicture);
  const encoder = await openLatentEncoder(sd, { batchSize: 2 });
  const latents = await encoder.encode(pictures);
  assert.deepEqual([encoder.channels, encoder.height, encoder.width, latents.length], [4, 16, 16, 3 * 1024]);
  await assert.rejects(encoder.encode([new Uint8Array(12)]), { code: 'SHAPE', message: /RGB bytes of 32×32 pixels/ });
  await encoder.dispose();
  const image = async () => {
    const decoder = createDecoder(openPipeline(sd), 2, {});
    const decoded = await decoder.decode(latents);
    await decoder.dispose();
    return decoded;
  };
  const plain = await image();
  assert.equal(plain.length, 3);
  const file = join(sd, 'vae/config.json');
  const config = readFileSync(file, 'utf8');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(config), scaling_factor: 0.5 }));
  const halved = await openLatentEncoder(sd);
  (await halved.encode(pictures)).forEach((value, i) => void assert.ok(Math.abs(value - latents[i]! / 2) < 1e-5));
  await halved.dispose();
  latents.forEach((value, i) => void latents.fill(value / 2, i, i + 1));
  const scaled = await image();
  for (const [k, picture] of scaled.entries())
    picture.forEach((value, i) => void assert.ok(Math.abs(value - plain[k]![i]!) <= 1));
  writeFileSync(file, config);
});

test('an autoencoder with damaged weights is named with the layer, and gives no latents', async () => {
  const broken = makeTinyPipeline(join(dir, 'broken'), 3).sd;
  const file = join(broken, 'vae/diffusion_pytorch_model.safetensors');
  const weights = readParameters(file);
  weights.get('encoder.conv_in.bias')!.data[0] = Infinity;
  writeSafetensors(file, weights);
  const encoder = await openLatentEncoder(broken, { batchSize: 1 });
  await assert.rejects(encoder.encode([noisePicture(1)]), {
    code: 'NON_FINITE',
    message: /encoder: latents of .* are no numbers; first in vae encoder\.conv_in, whose weights are not finite/,
  });
  await encoder.dispose();
});

test('toRgb clamps and is the way back from a tensor', () => {
  const rgb = noisePicture(9);
  assert.deepEqual(toRgb(sceneToTensor(rgb), 0, 1024), rgb);
  assert.deepEqual([...toRgb(Float32Array.of(-3, 0.001, 3), 0, 1)], [0, 128, 255]);
});

test('CLIP embeds pictures of any size and texts with length 1', async () => {
  const embedder = await openClipEmbedder(clip, { batchSize: 2 });
  const pictures = [1, 2, 3].map((seed) => ({ rgb: noisePicture(seed), width: 32, height: 32 }));
  const large = { rgb: new Uint8Array(48 * 40 * 3).fill(90), width: 48, height: 40 };
  const images = await embedder.embedImages([...pictures, large]);
  const texts = await embedder.embedTexts(['two cats', 'a dog', 'two cats']);
  assert.equal(images.length, 4);
  for (const vector of [...images, ...texts]) {
    assert.equal(vector.length, embedder.width);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
  }
  assert.deepEqual(texts[0], texts[2]);
  assert.notDeepEqual(texts[0], texts[1]);
  assert.ok(Math.abs(embedder.logitScale - Math.exp(2.6592)) < 1e-3);
  assert.match(embedder.encoderHash, /^[0-9a-f]{64}$/);
  await embedder.dispose();
});

test('CLIP prepares pictures as its own config says, and is then another encoder', async () => {
  const picture = { rgb: noisePicture(4), width: 32, height: 32 };
  const embed = async () => {
    const embedder = await openClipEmbedder(clip, { batchSize: 1 });
    const [vector] = await embedder.embedImages([picture]);
    await embedder.dispose();
    return { vector: vector!, hash: embedder.encoderHash };
  };
  const before = await embed();
  const file = join(clip, 'preprocessor_config.json');
  writeFileSync(file, JSON.stringify({ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }));
  const other = await embed();
  assert.notEqual(other.hash, before.hash);
  assert.ok(other.vector.some((value, i) => Math.abs(value - before.vector[i]!) > 1e-3));
  writeFileSync(file, JSON.stringify({ crop_size: 31 }));
  await assert.rejects(openClipEmbedder(clip), { code: 'MODEL_CONFIG', message: /crop_size: expected 32×32/ });
  rmSync(file);
  assert.deepEqual(await embed(), before);
});

test('a CLIP with weights that are no numbers is named by file and tensor', async () => {
  const broken = makeTinyPipeline(join(dir, 'broken clip'), 3).clip;
  const file = join(broken, 'model.safetensors');
  const weights = readParameters(file);
  weights.get('visual_projection.weight')!.data[5] = Number.NaN;
  writeSafetensors(file, weights);
  const embedder = await openClipEmbedder(broken, { batchSize: 1 });
  await assert.rejects(embedder.embedImages([{ rgb: noisePicture(1), width: 32, height: 32 }]), {
    code: 'WEIGHTS',
    message: /model\.safetensors: visual_projection\.weight: .*got 1 of \d+ that are not, such as NaN at 5/,
  });
  await embedder.dispose();
});

test('CLIP weights of another config are named before anything is computed', async () => {
  const file = join(clip, 'config.json');
  const config = readFileSync(file, 'utf8');
  const parsed = JSON.parse(config) as { text_config: object };
  const deeper = { ...parsed, text_config: { ...parsed.text_config, num_hidden_layers: 9 } };
  writeFileSync(file, JSON.stringify(deeper));
  await assert.rejects(openClipEmbedder(clip), {
    code: 'WEIGHTS',
    message: /parameters of its config\.json; missing: text_model\.encoder\.layers\.\d\..*and \d+ more/,
  });
  writeFileSync(file, config);
});

test('models are found by the configuration, and missing ones named', () => {
  assert.equal(resolveModel('sd', dir), sd);
  assert.equal(resolveClip(clip, '/'), clip);
  assert.match(embeddedModel('judge'), /models.judge$/);
  assert.throws(() => resolveModel('none', dir), {
    code: 'MODEL_CONFIG',
    message: /none: there is no such folder or file$/,
    hint: /in collimate\.yaml or in the flag/,
  });
  assert.throws(() => resolveModel('.', clip), { message: /: expected a model_index\.json in it, got none$/ });
  // A name that every object has is no model of the package.
  assert.throws(() => resolveModel('constructor', dir), { message: /constructor: there is no such folder or file$/ });
});

test('a device that is named is taken as it is, with the threads of the configuration', async () => {
  const config = configSchema.parse({ threads: 3, device: 'webgpu' });
  assert.deepEqual(await chooseEngine(config), { provider: 'webgpu', threads: 3 });
});

test('in tiles a picture is nearly the same, and not larger than a tile it is the same', async () => {
  const pipeline = openPipeline(embeddedModel('sd'));
  const sizes = latentSizes(pipeline, { width: 64, height: 48 });
  const latents = random(1, 'tiles').normals(2 * sizes.length);
  const decode = async (tile?: number) => {
    const decoder = createDecoder(pipeline, 2, {}, { sizes, tile });
    const pictures = await decoder.decode(latents);
    await decoder.dispose();
    return pictures;
  };
  const whole = await decode();
  assert.deepEqual(await decode(64), whole);
  const tiled = await decode(32);
  for (const [i, picture] of tiled.entries()) {
    const mean = picture.reduce((sum, value, at) => sum + Math.abs(value - whole[i]![at]!), 0) / picture.length;
    assert.ok(mean > 0 && mean < 12, `${mean} levels apart`);
  }
});

test('latents side by side are decoded to pictures side by side: width is width', async () => {
  const scenes = [0, 1].map((i) => renderScene(sampleAnyScene(random(i, 'side by side'))));
  const pipeline = openPipeline(embeddedModel('sd'));
  const encoder = await openLatentEncoder(pipeline.folder);
  const [left, right] = await Promise.all(scenes.map((rgb) => encoder.encode([rgb])));
  await encoder.dispose();
  const sizes = latentSizes(pipeline, { width: 64, height: 32 });
  assert.deepEqual([sizes.channels, sizes.height, sizes.width], [4, 16, 32]);
  const both = Float32Array.from({ length: sizes.length }, (_, i) => {
    const [row, x] = [Math.floor(i / 32), i % 32];
    return x < 16 ? left![row * 16 + x]! : right![row * 16 + x - 16]!;
  });
  const decoder = createDecoder(pipeline, 1, {}, { sizes });
  const [picture] = await decoder.decode(both);
  await decoder.dispose();
  const off = picture!.map((value, i) => {
    const [y, x] = [Math.floor(i / 192), i % 192];
    return Math.abs(value - scenes[x < 96 ? 0 : 1]![y * 96 + (x % 96)]!);
  });
  const mean = off.reduce((sum, value) => sum + value, 0) / off.length;
  assert.ok(mean < 6, `${mean} levels apart`);
});
