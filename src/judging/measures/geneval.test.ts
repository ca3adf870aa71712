import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../../project/testing.ts';
import { crop } from './colors.ts';
import { type Box, type Detection, keepBest, openDetector, overlap } from './detector.ts';
import { type GenevalPrompt, judgeObjects, readGenevalPrompts, relationsOf } from './geneval.ts';
import { summarizeGeneval } from './geneval-run.ts';
import { prepareInput } from './network-config.ts';
import { drawBlocks, writeBlockDetector, writeConfig } from './testing.ts';

const noColors = () => Promise.reject(new Error('nobody asked for colors'));
const objectsOf = (classes: Record<string, Box[]>) =>
  new Map(Object.entries(classes).map(([name, boxes]) => [name, boxes.map((box): Detection => ({ box, score: 1 }))]));
const at = (x: number, y: number, size = 10): Box => [x, y, x + size, y + size];
const dogs = (...xs: number[]) => xs.map((x) => at(x, 0));

async function isRight(asked: Partial<GenevalPrompt>, classes: Record<string, Box[]>, colors?: string[]) {
  const requirements = { include: [], exclude: [], ...asked };
  const classify = colors
    ? async (_name: string, found: readonly unknown[]) => colors.slice(0, found.length)
    : noColors;
  return (await judgeObjects(requirements, objectsOf(classes), classify)).correct;
}

test('counting: as many as asked and not one more', async () => {
  const asked = { include: [{ class: 'dog', count: 2 }], exclude: [{ class: 'dog', count: 3 }] };
  assert.deepEqual(
    [
      await isRight(asked, { dog: dogs(0) }),
      await isRight(asked, { dog: dogs(0, 20) }),
      await isRight(asked, { dog: dogs(0, 20, 40) }),
      await isRight(asked, { cat: dogs(0, 20) }),
    ],
    [false, true, false, false],
  );
});

test('two objects, colors, and colors bound to objects: only the most certain of each class are looked at', async () => {
  const two = {
    include: [
      { class: 'dog', count: 1 },
      { class: 'cat', count: 1 },
    ],
  };
  assert.equal(await isRight(two, { dog: dogs(0), cat: dogs(20) }), true);
  assert.equal(await isRight(two, { dog: dogs(0) }), false);
  const green = { include: [{ class: 'dog', count: 1, color: 'green' }] };
  assert.equal(await isRight(green, { dog: dogs(0, 20) }, ['green', 'red']), true);
  assert.equal(await isRight(green, { dog: dogs(0, 20) }, ['red', 'green']), false);
  const bound = {
    include: [
      { class: 'dog', count: 1, color: 'red' },
      { class: 'cat', count: 1, color: 'blue' },
    ],
  };
  const classify = (colors: Record<string, string>) =>
    judgeObjects({ exclude: [], ...bound }, objectsOf({ dog: dogs(0), cat: dogs(20) }), async (name) => [
      colors[name]!,
    ]);
  assert.equal((await classify({ dog: 'red', cat: 'blue' })).correct, true);
  const swapped = await classify({ dog: 'blue', cat: 'red' });
  assert.deepEqual([swapped.correct, swapped.reasons.length], [false, 2]);
});

test('positions: sides by the centres, none where boxes overlap, two on a diagonal, and a missing target fails', async () => {
  assert.deepEqual([...relationsOf(at(0, 0), at(30, 0))], ['left of']);
  assert.deepEqual([...relationsOf(at(0, 30), at(0, 0))], ['below']);
  assert.deepEqual([...relationsOf(at(30, 30), at(0, 0))], ['right of', 'below']);
  // Offset 1.5, less than a tenth of the summed widths of 20.
  assert.deepEqual([...relationsOf(at(1.5, 0), at(0, 0))], []);
  // Offset (20, 6) with 2 taken off each: dx = 18 / 20.9, dy = 4 / 20.9.
  assert.deepEqual([...relationsOf(at(20, 6), at(0, 0))], ['right of']);
  const asked: Pick<GenevalPrompt, 'include'> = {
    include: [
      { class: 'cat', count: 1 },
      { class: 'dog', count: 1, position: ['left of', 0] },
    ],
  };
  assert.equal(await isRight(asked, { dog: [at(0, 0)], cat: [at(40, 0)] }), true);
  assert.equal(await isRight(asked, { dog: [at(40, 0)], cat: [at(0, 0)] }), false);
  assert.equal(await isRight(asked, { dog: [at(0, 0)] }), false);
});

test('boxes are kept by certainty, at most so many, without those that overlap', () => {
  const raw = [
    { box: at(0, 0), score: 0.5, label: 0 },
    { box: at(1, 0), score: 0.9, label: 0 },
    { box: at(40, 0), score: 0.7, label: 0 },
    { box: at(0, 0), score: 0.2, label: 0 },
    { box: at(0, 0), score: 0.8, label: 1 },
  ];
  const scores = (maxOverlap: number, maxObjects = 16) =>
    keepBest(raw, { classes: ['dog', 'cat', 'cow'], maxObjects, maxOverlap }, 0.3);
  const of = (found: ReturnType<typeof scores>, name: string) => found.get(name)?.map(({ score }) => score);
  assert.deepEqual(of(scores(1), 'dog'), [0.9, 0.7, 0.5]);
  assert.deepEqual(of(scores(0.5), 'dog'), [0.9, 0.7]);
  assert.deepEqual(of(scores(1, 1), 'dog'), [0.9]);
  assert.deepEqual(of(scores(1), 'cat'), [0.8]);
  assert.equal(scores(1).has('cow'), false);
  assert.ok(Math.abs(overlap([0, 0, 9, 9], [5, 0, 14, 9]) - 50 / 150) < 1e-12);
});

test('a detector from an ONNX file finds what is there, and says what is wrong with its config', async (t) => {
  const dir = makeTemporaryDir(t);
  const detector = await openDetector(writeBlockDetector(dir));
  t.after(() => detector.dispose());
  const picture = drawBlocks([
    [0, 0, 'red'],
    [3, 2, 'red'],
    [1, 1, 'blue'],
  ]);
  const found = await detector.detect(picture, true);
  assert.deepEqual([...found.keys()], ['dog', 'cat']);
  assert.deepEqual(
    found
      .get('dog')!
      .map(({ box }) => box)
      .sort(),
    [
      [0, 0, 8, 8],
      [24, 16, 32, 24],
    ],
  );
  assert.deepEqual(
    found.get('cat')!.map(({ box }) => box),
    [[8, 8, 16, 16]],
  );
  const asked = { include: [{ class: 'dog', count: 2 }], exclude: [{ class: 'dog', count: 3 }] };
  assert.equal((await judgeObjects(asked, found, noColors)).correct, true);

  const base = {
    model: 'blocks.onnx',
    name: 'b',
    input: { name: 'images', width: 32, height: 32 },
    classes: ['dog', 'cat'],
  };
  const decode = { type: 'yolo', output: 'output0' };
  const fails = async (config: object, expected: { code: string; message: RegExp }) => {
    const open = openDetector(writeConfig(dir, 'wrong.json', config));
    await assert.rejects(
      open.then((one) => one.detect(picture, false).finally(() => one.dispose())),
      expected,
    );
  };
  await fails(
    { ...base, decode, classes: ['dog', 'cat', 'cow'] },
    { code: 'SHAPE', message: /expected 7 or 8 values a box for 3 classes/ },
  );
  await fails(
    { ...base, decode: { ...decode, output: 'boxes' } },
    { code: 'SHAPE', message: /expected an output boxes, got output0/ },
  );
  await fails({ ...base, decode, input: { ...base.input, name: 'x' } }, { code: 'SHAPE', message: /does not take/ });
  await fails(
    { ...base, decode, model: 'wrong.json' },
    { code: 'WEIGHTS', message: /expected a network as an ONNX file/ },
  );
  await fails({ ...base }, { code: 'CONFIG', message: /decode/ });
});

test('pictures as inputs: bytes, channels, padding and scale', () => {
  const picture = drawBlocks([[0, 0, 'red']]);
  const input = {
    name: 'x',
    width: 64,
    height: 32,
    layout: 'NHWC',
    type: 'uint8',
    channels: 'BGR',
    mean: [0, 0, 0],
    std: [1, 1, 1],
    fit: 'pad',
  } as const;
  const { tensor, scale } = prepareInput(picture, { ...input, mean: [0, 0, 0], std: [1, 1, 1] });
  assert.deepEqual(
    [tensor.shape, scale],
    [
      [1, 32, 64, 3],
      [1, 1],
    ],
  );
  assert.deepEqual([...tensor.data.slice(0, 3)], [0, 0, 255]);
  assert.deepEqual([...tensor.data.slice(3 * 63, 3 * 64)], [114, 114, 114]);
  const part = crop(picture, [-3, 0.4, 8.2, 7.6]);
  assert.deepEqual([part.width, part.height, part.rgb[0]], [8, 8, 255]);
});

test('prompts in the format of GenEval, with the line that is wrong', (t) => {
  const path = join(makeTemporaryDir(t), 'metadata.jsonl');
  const line =
    '{"tag": "position", "include": [{"class": "cat", "count": 1}, {"class": "dog", "count": 1, "position": ["left of", 0]}], "prompt": "a photo of a dog left of a cat"}';
  writeFileSync(
    path,
    `${line}\n\n{"tag": "counting", "include": [{"class": "dog", "count": 2}], "exclude": [{"class": "dog", "count": 3}], "prompt": "a photo of two dogs"}\n`,
  );
  const [position, counting] = readGenevalPrompts(path);
  assert.deepEqual(position!.include[1]!.position, ['left of', 0]);
  assert.deepEqual(counting!.exclude, [{ class: 'dog', count: 3 }]);
  writeFileSync(path, `${line}\n{"tag": "colors"}`);
  assert.throws(() => readGenevalPrompts(path), { code: 'CONFIG', message: /line 2/ });
  writeFileSync(path, line.replace('["left of", 0]', '["left of", 1]'));
  assert.throws(() => readGenevalPrompts(path), { code: 'CONFIG', message: /names nothing before it/ });
});

test('scores: tasks weigh alike in the overall one, whatever their number of prompts', () => {
  const asked = ['counting', 'counting', 'counting', 'colors'].map((tag) => ({ tag }));
  const right = [
    [true, true],
    [false, false],
    [false, false],
    [true, false],
  ];
  const project = { config: { seed: 0, evaluate: { bootstrapSamples: 100 } } };
  const scores = summarizeGeneval(
    { name: 'base', hash: '' },
    asked,
    right,
    project as Parameters<typeof summarizeGeneval>[3],
  );
  assert.deepEqual(
    scores.tasks.map(({ tag, prompts, right: share }) => [tag, prompts, share.estimate]),
    [
      ['counting', 3, 1 / 3],
      ['colors', 1, 0.5],
    ],
  );
  assert.ok(Math.abs(scores.overall.estimate - (1 / 3 + 0.5) / 2) < 1e-12);
  assert.equal(scores.anyRight, 0.5);
});
