import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTinyProject } from '../method/feedback/testing.ts';
import { decodePng } from '../pictures/image.ts';
import { makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

const run = (cwd: string, ...args: string[]) => runCommand(args, { cwd });

test('draw writes one picture a seed, the same each time, and stores nothing', async (t) => {
  const dir = makeTemporaryDir(t);
  const { project } = await makeTinyProject(dir);
  await project.close();
  const first = await run(dir, 'draw', 'two Red dogs!', '--count', '2', '--seed', '5', '--json');
  assert.equal(first.status, 0, first.stderr);
  const { files } = JSON.parse(first.stdout) as { files: { path: string; seed: number }[] };
  assert.deepEqual(
    files.map(({ path, seed }) => [path, seed]),
    [5, 6].map((seed) => [join(dir, `two-red-dogs-${seed}.png`), seed]),
  );
  const bytes = readFileSync(files[1]!.path);
  assert.equal((await decodePng(bytes)).width, 32);
  const again = await run(dir, 'draw', 'two Red dogs!', '--seed', '6', '--out', 'again.png');
  assert.equal(again.status, 0);
  assert.match(again.stderr, /draw: (\d+)\/\1 · took/);
  assert.deepEqual(readFileSync(join(dir, 'again.png')), bytes);
  assert.match((await run(dir, 'draw', 'x', '--out', 'again.png')).stderr, /again\.png is there already/);
  const { stages } = JSON.parse((await run(dir, 'status', '--json')).stdout) as {
    stages: { name: string; done: number }[];
  };
  assert.equal(stages.find(({ name }) => name === 'generate')!.done, 0);
});

test('draw says what is missing for a model of a project', async (t) => {
  const { status, stderr } = await run(makeTemporaryDir(t), 'draw', 'a dog', '--model', 'tuned');
  assert.equal(status, 2);
  assert.match(stderr, /tuned is a model of a project, and there is none here/);
});
