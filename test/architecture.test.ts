// Which room of src/ may import which. Reading the table from the top is reading the architecture: a row may name
// only rows above it, so there can be no circle between rooms.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Room, the rooms that it may import, and the npm packages that are its business. `/` is all rooms of an area. */
const TABLE: readonly (readonly [room: string, ours: string, packages: string])[] = [
  ['util', '', '@opentelemetry/api'],
  ['statistics', 'util', ''],

  // The engine: graphs become ONNX, ONNX becomes programs. Only runtime knows ONNX Runtime.
  ['engine/graph', 'util', ''],
  ['engine/onnx', 'engine/graph util', '@bufbuild/protobuf'],
  ['engine/runtime', 'engine/onnx engine/graph util', 'onnxruntime-node koffi'],
  ['engine/nn', 'engine/graph util', ''],
  ['engine/optim', 'engine/graph', ''],
  ['engine/weights', 'util', ''],
  ['engine/training', 'engine/ util', ''],

  // Pictures as bytes, and whatever comes from outside as pictures.
  ['pictures', 'util', 'sharp fast-png exif-reader'],

  // Models: they make graphs or read files, and run nothing; inference is what runs them.
  ['models/diffusion', 'statistics util', 'zod'],
  ['models/hub', 'util', '@huggingface/hub'],
  ['models', 'models/diffusion engine/nn engine/graph engine/weights util', 'zod @huggingface/tokenizers'],
  [
    'models/inference',
    'models models/diffusion models/hub engine/runtime engine/onnx engine/nn engine/graph engine/weights pictures util',
    '',
  ],

  // A project: its configuration, and a store in rooms by subject. Only they know SQL.
  ['project/prompts', 'util', ''],
  ['project/config', 'project/prompts util', 'yaml zod'],
  ['project/database', 'project/config util', 'kysely libsql pg'],
  // Bytes by name, in a folder or a bucket. Only this room knows the bucket's client.
  ['project/objects', 'project/config util', '@aws-sdk/client-s3 @aws-sdk/lib-storage'],
  // Work for other machines: its queue, the workers, and how a stage waits for them. Only this room knows the queue.
  ['project/work', 'project/database project/config util', 'kysely pg-boss'],
  ['project/rating', 'project/database util', 'kysely'],
  ['project/images', 'project/rating project/objects project/database pictures util', 'kysely'],
  ['project/learning', 'project/images project/rating project/database util', ''],
  ['project/studies', 'project/rating project/database util', 'kysely'],
  ['project/people', 'project/rating project/database project/config util', 'kysely'],
  ['project', 'project/images project/objects project/database project/config util', ''],

  // What a world is to the method, and the embedded one: its scenes, a judge of them, raters who are simulated, and the
  // making of its models. Whoever needs a world is handed one; only the command line opens it.
  ['world', 'util', ''],
  ['world/scenes', 'project/prompts util', ''],
  [
    'world/judge',
    'world world/scenes project/prompts pictures engine/runtime engine/nn engine/graph engine/weights util',
    '',
  ],
  ['world/raters', 'world world/judge util', ''],
  ['world/pretraining', 'world/judge world/scenes project/prompts models models/diffusion engine/ pictures util', ''],
  ['world/worlds', 'world/ project/prompts util', ''],

  // The method's three stages, and data in the formats of the field.
  ['method/quality', 'statistics util', ''],
  ['method', 'world project/ models models/inference pictures util', 'zod'],
  ['method/feedback', 'method method/quality world project/ models models/inference pictures statistics util', ''],
  [
    'method/exchange',
    'method/feedback project/ pictures util',
    'fflate yauzl hyparquet hyparquet-compressors hyparquet-writer zod',
  ],
  ['method/reward', 'method method/feedback project/ models models/inference engine/ pictures statistics util', 'zod'],
  // Tuning scores images that have no reward yet, and its pre-training pairs (the β term) are those of the base model.
  [
    'method/tuning',
    'method method/feedback method/exchange method/reward world project/ models models/inference models/diffusion models/hub engine/ pictures statistics util',
    'sharp yaml zod', // a model card starts with YAML, and shows samples side by side
  ],
  // The method again, with the tuned model as the next one.
  ['method/rounds', 'method method/feedback project/ util', ''],

  // What it was all worth.
  ['judging/evaluation', 'method method/reward world project/ models/inference pictures statistics util', 'zod'],
  // Automatic measures of any model's images, by CLIP, the judge, or networks that the user supplies.
  [
    'judging/measures',
    'judging/evaluation method method/reward world project/ models models/inference engine/runtime pictures statistics util',
    'zod',
  ],
  // People's verdict over pairs of images, as a study with its statistics.
  [
    'judging/verdict',
    'judging/evaluation method method/quality world project/ models/inference pictures statistics util',
    'zod',
  ],
  ['judging/report', 'judging/verdict judging/measures judging/evaluation method/ project/ statistics util', ''],
  // Where a project stands: models, figures, room on disk, and whether its files are what its rows say.
  [
    'judging/status',
    'judging/report judging/measures judging/evaluation method/ project/ models/inference pictures statistics util',
    '',
  ],
  // All stages one after another, and design choices as grids over seeds.
  [
    'judging/experiments',
    'judging/report judging/verdict judging/evaluation method method/ world project/ models/inference engine/weights pictures statistics util',
    'zod',
  ],
  // Checks of the engine from outside.
  ['judging/verify', 'method/reward models models/diffusion engine/ pictures util', ''],
  ['judging/bench', 'models models/inference engine/ statistics util', ''],

  // What workers make on any machine.
  [
    'worker',
    'judging/experiments method method/reward method/tuning world world/worlds models models/inference engine/weights project/images project/objects project/work project/database pictures util',
    '@opentelemetry/api',
  ],

  // The studio: what server and web app say to each other (schemas alone, read by browsers too), and the API.
  ['studio/contract', '', 'zod'],
  [
    'studio/server',
    'studio/contract judging/ method/ project/ pictures statistics util',
    'hono @hono/zod-openapi @hono/node-server better-auth prom-client sharp zod',
  ],

  [
    'cli',
    'worker studio/server judging/ method method/ world/pretraining world/worlds project/ models models/diffusion models/hub models/inference engine/runtime engine/weights statistics util',
    'commander @opentelemetry/api @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-http @opentelemetry/resources @opentelemetry/core',
  ],
];

/** Rooms that touch neither files nor clocks: what they return depends on their arguments alone. */
const PURE = [
  'statistics',
  'engine/graph',
  'engine/onnx',
  'engine/nn',
  'engine/optim',
  'project/prompts',
  'method/quality',
  'studio/contract',
];

const rooms = TABLE.map(([room]) => room);

/** The rooms that a word of the table names: `project/` and all below it, or one. */
function expand(word: string): string[] {
  return word.endsWith('/') ? rooms.filter((room) => `${room}/`.startsWith(word)) : word === '' ? [] : [word];
}

const ALLOWED = new Map(TABLE.map(([room, ours]) => [room, ours.split(' ').flatMap(expand)]));

interface Import {
  readonly file: string;
  readonly room: string;
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

/** The room of a file below src/: the longest of the table that it lies in. */
function roomOf(file: string): string {
  const rows = rooms.filter((room) => file.startsWith(`${room}/`));
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
  .flatMap((file) => readImports(SRC, file).map((target) => ({ file, room: roomOf(file), target })));

function resolveOurs({ file, target }: Import): string {
  return relative(SRC, join(SRC, dirname(file), target)).replaceAll('\\', '/');
}

function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

test('the table has a room for every file, and each row names only rows above it', () => {
  const homeless = listSources(SRC).filter((file) => file.includes('/') && roomOf(file) === '');
  assert.deepEqual(homeless, [], 'files without a room');
  rooms.forEach((room, i) => {
    const above = rooms.slice(0, i);
    const wrong = ALLOWED.get(room)!.filter((name) => name !== room && !above.includes(name));
    assert.deepEqual(wrong, [], `${room} names rows that do not stand above it`);
  });
});

test('the rooms of an area stand together, so that areas cannot import each other in a circle', () => {
  const areas = rooms.map((room) => room.split('/')[0]!).filter((area, i, all) => area !== all[i - 1]);
  assert.deepEqual(areas, [...new Set(areas)]);
});

test('no room imports what its row does not name', () => {
  const forbidden = imports
    .filter(({ target }) => target.startsWith('.'))
    .map((found) => ({ ...found, to: roomOf(resolveOurs(found)) }))
    .filter(({ room, to }) => room !== to && !ALLOWED.get(room)?.includes(to))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(forbidden, []);
});

test('the method and its judging know a world by its interface alone', () => {
  const inside = imports
    .filter(({ room }) => /^(method|judging)(\/|$)/.test(room))
    .filter((found) => found.target.startsWith('.') && resolveOurs(found).startsWith('world/'))
    .filter((found) => resolveOurs(found) !== 'world/world.ts')
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(inside, []);
});

test('a row names nothing that its room does not import', () => {
  const used = new Set(imports.map((found) => `${found.room} ${roomOf(resolveOurs(found))}`));
  const idle = TABLE.flatMap(([room, ours]) =>
    ours
      .split(' ')
      .filter((word) => word !== '' && !expand(word).some((to) => used.has(`${room} ${to}`)))
      .map((word) => `${room} names ${word}`),
  );
  assert.deepEqual(idle, []);
});

test('an npm package is imported only where it is named', () => {
  const allowed = new Map(TABLE.map(([room, , packages]) => [room, new Set(packages.split(' '))]));
  const forbidden = imports
    .filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:'))
    .filter(({ room, target }) => !allowed.get(room)?.has(packageOf(target)))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(forbidden, []);
});

test('queries are written in the store alone', () => {
  const QUERY = /\.(selectFrom|insertInto|updateTable|deleteFrom)\(/;
  const outside = listSources(SRC)
    .filter((file) => !file.startsWith('project/') && !isTestCode(file))
    .filter((file) => QUERY.test(readFileSync(join(SRC, file), 'utf8')));
  assert.deepEqual(outside, []);
});

/** Why an exported name may stand in more than one file; all others stand once. */
const TWICE: readonly { readonly why: string; readonly may: (name: string, files: readonly string[]) => boolean }[] = [
  {
    why: 'every command is a file that registers itself',
    may: (name, files) => name === 'register' && files.every((file) => file.startsWith('cli/')),
  },
  {
    why: 'a layer with parameters bears the name of the operation that it ends in',
    may: (_, files) => files.every((file) => ['engine/graph/functions.ts', 'engine/nn/layers.ts'].includes(file)),
  },
  {
    why: 'what the studio answers bears the name of what the project holds',
    may: (_, files) => files.length === 2 && files.filter((file) => file.startsWith('studio/contract/')).length === 1,
  },
  {
    why: 'the mean of a tensor is a node of a graph, that of numbers a number',
    may: (name, files) => name === 'mean' && files.join(' ') === 'engine/graph/functions.ts statistics/interval.ts',
  },
];

/** Plain arithmetic that operations are checked against, under their names. */
const REFERENCE = 'engine/runtime/testing/nd.ts';
const DECLARATION =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type) ([\w$]+)/gm;

test('an exported name stands once, but for reasons', () => {
  const homes = new Map<string, string[]>();
  for (const file of listSources(SRC).sort()) {
    if (file.endsWith('.test.ts') || file.includes('/generated/') || file === REFERENCE) continue;
    for (const [, name] of readFileSync(join(SRC, file), 'utf8').matchAll(DECLARATION))
      homes.set(name!, [...(homes.get(name!) ?? []), file]);
  }
  const twice = [...homes].filter(([, files]) => new Set(files).size > 1);
  const wrong = twice.filter(([name, files]) => !TWICE.some(({ may }) => may(name, files)));
  assert.deepEqual(
    wrong.map(([name, files]) => `${name}: ${files.join(', ')}`),
    [],
  );
  const idle = TWICE.filter(({ may }) => !twice.some(([name, files]) => may(name, files)));
  assert.deepEqual(
    idle.map(({ why }) => why),
    [],
    'reasons that nothing needs',
  );
});

/** What only models of one family have; whoever opens a model knows its value alone (`models/families/model.ts`). */
const OF_ONE_FAMILY = /^models\/(unet|sd3|t5|vae|original)\/|^models\/families\/(?!families\.ts|model\.ts)/;
/** Code that is about a network itself: its making, its comparison with references, its speed, and what a package exports. */
const ABOUT_NETWORKS =
  /^(models\/(?!inference\/|convert|save|lora-base)|world\/pretraining\/|judging\/(verify|bench)\/|index\.ts)/;
/** Why a file stands apart. */
const APART: readonly string[] = [
  'models/convert.ts', // writes the one-file layout, whose names are a family's
  'models/lora-base.ts', // asks the layout for names that LoRA files use
  'models/save-pipeline.ts', // has a short form for Stable Diffusion 1.x and 2.x
  'method/tuning/testing.ts',
  'models/inference/testing.ts',
];

test('tuning, drawing, saving and reporting know no family', () => {
  const wrong = imports
    .filter(({ file, target }) => target.startsWith('.') && !ABOUT_NETWORKS.test(file) && !APART.includes(file))
    .filter((found) => OF_ONE_FAMILY.test(resolveOurs(found)))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test('pure rooms import nothing of Node', () => {
  const impure = imports.filter(({ room, target }) => PURE.includes(room) && target.startsWith('node:'));
  assert.deepEqual(
    impure.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

test('nothing that ships imports test code or the public entry', () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith('.'))
    .filter((found) => isTestCode(resolveOurs(found)) || !resolveOurs(found).includes('/'))
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
