import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDecoder } from '../../models/inference/decoder.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { openPainter } from '../../models/inference/painter.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { decodePng, encodePng } from '../../pictures/image.ts';
import { imageId, insertImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { openTestSession } from '../reward/testing.ts';
import { makeBatches, type TuneData } from './batches.ts';
import type { ModelImage } from './images.ts';
import { addOwnNoise } from './own-noise.ts';
import { makePipelineExamples, makeTuningProject } from './testing.ts';

const WAY = { sampler: 'dpm-solver', steps: 5, guidanceScale: 2 } as const;

test('replayed noise gives back what the network was shown and the picture’s latents, once, and pairs learn from it', async (t) => {
  const project = await makeTuningProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const pipeline = openPipeline(project.config.model);
  const [prompt] = await listPrompts(project.db);
  const { text } = prompt!;
  const seeds = [5, 6, 7];
  const painter = await openPainter(pipeline, { threads: 1, batchSize: 2 });
  const shown: Float32Array[] = [];
  const images: ModelImage[] = [];
  const recipes: Parameters<typeof insertImages>[1][number][] = [];
  const requests = seeds.map((seed) => ({ prompt: text, seed }));
  const onLatents = (latents: Float32Array) => void shown.push(latents);
  for await (const pictures of painter.draw(requests, WAY, { onLatents }))
    for (const { index, rgb, width, height } of pictures) {
      const hash = await project.images.putBlob(await encodePng(rgb, width, height));
      const own = {
        promptId: prompt!.id,
        seed: seeds[index]!,
        modelHash: painter.modelHash,
        purpose: 'feedback' as const,
      };
      recipes.push({ ...own, ...WAY, hash });
      const score = { score: 1, weight: index % 2, origin: 'own' as const };
      images.push({ ...score, ...own, id: imageId(recipes.at(-1)!), hash, prompt: text });
    }
  await painter.dispose();
  await insertImages(project.db, recipes);

  const plain = makePipelineExamples(pipeline, [1, 0, 1]);
  const data: TuneData = { ...plain, images: { ...plain.images, texts: Int32Array.of(1, 1, 1) } };
  const cacheDir = join(project.dir, 'cache');
  const source = {
    pipeline,
    images,
    baseHash: painter.modelHash,
    generate: { ...project.config.generate, batchSize: 3 },
  };
  const replay = (of = images, most = 2) =>
    addOwnNoise(openTestSession(project), { ...source, images: of }, data, most, {
      ...{ engine: { threads: 1 }, cacheDir },
      signal: new AbortController().signal,
    });
  const { images: found } = await replay();
  const { times, noise } = found.ownNoise!;
  const process = pipeline.process();
  const calls = process.sampler(WAY.sampler, WAY.steps).timesteps;
  assert.deepEqual([...times], [calls[1], calls[3]]);

  // Two batches were drawn: of two pictures, then of one; each with five calls and its finished latents.
  const { length, picture } = latentSizes(pipeline);
  const near = (a: Float32Array, b: Float32Array) =>
    a.forEach((value, k) => void assert.ok(Math.abs(value - b[k]!) < 1e-4, `${value} for ${b[k]}`));
  const decoder = createDecoder(pipeline, 1, { threads: 1 });
  for (const [i, { hash }] of images.entries()) {
    const [batch, row] = i < 2 ? [0, i] : [6, 0];
    const at = (call: number) => shown[batch + call]!.subarray(row * length, (row + 1) * length);
    const clean = found.latents.subarray(i * length, (i + 1) * length);
    near(clean, at(5));
    for (const m of [0, 1]) {
      const own = noise.subarray((2 * i + m) * length, (2 * i + m + 1) * length);
      near(process.mix(clean, own, [times[m]!]), at([1, 3][m]!));
    }
    const [rgb] = await decoder.decode(clean);
    assert.deepEqual(rgb, (await decodePng(await project.images.getBlob(hash))).rgb);
    assert.equal(rgb!.length, 3 * picture.width * picture.height);
  }
  await decoder.dispose();

  const batches = makeBatches(
    { ...data, images: found },
    {
      ...{ seed: 1, process, captionDropout: 0, preferences: [[0, 1]] },
      mixture: { images: 2, pairs: 0, passes: 1 },
    },
  );
  const [pass] = batches(1);
  const [first, second] = pass!.timesteps as Float32Array;
  assert.equal(first, second);
  const m = times.indexOf(first!);
  near((pass!.latents as Float32Array).subarray(0, length), shown[[1, 3][m]!]!.subarray(0, length));
  const target = process.target(found.latents.subarray(0, length), noise.subarray(m * length, (m + 1) * length), [
    first!,
  ]);
  near((pass!.target as Float32Array).subarray(0, length), target);

  assert.deepEqual((await replay()).images.ownNoise, found.ownNoise);
  assert.equal(readdirSync(join(cacheDir, 'noise')).length, 1, 'the second time they are read');
  const renders = (await project.db.selectFrom('images').selectAll().where('sampler', '=', 'ddim').execute()).map(
    ({ id, hash, promptId, seed }) => ({ ...images[0]!, id, hash, promptId, seed }),
  );
  await assert.rejects(replay([...images, renders[0]!]), { code: 'CONFIG', message: /drawn in one way .* 2 ways/ });
  await assert.rejects(replay(renders), { code: 'STORAGE', message: /gives another picture/ });
});
