// `collimate lineage` asked of what is not an image: a model by name, folder and hash, a reward function, a prompt.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addReward, makeEvaluationProject, makeSession } from '../judging/evaluation/testing.ts';
import { tuneModel } from '../method/tuning/tune.ts';
import { listPrompts } from '../project/images/prompts.ts';
import { findLatestRewardModel } from '../project/learning/rewards.ts';
import { makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

const TUNE = { maxTrainSteps: 1, batchSize: 2, pretrainPairs: 4, samplePrompts: 1, samplesEvery: 1, warmupSteps: 1 };

test('lineage walks back from a model, a reward function and a prompt to what they were made from and made', async (t) => {
  const { project } = await makeEvaluationProject(makeTemporaryDir(t), { tune: TUNE });
  await addReward(project);
  const { model, modelHash, runId } = await tuneModel(makeSession(project), { name: 'second' });
  const { dir, db } = project;
  const reward = (await findLatestRewardModel(db))!.hash;
  const prompt = (await listPrompts(db)).find(({ split }) => split === 'seen')!;
  const taught = await db.selectFrom('tuneExamples').selectAll().execute();
  await project.close();
  const run = (...args: string[]) => runCommand(['lineage', ...args], { cwd: dir });

  const byName = await run('second');
  assert.equal(byName.status, 0, byName.stderr);
  assert.match(byName.stdout, new RegExp(`^model +${modelHash.slice(0, 12)} \\(checkpoint\\) at models/second$`, 'm'));
  assert.match(byName.stdout, new RegExp(`step 1 of ${runId} on data`));
  assert.match(byName.stdout, new RegExp(`with reward ${reward.slice(0, 12)}, taught by \\d+ rated images`));
  assert.match(byName.stdout, /^tuned from /m);
  assert.ok(taught.length > 0);
  assert.match(byName.stdout, new RegExp(`^learned +by ${runId} from ${taught.length} images$`, 'm'));
  assert.match(byName.stdout, /^drew +\d+ images? for sample$/m);
  assert.equal((await run(model)).stdout, byName.stdout, 'by its folder');
  const fromOutside = await runCommand(['-C', dir, 'lineage', 'models/second'], { cwd: tmpdir() });
  assert.equal(fromOutside.stdout, byName.stdout, 'by its folder as seen from the project');
  assert.equal((await run(modelHash.slice(0, 16))).stdout, byName.stdout, 'by its hash');

  const [use] = JSON.parse((await run(reward.slice(0, 16), '--json')).stdout);
  assert.equal(use.reward.hash, reward);
  assert.deepEqual(use.steered, [{ runId, step: 1, modelHash }]);
  assert.ok(use.scored > 0);

  const asked = await run(prompt.text);
  assert.match(asked.stdout, /^drew +2 images for feedback by [0-9a-f]{12}$/m);
  assert.match(asked.stdout, /^rated +2 bad, 2 good$/m);

  const [base] = JSON.parse((await run('second', '--json')).stdout);
  assert.match((await run(base.model.parent.hash)).stdout, /^led to +[0-9a-f]{12} at models\/second, tuned from it$/m);

  const none = await run('no such thing');
  assert.equal(none.status, 2);
  assert.match(none.stderr, /no image, model, reward function or prompt of this project is no such thing/);
  const foreign = await run('tuned');
  assert.match(foreign.stderr, /holds the model [0-9a-f]{12}, which no run of this project made/);
  writeFileSync(join(model, 'unet/config.json'), '{}');
  assert.match((await run('second')).stderr, /`collimate check` compares them/);
});
