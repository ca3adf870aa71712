// Runs every example as a reader would: each ends by itself, in silence on stderr, and prints what its comments promise.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { listEntries } from '../site/entries.ts';
import { decodePng, embeddedModel } from '../src/index.ts';
import { exportReward } from '../src/method/reward/export.ts';
import { openRewardModel } from '../src/method/reward/model.ts';
import { makeRatedProject, openTestSession } from '../src/method/reward/testing.ts';
import { trainReward } from '../src/method/reward/train.ts';
import { openClipEmbedder } from '../src/models/inference/clip.ts';
import { random } from '../src/util/random.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function runExample(name: string, ...args: string[]): string {
  const command = ['--import', 'tsx', join('examples', name), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  return stdout;
}

function makeTemporaryFile(t: TestContext, name: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-example-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return join(dir, name);
}

function needs(model: 'sd' | 'judge', file: string) {
  return existsSync(join(embeddedModel(model), file)) ? {} : { skip: `models/${model} is not trained yet` };
}

test('each example is at most 100 lines long and named by a test here', () => {
  const tests = readFileSync(fileURLToPath(import.meta.url), 'utf8');
  const names = readdirSync(join(ROOT, 'examples'));
  // Where the tests run compiled, an example lies beside its source.
  for (const name of names.filter((one) => !one.endsWith('.js'))) {
    assert.ok(readFileSync(join(ROOT, 'examples', name), 'utf8').split('\n').length <= 101, name);
    assert.ok(tests.includes(`runExample('${name}'`), `${name} is not run`);
  }
});

const withExample = listEntries().filter(({ path }) => path !== 'collimate');

test('each part of the package opens with an example', () => {
  assert.deepEqual(
    withExample.filter(({ example }) => !example.includes('console.log(')).map(({ path }) => path),
    [],
  );
});

test('those examples print what they say', (t) => {
  const main = makeTemporaryFile(t, 'main.mts');
  const sources = (part: string) => pathToFileURL(join(ROOT, 'src', `${part}.ts`)).href;
  const parts = withExample.map(({ path, example }, i) => {
    const file = join(dirname(main), `${i}.mts`);
    writeFileSync(
      file,
      example.replace(/'collimate\/(\w+)'/g, (_, part: string) => `'${sources(part)}'`),
    );
    return `console.log('# ${path}');\nawait import('./${i}.mts');\n`;
  });
  writeFileSync(main, parts.join(''));
  const command = ['--import', import.meta.resolve('tsx'), main];
  const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: dirname(main), encoding: 'utf8' });
  const promised = withExample.flatMap(({ path, example }) => [
    `# ${path}`,
    ...[...example.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, said]) => said!),
  ]);
  assert.deepEqual({ stderr, printed: stdout.trim().split('\n') }, { stderr: '', printed: promised });
});

test('train-network tells the spirals apart', () => {
  const steps = runExample('train-network.ts').trim().split('\n');
  const readings = steps.map((line) =>
    /^step (\d+): loss ([\d.]+), ([\d.]+) % right$/.exec(line)!.slice(1).map(Number),
  );
  const [first, last] = [readings[0]!, readings.at(-1)!];
  assert.deepEqual([first[0], last[0]], [1, 600]);
  assert.ok(first[2]! < 70 && last[2]! >= 99, steps.join('\n'));
  assert.ok(last[1]! < 0.05);
});

test('train-reward judges new pairs', () => {
  const printed = runExample('train-reward.ts');
  const [, right] = /([\d.]+) % of new pairs are judged right/.exec(printed)!;
  assert.ok(Number(right) >= 90, printed);
});

test('judge-scenes sees what was rendered', needs('judge', 'model.safetensors'), async (t) => {
  const path = makeTemporaryFile(t, 'scenes.png');
  const printed = runExample('judge-scenes.ts', path);
  assert.match(printed, /^two green dogs in a city: the judge sees 2, green, dog, city; good$/m);
  assert.match(printed, /^four cats on the moon: the judge sees 4, [a-z]+, cat, moon; good$/m);
  assert.equal(printed.match(/as "three blue birds on a beach" it would be bad/g)?.length, 4);
  const { width, height } = await decodePng(readFileSync(path));
  assert.deepEqual([width, height], [268, 268]);
});

test('draw-pictures draws every request', needs('sd', 'model_index.json'), async (t) => {
  const path = makeTemporaryFile(t, 'pictures.png');
  const printed = runExample('draw-pictures.ts', path);
  assert.equal(printed.match(/^.+, seed [12]: 32×32$/gm)?.length, 8);
  const { rgb, width, height } = await decodePng(readFileSync(path));
  assert.deepEqual([width, height], [532, 268]);
  assert.ok(new Set(rgb).size > 100, 'the pictures are nearly blank');
});

/** Of a CLIP that was not trained with CLIP's own. */
const PREPROCESSING = { image_mean: [1, 1, 1], image_std: [0.5, 0.5, 0.4], rescale_factor: 1 / 127.5 };

for (const [precision, own] of [['float32'], ['int8'], ['float32', PREPROCESSING]] as const)
  test(`score-with-reward gives the score that the project has, in ${precision}${own ? ', preprocessed as the model says' : ''}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'collimate-example-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const rated = await makeRatedProject(folder);
    const project = { ...rated, config: { ...rated.config, clipPrecision: precision } };
    if (own) writeFileSync(join(project.config.clip, 'preprocessor_config.json'), JSON.stringify(own));
    t.after(() => project.close());
    await trainReward(openTestSession(project));
    const model = join(folder, 'reward.onnx');
    await exportReward(project, model);
    const prompt = 'two green dogs, in 1 city';
    const rng = random(1, 'example');
    const picture = { width: 32, height: 32, rgb: Uint8Array.from({ length: 3072 }, () => rng.int(256)) };
    writeFileSync(join(folder, 'picture.ppm'), Buffer.concat([Buffer.from('P6 32 32 255\n'), picture.rgb]));
    const printed = runExample('score-with-reward.mjs', model, join(folder, 'picture.ppm'), ...prompt.split(' '));
    const [clip, reward] = [await openClipEmbedder(project.config.clip, { precision }), await openRewardModel(project)];
    const [imageEmbedding] = await clip.embedImages([picture]);
    const [textEmbedding] = await clip.embedTexts([prompt]);
    const [score] = await reward.score([{ imageEmbedding: imageEmbedding!, textEmbedding: textEmbedding! }]);
    assert.ok(Math.abs(Number(printed) - score!) < 1e-4, `${printed}, expected ${score}`);
    await Promise.all([clip.dispose(), reward.dispose()]);
  });
