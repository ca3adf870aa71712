import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { listImages } from '../../../project/images/images.ts';
import { listPrompts } from '../../../project/images/prompts.ts';
import { readRewards } from '../../../project/learning/rewards.ts';
import type { Project } from '../../../project/project.ts';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { exportReward } from '../export.ts';
import { openRewardModel } from '../model.ts';
import { makeRatedProject, openTestSession } from '../testing.ts';
import { trainReward } from '../train.ts';
import { readDescription } from './description.ts';
import { readScorer } from './read-scorer.ts';
import { openReadyScorer } from './ready.ts';

/** SigLIP 2's form with random weights. */
const SCORER = resolve('test/fixtures/current/siglip');

const withReward = (project: Project, reward: Partial<Project['config']['reward']>): Project => ({
  ...project,
  config: { ...project.config, reward: { ...project.config.reward, ...reward } },
});

async function listItems({ db }: Project) {
  const texts = new Map((await listPrompts(db)).map(({ id, text }) => [id, text]));
  const images = await listImages(db, { purpose: 'feedback' });
  return images.map(({ id, hash, promptId }) => ({ id, hash, text: texts.get(promptId)! }));
}

test('a scorer is compared with, starts a head, steers, and is another project’s once it is exported', async (t) => {
  const dir = makeTemporaryDir(t);
  const project = await makeRatedProject(dir);
  t.after(() => project.close());
  const items = await listItems(project);
  const prompts = (await listImages(project.db, { purpose: 'feedback' })).map(({ promptId }) => promptId);
  const ask = async (asked: Project) => {
    const scorer = (await openReadyScorer(openTestSession(asked)))!;
    t.after(() => scorer.dispose());
    return { ...scorer, scores: await scorer.score(items) };
  };

  const plain = await trainReward(openTestSession(project));
  const comparing = withReward(project, { scorer: SCORER });
  const compared = await trainReward(openTestSession(comparing));
  assert.equal(compared.rewardHash, plain.rewardHash, 'a column of the report teaches nothing');
  const ready = await ask(comparing);
  assert.equal(ready.name, 'siglip');

  const steering = withReward(comparing, { scorerUse: 'steer' });
  const steered = await trainReward(openTestSession(steering));
  const { cosine } = steered.report.config;
  assert.equal(cosine?.alone, true);
  assert.deepEqual([steered.report.scorer, steered.report.rows[0]!.scorer], [undefined, undefined]);
  const rewards = await readRewards(project.db, steered.rewardHash);
  const own = await openRewardModel(steering, steered.rewardHash);
  assert.deepEqual([...own.parameters.keys()], ['cosine.weight', 'cosine.bias']);
  const [weight, bias] = ['weight', 'bias'].map((name) => own.parameters.get(`cosine.${name}`)!.data[0]!);
  await own.dispose();
  const scale = Math.exp(readFloat('logit_scale'));
  for (const [i, { id }] of items.entries()) {
    const steps = (ready.scores[i]! / scale - cosine!.mean) / (4 * cosine!.deviation);
    assert.ok(Math.abs(rewards.get(id)! - (0.5 + bias! + weight! * steps)) < 1e-4);
  }

  const starting = withReward(comparing, { scorerUse: 'start', members: 2, validationShare: 0 });
  const started = await trainReward(openTestSession(starting));
  assert.equal(started.report.config.cosine?.alone, false);
  const head = await openRewardModel(starting, started.rewardHash);
  assert.ok(Math.abs(head.parameters.get('members.1.cosine.gate')!.data[0]!) > 0, 'the head has learned');
  await head.dispose();

  const file = join(dir, 'scorer.onnx');
  await exportReward(starting, file, { rewardHash: started.rewardHash, batch: 5 });
  const asking = withReward(project, { scorer: file });
  const exported = await ask(asking);
  const learned = await readRewards(project.db, started.rewardHash);
  const none = { ...asking, images: { ...asking.images, getBlob: () => assert.fail('its scores are stored') } };
  assert.deepEqual((await ask(none as Project)).scores, exported.scores);
  const weights = await readScorer(
    openTestSession(asking),
    items.map((item, i) => ({ ...item, promptId: prompts[i]! })),
  );
  const order = (values: readonly number[]) => [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  assert.deepEqual(order(items.map(({ id }) => weights.get(id)!)), order(exported.scores));
  const mean = [...weights.values()].reduce((sum, value) => sum + value, 0) / items.length;
  assert.ok(Math.abs(mean - 0.5) < 1e-6, 'in the middle, whatever the scale of the scorer');
  await assert.rejects(readScorer(openTestSession(project), []), { code: 'CONFIG', message: /it names none/ });
  await assert.rejects(exportReward(starting, file, { rewardHash: started.rewardHash, most: 1000 }), {
    code: 'CONFIG',
    message: /takes .* in an ONNX file, which holds less than 1000 B/,
  });
  for (const [i, { id }] of items.entries()) assert.ok(Math.abs(exported.scores[i]! - learned.get(id)!) < 1e-4);
  await project.db.deleteFrom('rewards').execute();
  const again = await trainReward(openTestSession(withReward(asking, { maxSteps: 10 })));
  assert.deepEqual(again.report.scorer, { name: 'scorer.onnx', hash: exported.hash });
  const unseen = again.report.rows.find(({ part }) => part === 'unseen')!;
  assert.ok(unseen.scorer!.accuracy >= 0 && unseen.pairwise!.scorer!.pairs === unseen.pairwise!.reward.pairs);
  await assert.rejects(trainReward(openTestSession(withReward(asking, { scorerUse: 'steer' }))), {
    code: 'CONFIG',
    message: /reward\.scorerUse: steer needs embeddings .* an ONNX file does not give/,
  });
  await assert.rejects(openReadyScorer(openTestSession(withReward(project, { scorer: 'nowhere' }))), {
    code: 'MODEL_CONFIG',
    message: /reward\.scorer .*nowhere: there is no such folder/,
  });
  const description = file.replace('.onnx', '.json');
  const fields = JSON.parse(readFileSync(description, 'utf8')) as { pixels: object };
  writeFileSync(description, JSON.stringify({ ...fields, pixels: { ...fields.pixels, side: '18' } }));
  assert.throws(() => readDescription(description), { code: 'MODEL_CONFIG', message: /pixels\.side: expected/ });
});

function readFloat(name: string): number {
  const bytes = readFileSync(join(SCORER, 'model.safetensors'));
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, { data_offsets: number[] }>;
  return bytes.readFloatLE(8 + length + header[name]!.data_offsets[0]!);
}
