import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startHub } from '../models/hub/testing.ts';
import { openPipeline } from '../models/pipeline.ts';
import { runCommand } from './testing.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-cli-pull-'));
after(() => rmSync(root, { recursive: true }));

const run = (env: Record<string, string>, ...args: string[]) => runCommand(args, { env });

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
