import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hashPixels } from '../../pictures/identity.ts';
import { decodePng } from '../../pictures/image.ts';
import { parseParameters } from '../../pictures/parameters.ts';
import { readPngText, stripPngText } from '../../pictures/png-text.ts';
import { configSchema } from '../../project/config/config.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { listRuns } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { hashJson, sha256 } from '../../util/hash.ts';
import { embedded } from '../../world/worlds/embedded.ts';
import { generateImages } from './generate.ts';
import { choosePrompts, countAskedImages, findShortages, splitGrammar, storePrompts } from './prompts.ts';
import { makeTinyProject, quietProgress } from './testing.ts';

const signal = new AbortController().signal;

async function recipes({ db }: Project): Promise<Map<string, string>> {
  return new Map((await listImages(db)).map(({ id, hash }) => [id, hash]));
}

test('choosePrompts keeps to the split, to the configured numbers, and to what the grammar makes', () => {
  const config = configSchema.parse({ seed: 1, prompts: { count: 1000, color: 5, background: 0, combination: 40 } });
  const prompts = choosePrompts(config);
  const { seen, unseen } = splitPrompts();
  const count = (split: string, category: string) =>
    prompts.filter((prompt) => prompt.split === split && prompt.category === category).length;
  assert.equal(count('seen', 'count'), seen.count!.length);
  assert.deepEqual([count('seen', 'color'), count('seen', 'background'), count('seen', 'combination')], [5, 0, 40]);
  assert.deepEqual([count('unseen', 'color'), count('unseen', 'combination')], [unseen.color!.length, 40]);
  assert.equal(new Set(prompts.map(({ text }) => text)).size, prompts.length);
  assert.deepEqual(choosePrompts(config), prompts);
  assert.notDeepEqual(choosePrompts({ ...config, seed: 2 }), prompts);
});

test('the embedded grammar makes the prompts that it always made, byte for byte', () => {
  const digests = [0, 1, 7].map((seed) => sha256(JSON.stringify(choosePrompts(configSchema.parse({ seed })))));
  assert.deepEqual(digests, [
    '8232918497db5a9268308f9a46e201a8f85199d3bd99dc0c34ae1bd8e34a1149',
    'ad7da6574db6fb28a72661368128df6cb505589d01f0006e8c9a23d342b2a787',
    'bd07329cc0f8c97c593370f62b4c53d9aa623ebf7d78cbca914c26eda46e2e44',
  ]);
});

test('development prompts are drawn of those that are left, and keep the seen and unseen ones as they are', () => {
  const without = configSchema.parse({ seed: 3 });
  const config = configSchema.parse({ seed: 3, prompts: { developmentPerCategory: 10 } });
  const prompts = choosePrompts(config);
  const development = prompts.filter(({ split }) => split === 'development');
  assert.deepEqual(
    prompts.filter((prompt) => !development.includes(prompt)),
    choosePrompts(without),
  );
  assert.equal(new Set(prompts.map(({ id }) => id)).size, prompts.length);
  assert.deepEqual(findShortages(config, prompts), ['6 of 10 development prompts of count']);
  assert.notDeepEqual(
    choosePrompts({ ...config, seed: 4 }).filter(({ split }) => split === 'development'),
    development,
  );
});

test('a grammar of its own makes the prompts, its held-out subjects drawn by the seed', () => {
  const config = configSchema.parse({ seed: 3, prompts: { grammar: 'paper', combination: 200 } });
  const prompts = choosePrompts(config);
  const { heldOutSubjects } = splitGrammar(config);
  assert.equal(prompts.length, 3 * 12 + 200 + 3 * 40 - 10 + 40);
  for (const { split, slots } of prompts) assert.equal(heldOutSubjects.has(String(slots.subject)), split === 'unseen');
  assert.notDeepEqual(splitGrammar({ ...config, seed: 4 }).heldOutSubjects, heldOutSubjects);
});

test('progress never says more than there is, in the last part of a batch neither', async (t) => {
  const generate = { imagesPerPrompt: 4, steps: 3, batchSize: 7 };
  const { project } = await makeTinyProject(makeTemporaryDir(t), { generate });
  t.after(() => project.close());
  const ticks: number[] = [];
  await generateImages({ project, world: embedded, progress: quietProgress((done) => void ticks.push(done)), signal });
  assert.equal(ticks.at(-1), 24);
  assert.deepEqual(
    ticks,
    ticks.toSorted((a, b) => a - b),
  );
});

test('development prompts are drawn beside the seen ones, and tuning looks at them', async (t) => {
  const prompts = {
    count: 1,
    color: 1,
    background: 0,
    combination: 1,
    developmentPerCategory: 1,
    unseenPerCategory: 1,
  };
  const generate = { imagesPerPrompt: 1, steps: 2, batchSize: 8 };
  const { project } = await makeTinyProject(makeTemporaryDir(t), { prompts, generate });
  t.after(() => project.close());
  assert.equal(await countAskedImages(project.db, project.config), 3 + 4);
  const summary = await generateImages({ project, world: null, progress: quietProgress(), signal });
  assert.deepEqual([summary.images, summary.developmentPrompts, summary.unseenPrompts], [3 + 4, 4, 4]);
  const drawn = new Set((await listImages(project.db)).map(({ promptId: id }) => id));
  const splits = (await listPrompts(project.db)).filter(({ id }) => drawn.has(id)).map(({ split }) => split);
  assert.deepEqual(splits.sort(), [...Array(4).fill('development'), ...Array(3).fill('seen')]);
});

test('a prompt keeps the split that it is stored with', async (t) => {
  const { project } = await makeTinyProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const before = await storePrompts(project.db, project.config);
  const moved = before.find(({ split }) => split === 'seen')!;
  await project.db.updateTable('prompts').set({ split: 'unseen' }).where('id', '=', moved.id).execute();
  const after = await storePrompts(project.db, project.config);
  assert.equal(after.find(({ id }) => id === moved.id)!.split, 'unseen');
});

test('generate draws each image once, records what it came from, and goes on where it was stopped', async (t) => {
  const straight = (await makeTinyProject(makeTemporaryDir(t))).project;
  t.after(() => straight.close());
  const summary = await generateImages({ project: straight, world: embedded, progress: quietProgress(), signal });
  assert.deepEqual(
    [summary.images, summary.drawn, summary.prompts, summary.unseenPrompts],
    [24, 24, { count: 1, color: 1, background: 1, combination: 3 }, 8],
  );
  const expected = await recipes(straight);
  assert.equal(new Set(expected.values()).size, 24, 'no two images are alike');

  const { project } = await makeTinyProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const stop = new AbortController();
  const stopping = quietProgress((done) => void (done >= 9 && stop.abort()));
  await assert.rejects(generateImages({ project, world: embedded, progress: stopping, signal: stop.signal }), {
    code: 'INTERRUPTED',
  });
  const [interrupted] = await listRuns(project.db);
  assert.deepEqual([interrupted!.stage, interrupted!.status], ['generate', 'interrupted']);
  const before = await listImages(project.db);
  assert.equal(before.length, 8);

  const after = await generateImages({ project, world: embedded, progress: quietProgress(), signal });
  assert.deepEqual([after.images, after.drawn], [24, 16]);
  assert.deepEqual(await recipes(project), expected);
  const kept = new Map((await listImages(project.db)).map((image) => [image.id, image.createdAt]));
  for (const { id, createdAt } of before) assert.equal(kept.get(id), createdAt);
  assert.equal((await listRuns(project.db)).length, 1, 'the run was taken up again');

  const [image] = await listImages(project.db);
  const picture = await decodePng(await project.images.getBlob(image!.hash));
  assert.deepEqual([picture.width, picture.height], [32, 32]);
  const { sampler, steps, guidanceScale, modelHash, purpose } = image!;
  assert.deepEqual([sampler, steps, guidanceScale, purpose], ['dpm-solver', 3, 3, 'feedback']);
  assert.equal(modelHash, after.modelHash);
  assert.equal((await listPrompts(project.db, { split: 'unseen' })).length, 8);
});

test('a second run draws nothing, but restores a file that was lost', async (t) => {
  const { project } = await makeTinyProject(makeTemporaryDir(t), { generate: { imagesPerPrompt: 1, steps: 2 } });
  t.after(() => project.close());
  const session = { project, world: embedded, progress: quietProgress(), signal };
  await generateImages(session);
  assert.equal((await generateImages(session)).drawn, 0);
  const [image] = await listImages(project.db);
  const path = project.images.blobPath(image!.hash);
  const bytes = readFileSync(path);
  rmSync(path);
  assert.equal((await generateImages(session)).drawn, 1);
  assert.deepEqual(readFileSync(path), bytes);
});

test('a negative prompt is part of what an image is; files tell how they were drawn, and are known by their pixels', async (t) => {
  const made = await makeTinyProject(makeTemporaryDir(t), { generate: { imagesPerPrompt: 1, steps: 2 } });
  const { project } = made;
  t.after(() => project.close());
  const session = { project, world: embedded, progress: quietProgress(), signal };
  await generateImages(session);
  const plain = await listImages(project.db);
  const [first] = plain;
  const png = await project.images.getBlob(first!.hash);
  const { prompt, negativePrompt, settings } = parseParameters(readPngText(png, 'parameters')!);
  const { text } = (await listPrompts(project.db)).find(({ id }) => id === first!.promptId)!;
  assert.deepEqual([prompt, negativePrompt], [text, '']);
  assert.deepEqual(
    [settings.Steps, settings.Seed, settings.Size, settings['Model hash'], settings.Model],
    ['2', String(first!.seed), '32x32', first!.modelHash.slice(0, 10), 'sd'],
  );
  assert.equal(hashPixels(await decodePng(png)), first!.hash);
  // A file that does not tell it has the same name.
  writeFileSync(project.images.blobPath(first!.hash), stripPngText(png));
  assert.deepEqual((await decodePng(await project.images.getBlob(first!.hash))).rgb, (await decodePng(png)).rgb);
  assert.equal((await generateImages(session)).drawn, 0);

  const away = {
    ...project,
    config: { ...project.config, generate: { ...project.config.generate, negativePrompt: 'a dog' } },
  };
  await assert.rejects(generateImages({ ...session, project: away }), {
    code: 'USAGE',
    message: `generate: ${plain.length} pictures were drawn with no negative prompt; this command draws with away from "a dog"`,
    hint: 'Give `--negative-prompt ""` to go on with those, or --mix to have both kinds rated and learned from.',
  });
  assert.equal((await listImages(project.db)).length, plain.length);
  assert.equal((await generateImages({ ...session, project: away }, { mix: true })).drawn, plain.length);
  assert.equal((await generateImages({ ...session, project: away })).drawn, 0, 'mixed once, as asked');
  const all = await listImages(project.db);
  assert.deepEqual([all.length, new Set(all.map(({ hash }) => hash)).size], [2 * plain.length, 2 * plain.length]);
  const other = all.find((image) => image.negativePrompt === 'a dog')!;
  const described = parseParameters(readPngText(await project.images.getBlob(other.hash), 'parameters')!);
  assert.equal(described.negativePrompt, 'a dog');
});

test('a model that is not there and prompts that are none are refused', async (t) => {
  const dir = makeTemporaryDir(t);
  const { project } = await makeTinyProject(dir, { prompts: { count: 0, color: 0, background: 0, combination: 0 } });
  t.after(() => project.close());
  const session = { project, world: embedded, progress: quietProgress(), signal };
  await assert.rejects(generateImages(session), { code: 'CONFIG', message: /there is no seen prompt/ });
  rmSync(join(dir, 'models/sd/model_index.json'));
  await assert.rejects(generateImages(session), { code: 'MODEL_CONFIG', message: /expected a model_index\.json/ });
});

test('size, precision and tiles are part of what an image is; the model’s own size in float32, whole, is what there was before', async (t) => {
  const dir = makeTemporaryDir(t);
  const generate = { imagesPerPrompt: 1, steps: 2 };
  const { project } = await makeTinyProject(dir, { generate });
  t.after(() => project.close());
  const drawWith = (size: { width?: number; height?: number; precision?: 'float16'; vaeTile?: number }) => {
    const config = configSchema.parse({ ...project.config, generate: { ...project.config.generate, ...size } });
    const other = { project: { ...project, config }, world: embedded, progress: quietProgress(), signal };
    return generateImages(other, { mix: true });
  };
  await drawWith({});
  const own = await listImages(project.db);
  assert.deepEqual(new Set(own.map(({ width, height }) => `${width} ${height}`)), new Set(['null null']));
  const { promptId, seed, sampler, steps, guidanceScale, modelHash, purpose } = own[0]!;
  const before = hashJson([promptId, seed, sampler, steps, guidanceScale, modelHash, purpose]).slice(0, 32);
  assert.equal(own[0]!.id, before, 'named as before there were sizes');
  assert.equal((await drawWith({ width: 32, height: 32 })).drawn, 0, 'the model’s own size, spelled out');

  const { drawn, images } = await drawWith({ width: 48 });
  assert.deepEqual([drawn, images], [6, 6]);
  const wide = (await listImages(project.db)).filter(({ width }) => width === 48);
  assert.deepEqual(new Set(wide.map(({ height }) => height)), new Set([32]));
  const png = await project.images.getBlob(wide[0]!.hash);
  const picture = await decodePng(png);
  assert.deepEqual([picture.width, picture.height], [48, 32]);
  assert.match(readPngText(png, 'parameters')!, /Size: 48x32/);
  await assert.rejects(drawWith({ height: 30 }), { code: 'CONFIG', hint: /28 or 32, or to 0/ });
  assert.equal((await listImages(project.db)).length, 12);

  assert.equal((await drawWith({ precision: 'float16' })).drawn, 6);
  const half = (await listImages(project.db)).filter(({ precision }) => precision === 'float16');
  assert.equal(half.length, 6);
  assert.match(readPngText(await project.images.getBlob(half[0]!.hash), 'parameters')!, /Precision: float16/);
  assert.equal((await drawWith({ precision: 'float16' })).drawn, 0, 'they are there');

  assert.equal(
    (await drawWith({ width: 48, vaeTile: 48 })).drawn,
    0,
    'a picture that is no larger than a tile is whole',
  );
  assert.equal((await drawWith({ width: 48, vaeTile: 16 })).drawn, 6);
  const tiled = (await listImages(project.db)).filter(({ vaeTile }) => vaeTile === 16);
  assert.equal(tiled.length, 6);
  assert.match(readPngText(await project.images.getBlob(tiled[0]!.hash), 'parameters')!, /VAE tile: 16/);
  await assert.rejects(drawWith({ vaeTile: 12 }), { code: 'CONFIG', hint: /16, or to 0/ });
});
