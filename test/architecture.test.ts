// Which folder of src/ may import which. Reading the table from the top is reading the architecture: a row may name
// only rows above it, so there can be no cycle between folders.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Folder, what it may import of ours, and the npm packages that are its business. */
const TABLE: readonly (readonly [folder: string, ours: string, packages: string])[] = [
  ['util', '', ''],

  // The engine: graphs become ONNX, ONNX becomes programs. Only runtime knows ONNX Runtime.
  ['graph', 'util', ''],
  ['onnx', 'graph util', '@bufbuild/protobuf'],
  ['runtime', 'onnx graph util', 'onnxruntime-node'],

  // Builders: they make graphs or read files, and run nothing.
  ['nn', 'graph util', ''],
  ['optim', 'graph', ''],
  ['weights', 'util', ''],
  ['models', 'nn graph weights util', 'zod @huggingface/tokenizers'],
  ['diffusion', 'util', 'zod'],
  ['hub', 'util', '@huggingface/hub'],

  // The embedded world: prompts and pictures are plain code, the judge of pictures is a compiled network.
  ['prompts', 'util', ''],
  ['world', 'prompts util', 'sharp'],
  ['world/judge', 'world prompts runtime nn graph weights util', ''],

  // What answers are worth, whoever gave them: plain arithmetic.
  ['quality', 'util', ''],

  // The store. Only it knows SQL.
  ['store', 'util', 'kysely libsql pg yaml zod'],

  // Answers of the store as labels and as figures about raters.
  ['labels', 'quality store util', ''],

  // What runs graphs: training steps, whole models, and the making of the embedded ones.
  ['training', 'runtime onnx optim nn graph weights util', ''],
  // Drawing takes the type of the configuration from the store, and pictures as bytes from the world.
  ['drawing', 'runtime onnx hub models diffusion nn graph weights store world util', ''],
  ['pretraining', 'training runtime optim models diffusion nn graph weights prompts world world/judge util', ''],

  // The stages, in the order of the method.
  ['feedback', 'drawing store prompts world world/judge util', ''],
  // Data in the formats of the field, out and in.
  ['exchange', 'feedback drawing store world util', 'fflate hyparquet hyparquet-writer zod'],
  ['reward', 'drawing labels training runtime onnx optim models nn graph weights store prompts world util', 'zod'],
  // Tuning scores images that have no reward yet, and its pre-training pairs (the β term) are those of the base model.
  [
    'tuning',
    'reward pretraining drawing training optim hub models diffusion nn graph weights store world util',
    'sharp yaml', // pairs from a folder are pictures of any size; a model card starts with YAML
  ],
  ['evaluation', 'reward drawing store prompts world world/judge util', ''],
  // Automatic measures of any model's images, by CLIP, the judge, or networks that the user supplies.
  ['measures', 'evaluation reward drawing runtime models store prompts world world/judge util', 'zod'],
  // People's verdict over pairs of images, as a study with its statistics.
  ['verdict', 'evaluation drawing quality store world world/judge util', ''],
  ['report', 'verdict measures evaluation reward tuning labels quality store prompts util', ''],

  // All of it, one stage after another.
  ['recipes', 'report evaluation tuning reward feedback store util', ''],

  // Design choices as grids over seeds.
  [
    'experiments',
    'recipes util report evaluation tuning reward feedback drawing store prompts world world/judge util',
    '',
  ],

  // Checks of the engine from outside.
  ['verify', 'reward runtime onnx optim models diffusion nn graph weights util', 'sharp'],
  ['bench', 'drawing training runtime optim models nn graph weights util', ''],

  // What server and web app say to each other: schemas alone, read by browsers too.
  ['contract', '', 'zod'],

  // The studio: the same stages and store behind an API.
  [
    'server',
    'contract exchange verdict labels quality report evaluation tuning reward feedback store prompts world util',
    'hono @hono/zod-openapi @hono/node-server better-auth sharp zod',
  ],

  [
    'cli',
    'server exchange verdict labels quality measures experiments recipes bench verify report evaluation tuning reward feedback pretraining drawing store hub models weights runtime util',
    'commander',
  ],
];

/** Folders that touch neither files nor clocks: what they return depends on their arguments alone. */
const PURE = ['graph', 'onnx', 'nn', 'optim', 'prompts', 'quality', 'contract'];

const folders = TABLE.map(([folder]) => folder);

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly target: string;
}

function listSources(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.replaceAll('\\', '/'));
}

/** Tests, and what only tests import. */
function isTestCode(file: string): boolean {
  return /\.test\.ts$|(^|\/)testing(\.ts$|\/)/.test(file);
}

/** The row of a file below src/: the longest folder of the table that it lies in. */
function folderOf(file: string): string {
  const rows = folders.filter((folder) => file.startsWith(`${folder}/`));
  return rows.reduce((longest, row) => (row.length > longest.length ? row : longest), '');
}

const STATEMENT = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

function readImports(base: string, file: string): string[] {
  const text = readFileSync(join(base, file), 'utf8');
  return [...text.matchAll(STATEMENT)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

const SRC = join(ROOT, 'src');
const imports: Import[] = listSources(SRC)
  .filter((file) => !isTestCode(file) && file.includes('/'))
  .flatMap((file) => readImports(SRC, file).map((target) => ({ file, folder: folderOf(file), target })));

function resolveOurs({ file, target }: Import): string {
  return relative(SRC, join(SRC, dirname(file), target)).replaceAll('\\', '/');
}

function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

test('the table has a row for every folder, and each row names only rows above it', () => {
  const there = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(
    there.map(({ name }) => name).filter((name) => !folders.includes(name)),
    [],
    'folders without a row',
  );
  TABLE.forEach(([folder, ours], i) => {
    const above = folders.slice(0, i);
    assert.deepEqual(
      ours.split(' ').filter((name) => name !== '' && !above.includes(name)),
      [],
      `${folder} names rows that do not stand above it`,
    );
  });
});

test('no folder imports what its row does not name', () => {
  const allowed = new Map(TABLE.map(([folder, ours]) => [folder, new Set([folder, ...ours.split(' ')])]));
  const forbidden = imports
    .filter(({ target }) => target.startsWith('.'))
    .map((found) => ({ ...found, to: folderOf(resolveOurs(found)) }))
    .filter(({ folder, to }) => !allowed.get(folder)?.has(to))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(forbidden, []);
});

test('an npm package is imported only where it is named', () => {
  const allowed = new Map(TABLE.map(([folder, , packages]) => [folder, new Set(packages.split(' '))]));
  const forbidden = imports
    .filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:'))
    .filter(({ folder, target }) => !allowed.get(folder)?.has(packageOf(target)))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(forbidden, []);
});

test('pure folders import nothing of Node', () => {
  const impure = imports.filter(({ folder, target }) => PURE.includes(folder) && target.startsWith('node:'));
  assert.deepEqual(
    impure.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

test('nothing that ships imports test code or the public entry', () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith('.'))
    .filter((found) => isTestCode(resolveOurs(found)) || resolveOurs(found) === 'index.ts')
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test('examples use the public surface alone', () => {
  const dir = join(ROOT, 'examples');
  const others = listSources(dir).flatMap((file) =>
    readImports(dir, file)
      .filter((target) => !target.startsWith('node:') && target !== '../src/index.ts')
      .map((target) => `${file} imports ${target}`),
  );
  assert.deepEqual(others, []);
});
