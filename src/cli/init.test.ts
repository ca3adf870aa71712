import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodePng } from '../pictures/image.ts';
import { openProject } from '../project/project.ts';
import { readGrammar } from '../project/prompts/grammar-input.ts';
import { fillStore, makePostgresSchema, makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import { runCommand } from './testing.ts';

const init = (dir: string, images: string) => runCommand(['init', dir, '--images', images, '--json']);

test('a picture that cannot be read leaves the folder as it was, pictures of the user among it', async (t) => {
  const dir = makeTemporaryDir(t);
  mkdirSync(join(dir, 'images'));
  writeFileSync(join(dir, 'images', 'a.png'), await encodePng(new Uint8Array(32 * 32 * 3)));
  writeFileSync(join(dir, 'images', 'a.txt'), 'two red dogs');
  writeFileSync(join(dir, 'images', 'b.png'), 'no picture');
  writeFileSync(join(dir, 'images', 'b.txt'), 'three fish');
  const before = readdirSync(dir, { recursive: true }).sort();
  const failed = await init(dir, join(dir, 'images'));
  assert.equal(failed.status, 2, failed.stderr);
  assert.match(failed.stderr, /b\.png: the file is no picture/);
  assert.deepEqual(readdirSync(dir, { recursive: true }).sort(), before);
  assert.equal((await init(join(dir, 'new'), join(dir, 'images'))).status, 2);
  assert.deepEqual(readdirSync(dir, { recursive: true }).sort(), before);
  writeFileSync(join(dir, 'images', 'b.png'), await encodePng(new Uint8Array(32 * 32 * 3).fill(9)));
  const { status, stdout, stderr } = await init(join(dir, 'new'), join(dir, 'images'));
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.equal((JSON.parse(stdout) as { imported: { images: number } }).imported.images, 2);
  // What the model does not read of a prompt is told as the prompt comes in, and not again at each later import.
  const again = (...args: string[]) => runCommand(['-C', join(dir, 'new'), ...args]);
  writeFileSync(join(dir, 'images', 'b.txt'), 'two red dogs '.repeat(9));
  const told = /1 of 1 prompt is longer than the model reads/;
  assert.match((await again('import', 'imagefolder', join(dir, 'images'))).stdout, told);
  writeFileSync(join(dir, 'images', 'a.txt'), 'one red dog');
  const later = await again('import', 'imagefolder', join(dir, 'images'));
  assert.match(later.stdout, /^Stored 1 image .*1 prompt/);
  assert.doesNotMatch(later.stdout, told);
});

test('pictures without captions bring the prompt that was written into them, which lineage tells', async (t) => {
  const dir = makeTemporaryDir(t);
  mkdirSync(join(dir, 'outputs'));
  const text =
    'zwei rote Hunde, 犬\u200c\u001b[31m\nNegative prompt: blurry\nSteps: 28, Sampler: Euler a, CFG scale: 7, Seed: 5';
  const png = await encodePng(new Uint8Array(32 * 32 * 3).fill(9), 32, 32, text);
  writeFileSync(join(dir, 'outputs', '00001.png'), png);
  const project = join(dir, 'new');
  assert.equal((await init(project, join(dir, 'outputs'))).status, 0);
  const lineage = await runCommand(['lineage', join(dir, 'outputs', '00001.png'), '--project', project]);
  assert.match(lineage.stdout, /came as +00001\.png\n/);
  assert.match(lineage.stdout, /prompt +"zwei rote Hunde, 犬\u200c \[31m"/);
  assert.match(
    lineage.stdout,
    /file says {2}zwei rote Hunde, 犬\u200c \[31m\n +Negative prompt: blurry\n +Steps: 28, /,
  );
  writeFileSync(join(dir, 'outputs', '00002.png'), await encodePng(new Uint8Array(32 * 32 * 3)));
  const some = JSON.parse((await init(join(dir, 'other'), join(dir, 'outputs'))).stdout) as {
    imported: { images: number; notes: { leftOut: { reason: string; count: number; examples: string[] }[] } };
  };
  assert.equal(some.imported.images, 1);
  const [{ reason, count, examples }] = some.imported.notes.leftOut as [(typeof some.imported.notes.leftOut)[0]];
  assert.match(reason, /^picture without a caption/);
  assert.deepEqual([count, examples], [1, ['00002.png']]);
});

test('a grammar by name or from a file is written into the configuration, and a wrong one leaves nothing behind', async (t) => {
  const dir = makeTemporaryDir(t);
  const run = (...args: string[]) => runCommand(args);
  const shop = join(dir, 'shop.yaml');
  writeFileSync(
    shop,
    'subjects: [cup, { knife: knives }]\ncolors: [red, blue]\ntemplates: { color: "{a} {color} {subject}" }\n',
  );
  assert.equal((await run('init', join(dir, 'paper'), '--grammar', 'paper')).status, 0);
  const paper = await openProject(join(dir, 'paper'));
  const grammar = readGrammar(paper.config.prompts.grammar);
  assert.deepEqual([grammar.subjects.length, grammar.countWords.length, grammar.colors.length], [25, 6, 9]);
  assert.deepEqual([grammar.backgrounds.length, grammar.heldOut?.subjects], [8, 5]);
  await paper.close();
  assert.equal((await run('init', join(dir, 'own'), '--grammar', shop)).status, 0);
  const own = await openProject(join(dir, 'own'));
  assert.equal(readGrammar(own.config.prompts.grammar).subjects[1]!.plural, 'knives');
  await own.close();
  writeFileSync(shop, 'subjects: [cup]\n');
  const refused = await run('init', join(dir, 'wrong'), '--grammar', shop);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /prompts\.grammar: subjects has 1 entries, expected at least 2/);
  assert.match((await run('init', join(dir, 'wrong'), '--grammar', 'papre')).stderr, /there is no file papre/);
  assert.ok(!existsSync(join(dir, 'wrong')));
});

test('the larger world brings its model, its CLIP and its words along, unless others are named', async (t) => {
  const dir = makeTemporaryDir(t);
  const settingsOf = async (name: string, ...args: string[]) => {
    const { status, stderr } = await runCommand(['init', join(dir, name), '--world', 'embedded-2', ...args]);
    assert.deepEqual([status, stderr], [0, '']);
    const project = await openProject(join(dir, name));
    t.after(() => project.close());
    const { world, model, clip, prompts } = project.config;
    return { world, model, clip, subjects: readGrammar(prompts.grammar).subjects.length };
  };
  const larger = { world: 'embedded-2', model: 'embedded-2', clip: 'embedded-2', subjects: 12 };
  assert.deepEqual(await settingsOf('larger'), larger);
  const own = await settingsOf('own', '--model', 'embedded', '--grammar', 'embedded');
  assert.deepEqual(own, { ...larger, model: 'embedded', subjects: 6 });
});

test('a project in PostgreSQL is made by --database, and not in a database that holds one', {
  skip: skipPostgres,
}, async (t) => {
  const dir = makeTemporaryDir(t);
  const database = await makePostgresSchema(t);
  const run = (...args: string[]) => runCommand(['init', ...args], { cwd: dir });
  const made = await run('team', '--database', database);
  assert.deepEqual([made.status, made.stderr], [0, '']);
  const project = await openProject(join(dir, 'team'));
  t.after(() => project.close());
  assert.equal(project.config.database, database);
  assert.equal(existsSync(join(dir, 'team', 'collimate.db')), false);
  await fillStore(project.db, 1);
  const again = await run('other', '--database', database);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /holds a project already/);
  const away = await run('away', '--database', 'postgres://ann:geheim@127.0.0.1:1/x');
  assert.match(away.stderr, /cannot be reached/);
  assert.doesNotMatch(away.stderr, /geheim/);
  assert.deepEqual(readdirSync(dir), ['team']);
});

test('a preset sets what works in place of the defaults, and flags go before it', async (t) => {
  const dir = makeTemporaryDir(t);
  const make = async (name: string, ...args: string[]) => {
    const { status, stderr } = await runCommand(['init', join(dir, name), ...args]);
    assert.equal(status, 0, stderr);
    const project = await openProject(join(dir, name));
    await project.close();
    return project.config;
  };
  const demo = await make('demo', '--preset', 'demo', '--seed', '5');
  assert.deepEqual([demo.seed, demo.tune.learningRate, demo.generate.steps], [5, 4e-4, 10]);
  assert.deepEqual([demo.model, demo.label.ratersPerImage, demo.tune.maxTrainSteps], ['embedded-2', 3, 450]);
  const paper = await make('paper', '--preset', 'paper');
  assert.equal(readGrammar(paper.prompts.grammar).subjects.length, 25);
  assert.deepEqual([paper.reward.features, paper.reward.lambda], ['concat', 0.5]);
  assert.equal(paper.prompts.developmentPerCategory, 20);
  const own = await make('own', '--preset', 'best', '--grammar', 'none');
  assert.deepEqual([own.prompts.combination, own.tune.maxTrainSteps, own.tune.weighting], [0, 1500, 'threshold']);
  const larger = await make('larger', '--preset', 'larger');
  const { world, model, clip, prompts, tune } = larger;
  assert.deepEqual([world, model, clip, prompts.grammar], Array(4).fill('embedded-2'));
  assert.deepEqual([prompts.combination, tune.method, tune.nft.beta], [150, 'nft', 0.2]);
  const elsewhere = await make('elsewhere', '--preset', 'larger', '--world', 'embedded-1');
  assert.deepEqual(
    [elsewhere.world, elsewhere.model, elsewhere.prompts.grammar],
    ['embedded-1', 'embedded', 'embedded-1'],
  );
  assert.match((await runCommand(['init', join(dir, 'no'), '--preset', 'good'])).stderr, /demo, paper, best/);
});
