import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodePng } from '../pictures/image.ts';
import { imageId, insertImages } from '../project/images/images.ts';
import { createProject } from '../project/project.ts';
import { fillStore, makeImage, makeTemporaryDir } from '../project/testing.ts';
import { sha256 } from '../util/hash.ts';
import { findOperands, normalizeFlags } from './args.ts';
import { COMMANDS } from './commands.ts';
import { asTyped } from './context.ts';
import { runCommand } from './testing.ts';

const AS_SCRIPT = ['--import', 'tsx', '--input-type=module', '-e'];
const BIN = fileURLToPath(new URL('../../bin/collimate.js', import.meta.url));

test('flags are understood in snake and kebab case, and words are told from flags', () => {
  const given = ['tune', '--learning_rate=1_0', '--max-train_steps', '5', '--', '--a_b'];
  assert.deepEqual(normalizeFlags(given), ['tune', '--learning-rate=1_0', '--max-train-steps', '5', '--', '--a_b']);
  assert.deepEqual(findOperands(['-C', 'dir', '--json', 'reward', 'train', '--seed', '4']), ['reward', 'train', '4']);
  assert.deepEqual(findOperands(['--log', 'json', '--project', 'dir', 'status']), ['status']);
});

test('what to call next reads as it has to be typed', () => {
  const next = 'Made it by collimate.\nNext: cd dogs && collimate generate, or collimate status';
  assert.equal(asTyped(next, {}), next);
  assert.equal(
    asTyped(next, { npm_lifecycle_event: 'npx' }),
    'Made it by collimate.\nNext: cd dogs && npx collimate generate, or npx collimate status',
  );
  assert.equal(
    asTyped('  collimate draw "a collimate b"', { npm_lifecycle_event: 'demo' }),
    '  npx collimate draw "a collimate b"',
  );
});

test('the program starts, and tells the shell how it ended', () => {
  const start = (...args: string[]) => spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8' });
  const help = start('--help');
  assert.deepEqual([help.status, help.stderr], [0, '']);
  assert.match(help.stdout, /^Usage: collimate /);
  const unknown = start('inti');
  assert.deepEqual([unknown.status, unknown.stdout], [2, '']);
  assert.match(unknown.stderr, /unknown command 'inti'/);
});

test('help lists every command, and each command shows examples with flags that it has', async () => {
  const { status, stdout, stderr } = await runCommand(['--help']);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  for (const { name } of COMMANDS) {
    assert.match(stdout, new RegExp(`^  ${name.split(' ')[0]} `, 'm'));
    const each = await runCommand([...name.split(' '), '--help']);
    assert.deepEqual([each.status, each.stderr], [0, ''], name);
    assert.match(each.stdout, new RegExp(`^Usage: collimate ${name}[\\s\\S]*Examples:\\n  \\$ collimate ${name}`));
    const [told, examples] = each.stdout.split('Examples:') as [string, string];
    for (const [, flag] of examples.matchAll(/ --([\w-]+)/g))
      assert.ok(told.includes(`--${flag!.replaceAll('_', '-')}`), `${name}: --${flag}`);
  }
});

test('misuse exits with 2 and says what would be right', async () => {
  const unknown = await runCommand(['inti']);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /unknown command 'inti'[\s\S]*Did you mean init\?/);
  const flag = await runCommand(['config', '--generate-images-per-prompt', '0']);
  assert.equal(flag.status, 2);
  assert.match(
    flag.stderr,
    /generate\.imagesPerPrompt \(from --generate-images-per-prompt\): expected a whole number from 1 to 10000, got 0/,
  );
  const number = await runCommand(['quality', '--json', '--width', '2']);
  assert.equal(number.status, 2);
  const { code, message } = JSON.parse(number.stdout).error;
  assert.equal(code, 'USAGE');
  assert.match(message, /--width <width>' argument '2' is invalid\. expected a number from 0\.005 to 0\.5/);
  assert.match(number.stderr, /--help/);
  assert.match(JSON.parse((await runCommand(['reward', '--json'])).stdout).error.message, /lacks its second word/);
  for (const text of ['', '1,', '1,x', '-1'])
    assert.match(
      (await runCommand(['reproduce', `--seeds=${text}`])).stderr,
      /expected whole numbers with commas between/,
      text,
    );
});

test('a wrong key or value of the project file is misuse as it is in a flag; a path of the wrong kind is no defect', async (t) => {
  const dir = makeTemporaryDir(t);
  writeFileSync(join(dir, 'collimate.yaml'), 'tune:\n  bta: 1\n');
  const key = await runCommand(['config'], { cwd: dir });
  assert.equal(key.status, 2);
  assert.match(key.stderr, /there is no key tune\.bta\. Did you mean tune\.beta\?/);
  assert.equal((await runCommand(['config'], { cwd: makeTemporaryDir(t), env: { COLLIMATE_SEED: 'x' } })).status, 2);
  const file = await runCommand(['init', 'collimate.yaml'], { cwd: dir });
  assert.equal(file.status, 1);
  assert.match(file.stderr, /^error: .*collimate\.yaml.*: a file lies where a folder was expected\n {2}Name a folder/);
});

test('every key is a flag of a command that uses it, and the table says which; an unknown variable is named', async () => {
  const { stdout, stderr, status } = await runCommand(['config', '--table', '--json'], {
    env: { COLLIMATE_TUNE_BTA: '1' },
  });
  assert.equal(status, 0);
  assert.equal(
    stderr,
    'warning: the variable COLLIMATE_TUNE_BTA means nothing here and is ignored. Did you mean COLLIMATE_TUNE_BETA?\n',
  );
  const names = JSON.parse(stdout) as { key: string; flag: string; commands: string[]; variables: string[] }[];
  assert.deepEqual(
    names.filter(({ commands }) => commands.length === 0).map(({ key, flag }) => [key, flag]),
    // Words are lists, which no flag holds.
    [
      ['prompts.grammar', 'in the file'],
      ['prompts.words', 'in the file'],
    ],
  );
  const { commands, flag, variables } = names.find(({ key }) => key === 'generate.guidanceScale')!;
  assert.deepEqual([flag, variables], ['--guidance-scale', ['COLLIMATE_GENERATE_GUIDANCE_SCALE']]);
  for (const command of ['generate', 'tune', 'evaluate']) assert.ok(commands.includes(command), command);
});

test('a project is made, its config printed with sources, and the same folder refused', async (t) => {
  const dir = makeTemporaryDir(t);
  const made = await runCommand(['init', 'dogs', '--json'], { cwd: dir });
  assert.deepEqual(
    { ...JSON.parse(made.stdout), stderr: made.stderr },
    { dir: join(dir, 'dogs'), config: join(dir, 'dogs/collimate.yaml'), stderr: '' },
  );
  const env = { COLLIMATE_TUNE_BETA: '0.5' };
  const shown = await runCommand(['config', '--tune_learning_rate', '0.001', '--json'], {
    cwd: join(dir, 'dogs/images'),
    env,
  });
  const { config, sources } = JSON.parse(shown.stdout);
  assert.deepEqual([config.tune.beta, config.tune.learningRate], [0.5, 0.001]);
  assert.deepEqual(
    [sources['tune.beta'], sources['tune.learningRate']],
    ['COLLIMATE_TUNE_BETA', '--tune-learning-rate'],
  );
  const again = await runCommand(['init', 'dogs', '--json'], { cwd: dir });
  assert.equal(again.status, 2);
  assert.equal(JSON.parse(again.stdout).error.code, 'USAGE');
  assert.match(again.stderr, /^error: .* is a project already\n {2}Edit /);
  assert.doesNotMatch(again.stderr, /\n {4}at /);
  assert.match((await runCommand(['init', 'dogs'], { cwd: dir, env: { COLLIMATE_DEBUG: '1' } })).stderr, /\n {4}at /);
});

test('lineage finds an image by file, hash or identifier', async (t) => {
  const dir = makeTemporaryDir(t);
  const project = await createProject(dir);
  await fillStore(project.db, 1);
  const hash = await project.images.putBlob(await encodePng(new Uint8Array(8 * 8 * 3)));
  const image = { ...makeImage(77), hash };
  await insertImages(project.db, [image]);
  await project.close();
  const byFile = await runCommand(['lineage', project.images.blobPath(hash)], { cwd: dir });
  assert.equal(byFile.stderr, '');
  assert.match(byFile.stdout, /prompt {5}"two green dogs in a city" \(combination, seen; count 2, color green/);
  assert.match(byFile.stdout, /drawn by {3}seed 77, ddim, 20 steps, guidance 7\.5/);
  const byId = await runCommand(['-C', dir, 'lineage', imageId(image).slice(0, 10), '--json']);
  assert.equal(JSON.parse(byId.stdout)[0].image.hash, hash);
  const nothing = await runCommand(['-C', dir, 'lineage', 'ffff0000ffff']);
  assert.equal(nothing.status, 2);
  assert.match(nothing.stderr, /no image, model, reward function or prompt of this project is ffff0000ffff/);
});

test('doctor names the machine and what it can run', async () => {
  const { status, stdout } = await runCommand(['doctor', '--json']);
  const { ok, checks } = JSON.parse(stdout);
  assert.equal(status, 0);
  assert.equal(ok, true);
  const read = (name: string) => checks.find((check: { name: string }) => check.name === name).value;
  assert.match(read('Node.js'), /^v\d+\.\d+/);
  assert.equal(read('device cpu'), 'installed');
});

const SLOW = `
  import { main } from ${JSON.stringify(new URL('./main.ts', import.meta.url).href)};
  import { withStage } from ${JSON.stringify(new URL('./with-project.ts', import.meta.url).href)};
  import { setTimeout as sleep } from 'node:timers/promises';
  const register = (command, context) => command.action(() => withStage(context, command, 'slow', async ({ project, progress, signal }) => {
    progress.stage('slow', 100);
    process.stdout.write('working');
    while (process.env.DEAF || !signal.aborted) await sleep(20);
    await project.weights.putBlob(Buffer.from('saved'));
  }));
  process.exitCode = await main(process.argv.slice(1), [{ name: 'slow', summary: 'Work slowly', load: async () => ({ register }) }]);`;

async function interrupt(dir: string, times: number, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...AS_SCRIPT, SLOW, '--', '-C', dir, 'slow'], {
    env: { ...process.env, ...env },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    const before = stderr;
    stderr += chunk;
    if (!before.includes('Stopping') && stderr.includes('Stopping') && times > 1) child.kill('SIGINT');
  });
  child.stdout.once('data', () => child.kill('SIGINT'));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stderr };
}

test('one Ctrl+C saves and exits with 130, two exit with 130 now', async (t) => {
  const dir = makeTemporaryDir(t);
  const project = await createProject(dir);
  t.after(() => project.close());
  const once = await interrupt(dir, 1);
  assert.equal(once.code, 130);
  assert.match(
    once.stderr,
    /Stopping: saving what is done[\s\S]*\nStopped as asked; what was done is saved\.\n {2}Run the same command again/,
  );
  assert.equal(await project.weights.hasBlob(sha256('saved')), true);
  const twice = await interrupt(dir, 2, { DEAF: '1' });
  assert.equal(twice.code, 130);
  assert.equal((await project.lock('slow')).takenOverFrom?.stage, 'slow');
});
