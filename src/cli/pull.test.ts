import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startHub } from '../models/hub/testing.ts';
import { openPipeline } from '../models/pipeline.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-cli-pull-'));
after(() => rmSync(root, { recursive: true }));
const bin = fileURLToPath(new URL('../../bin/collimate.js', import.meta.url));

function run(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env } });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk) => {
      output[name] += chunk;
    });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status: status!, ...output })));
}

test('a pulled model is named by its repository from then on', async () => {
  const source = 'test/fixtures/sd1/sd';
  const paths = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const hub = await startHub(
    Object.fromEntries(paths.map((path) => [path.slice(source.length + 1), readFileSync(path)])),
  );
  const env = { HF_HOME: join(root, 'home'), HF_ENDPOINT: hub.endpoint };
  const missing = await run(env, 'convert', 'owner/tiny', '--out', join(root, 'copy'));
  assert.equal(missing.status, 1);
  assert.match(
    missing.stderr,
    /expected a folder, or a model of that name.*\n.*fetch it with `collimate pull owner\/tiny`/,
  );
  const { status, stdout, stderr } = await run(env, 'pull', 'owner/tiny');
  assert.equal(status, 0);
  assert.match(stderr, /^fetch owner\/tiny: /);
  assert.match(
    stdout,
    /^owner\/tiny at 0123456789ab: 8 files, .* new\.\n.*snapshots.*\nIn collimate\.yaml: model: owner\/tiny\n$/,
  );
  await hub.close();
  const copy = await run(env, 'convert', 'owner/tiny', '--out', join(root, 'copy'), '--json');
  assert.deepEqual([copy.status, copy.stderr], [0, '']);
  assert.deepEqual(openPipeline(join(root, 'copy')).parameters('unet'), openPipeline(source).parameters('unet'));
  const refused = await run(env, 'pull', 'owner/tiny/x');
  assert.equal(refused.status, 2);
});
