// The packed package as a stranger has it: built, packed, linted, installed in an empty folder, run and type-checked.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listExported, listNeeded } from '../site/declarations.ts';
import { listEntries } from '../site/entries.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'collimate-package-'));
after(() => rmSync(home, { recursive: true }));

function run(command: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const tool = (name: string) => join(ROOT, 'node_modules', '.bin', name);

/** The network, not the package, is at fault. */
const UNREACHABLE = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|NOTCACHED)\b|network/;

const SCRIPT = `
import { add, CollimateError, compile, grad, input, mul, sum } from 'collimate';
const x = input('x', [2]);
const [slope] = grad(sum(mul(x, x)), [x]);
const program = await compile({ slope: add(slope, 1) });
const { slope: result } = await program.run({ x: Float32Array.of(1, 2) });
console.log(Array.from(result.data).join(' '), new CollimateError('SHAPE', 'x').exitCode);
`;

const PARTS = listEntries().filter(({ path }) => path !== 'collimate');

const TYPED = `
import { compile, input, type Program } from 'collimate';
${PARTS.map(({ path }, i) => `export * as part${i} from '${path}';`).join('\n')}
export const program: Promise<Program> = compile({ y: input('x', [2]) });
// @ts-expect-error: a shape is a list of numbers
input('x', 'two');
`;

test('nothing of a dependency is run where a clone is installed', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const scripts = Object.entries(packages).flatMap(([name, { hasInstallScript }]) => (hasInstallScript ? [name] : []));
  // npm before 11 runs the scripts of those alone. ONNX Runtime's goes to a server that is no npm registry.
  assert.deepEqual(scripts, [], 'take "hasInstallScript" out of package-lock.json');
});

test('the package installs and works outside of this repository', async (t) => {
  await t.test('it builds and packs what it should, and publint has nothing to say', () => {
    const packed = run('npm', ['pack', '--silent', '--json', '--pack-destination', home], ROOT);
    assert.equal(packed.status, 0, packed.stdout + packed.stderr);
    const files = (JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n')))[0].files as { path: string }[]).map(
      ({ path }) => path,
    );
    for (const path of [
      'README.md',
      'LICENSE',
      'bin/collimate.js',
      'bin/config.schema.json',
      'dist/index.d.ts',
      'NOTICE.md',
      'web/dist/third-party.txt',
    ])
      assert.ok(files.includes(path), `${path} is missing`);
    const stray = files.filter((path) => /\.test\.|testing|^src\/|\.work\//.test(path));
    assert.deepEqual(stray, []);
    const linted = run(tool('publint'), ['run', join(home, tarball()), '--strict', '--level', 'warning'], ROOT);
    assert.equal(linted.status, 0, linted.stdout);
  });

  const folder = mkdtempSync(join(home, 'stranger-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  const installed = run('npm', ['install', ...flags, join(home, tarball())], folder);
  const offline = installed.status !== 0 && UNREACHABLE.test(installed.stderr);
  const skip = offline && 'the npm registry cannot be reached, and its cache does not have every dependency';

  await t.test('its command runs, with nothing on stderr', { skip }, () => {
    assert.equal(installed.status, 0, installed.stderr);
    const bin = join(folder, 'node_modules', '.bin', 'collimate');
    const help = run(bin, ['--help'], folder);
    assert.deepEqual({ status: help.status, stderr: help.stderr }, { status: 0, stderr: '' });
    assert.match(help.stdout, /^Usage: collimate/);
    const made = run(bin, ['init', 'dogs', '--json'], folder);
    assert.deepEqual({ status: made.status, stderr: made.stderr }, { status: 0, stderr: '' });
    assert.match(JSON.parse(made.stdout).config, /dogs[/\\]collimate\.yaml$/);
  });

  await t.test('its public surface computes a gradient', { skip }, () => {
    writeFileSync(join(folder, 'script.js'), SCRIPT);
    const result = run(process.execPath, ['script.js'], folder);
    assert.deepEqual(result, { status: 0, stdout: '3 5 1\n', stderr: '' });
  });

  await t.test('every type that a signature names is exported', () => {
    const dist = join(ROOT, 'dist');
    const exported = PARTS.flatMap(({ file }) => listExported(join(dist, file)));
    const known = new Set(exported.map(({ declaration }) => `${declaration.name} of ${declaration.file}`));
    // The tables of the database are the store's own.
    const named = exported.filter(({ name }) => name !== 'Database');
    const missing = named.flatMap(({ name, declaration }) =>
      listNeeded(declaration)
        .filter((needed) => needed.kind !== 'const' && !known.has(`${needed.name} of ${needed.file}`))
        .map((needed) => `${name} names ${needed.name} of ${relative(dist, needed.file)}`),
    );
    assert.ok(exported.length > 400);
    assert.deepEqual(missing, []);
  });

  await t.test('its types are found and hold, those of the libraries that it names too', { skip }, () => {
    writeFileSync(join(folder, 'typed.ts'), TYPED);
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules', '@types')];
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', ...types];
    const result = run(tool('tsc'), [...options, 'typed.ts'], folder);
    assert.deepEqual(result, { status: 0, stdout: '', stderr: '' });
  });
});

function tarball(): string {
  return readdirSync(home).find((name) => name.endsWith('.tgz'))!;
}
