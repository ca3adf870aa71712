import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listImages } from '../project/images/images.ts';
import { listCheckpoints } from '../project/learning/checkpoints.ts';
import { findLatestRewardModel, readRewards } from '../project/learning/rewards.ts';
import { createProject, openProject } from '../project/project.ts';
import { listRatings } from '../project/rating/ratings.ts';
import { makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

/** The words of each line, as a shell in which `collimate` is a program hands them to it. */
function readLines(lines: readonly string[]): string[][] {
  const shell = `set -e; collimate() { for word in "$@"; do printf '%s\\0' "$word"; done; printf '\\n'; }\n${lines.join('\n')}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout
    .split('\0\n')
    .slice(0, -1)
    .map((line) => line.split('\0'));
}

async function runLines(cwd: string, lines: readonly string[], env?: Record<string, string>): Promise<void> {
  for (const words of readLines(lines)) {
    const { status, stderr } = await runCommand(words, { cwd, ...(env && { env }) });
    assert.equal(status, 0, `collimate ${words.join(' ')}\n${stderr}`);
  }
}

/** Everything that the stages made, by content. */
async function readMade(dir: string) {
  const project = await openProject(dir);
  const { db } = project;
  const reward = (await findLatestRewardModel(db))!.hash;
  const made = {
    images: (await listImages(db, { purpose: 'feedback' })).map(({ id, hash }) => [id, hash]),
    answers: (await listRatings(db)).map(({ imageId, raterId, answer }) => [imageId, raterId, answer].join(' ')).sort(),
    reward,
    scores: [...(await readRewards(db, reward))].sort(),
    models: (await listCheckpoints(db)).map(({ step, modelHash }) => [step, modelHash]),
  };
  await project.close();
  return made;
}

test('the commands that a report prints make the same again in a new project, whatever flags were given', async (t) => {
  const [first, second] = [makeTemporaryDir(t), makeTemporaryDir(t)];
  for (const dir of [first, second]) await (await createProject(dir)).close();
  const few = '--count 2 --color 0 --background 0 --combination 1 --unseen-per-category 0 --images-per-prompt 8';
  await runLines(first, [`collimate generate ${few} --num_inference_steps 5 --guidance_scale 2.5 --seed 7`]);
  const env = { COLLIMATE_LABEL_ERROR_RATE: '0.5,0.5' };
  await runLines(first, ['collimate label --simulate --skip-rate 0,0'], env);
  await runLines(first, [
    'collimate reward train --hidden-width 8 --max-train-steps 20 --validation-share 0',
    'collimate tune --name small --max-train-steps 2 --train-batch-size 4 --pretrain-pairs 8 --sample-prompts 0',
    'collimate report',
  ]);
  const { commands } = JSON.parse(readFileSync(join(first, 'report.json'), 'utf8')) as { commands: string[] };
  assert.ok(commands.some((line) => /^collimate generate .*--guidance-scale=2\.5/.test(line)));
  assert.ok(commands.some((line) => /^collimate label --simulate .*--error-rate=0\.5,0\.5/.test(line)));
  assert.ok(commands.some((line) => /^collimate tune --name small .*--max-train-steps=2/.test(line)));
  await runLines(second, commands);
  const [made, again] = [await readMade(first), await readMade(second)];
  assert.deepEqual(again, made);
  assert.deepEqual([made.images.length, made.models.length], [24, 1]);
});
