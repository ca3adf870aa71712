import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mergeLora } from '../../engine/weights/lora.ts';
import { readLora } from '../../engine/weights/read-lora.ts';
import { hashModel } from '../../models/inference/painter.ts';
import { declareLoraBase } from '../../models/lora-base.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { listImages } from '../../project/images/images.ts';
import { listCheckpoints } from '../../project/learning/checkpoints.ts';
import { readModelLineage } from '../../project/learning/lineage.ts';
import { listRuns } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { hashJson } from '../../util/hash.ts';
import { createProgress } from '../../util/progress.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { readMetrics } from './metrics.ts';
import { formerSettings } from './mixture.ts';
import { makeTuningProject, TEST_REWARD } from './testing.ts';
import { tuneModel } from './tune.ts';

const STEPS = { maxTrainSteps: 8, checkpointingSteps: 2, samplesEvery: 8 };

async function open(t: TestContext, tune = {}): Promise<Project> {
  const project = await makeTuningProject(makeTemporaryDir(t), { tune: { ...STEPS, ...tune } });
  t.after(() => project.close());
  return project;
}

function sessionOf(project: Project, signal = new AbortController().signal) {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) } as unknown as NodeJS.WritableStream;
  return { project, world: openWorld(project.config), progress: createProgress({ stream }), signal, lines };
}

/** The files of a folder and their bytes. */
function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'base64')]));
}

test('tuneModel makes a pipeline with its lineage, once, and under another name another', async (t) => {
  const project = await open(t);
  const session = sessionOf(project);
  const summary = await tuneModel(session);
  const { db, dir, config } = project;

  const [before, now] = [contents(config.model), contents(join(dir, 'models/tuned'))];
  const changed = [...now].filter(([name, bytes]) => bytes !== before.get(name)).map(([name]) => name);
  assert.deepEqual(changed.sort(), ['README.md', 'samples.png', 'unet/diffusion_pytorch_model.safetensors']);
  assert.equal([...now.keys()].length, before.size + 2);
  assert.equal(openPipeline(summary.model).parameters('unet').size, openPipeline(config.model).parameters('unet').size);
  assert.equal(summary.modelHash, hashModel(summary.model));

  const card = readFileSync(join(summary.model, 'README.md'), 'utf8');
  for (const part of [TEST_REWARD, summary.dataHash, summary.baseHash, summary.runId, 'pretrainShare: 0.5', '6 images'])
    assert.ok(card.includes(part), part);
  assert.deepEqual(
    (await listCheckpoints(db, summary.runId)).map(({ step }) => step),
    [2, 4, 6, 8],
  );
  const lineage = await readModelLineage(db, summary.modelHash);
  assert.deepEqual([lineage?.path, lineage?.parent?.hash], ['models/tuned', summary.baseHash]);
  const [checkpoint] = lineage!.checkpoints;
  assert.deepEqual([checkpoint?.step, checkpoint?.reward?.hash, checkpoint?.metrics.step], [8, TEST_REWARD, 8]);

  const samples = await listImages(db, { purpose: 'sample' });
  assert.deepEqual(new Set(samples.map(({ seed }) => seed)).size, 1);
  const models = (await listCheckpoints(db)).filter(({ step }) => step % 8 === 0).map(({ modelHash }) => modelHash);
  assert.deepEqual(samples.map(({ modelHash }) => modelHash).toSorted(), [summary.baseHash, ...models].toSorted());
  const said = session.lines.join('');
  assert.match(
    said,
    /6 images of 2 prompts, mean weight 0\.5\neach step: 2 images and 2 of 8 pre-training pairs, β = 0\.1/,
  );
  assert.match(said, /8 steps: each image 2\.7 times\n/);
  assert.match(said, /a step takes .*: about .* left/);

  assert.deepEqual(await tuneModel(sessionOf(project)), { ...summary, alreadyDone: true });
  const [run] = await listRuns(db, { stage: 'tune' });
  for (const tune of formerSettings(project.config.tune)) {
    const former = { ...run!.config, tune };
    const columns = { config: JSON.stringify(former), configHash: hashJson(former) };
    await db.updateTable('runs').set(columns).where('id', '=', run!.id).execute();
    assert.equal((await tuneModel(sessionOf(project))).alreadyDone, true, 'a run of an earlier release is found');
  }
  const settings = { beta: 0, maxTrainSteps: 1, samplesEvery: 0 };
  const other = await tuneModel(sessionOf(project), { name: 'beta-0', settings, seed: 5 });
  assert.deepEqual([other.model, other.plan.pairsPerStep], [join(dir, 'models/beta-0'), 0]);
  assert.equal(hashModel(join(dir, 'models/tuned')), summary.modelHash);
  await assert.rejects(tuneModel(sessionOf(project), { name: '../x' }), { code: 'USAGE' });
  const unknown = tuneModel(sessionOf(project), { rewardHash: 'abc' });
  await assert.rejects(unknown, { code: 'USAGE', message: /no reward function of this project is abc/ });
});

test('a scheduler that drawing or training cannot follow is named before anything is computed', async (t) => {
  const project = await open(t);
  const file = join(project.config.model, 'scheduler/scheduler_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  const refused = async (fields: object, message: RegExp) => {
    writeFileSync(file, JSON.stringify({ ...config, ...fields }));
    const session = sessionOf(project);
    await assert.rejects(tuneModel(session), { code: 'MODEL_CONFIG', message });
    assert.deepEqual(session.lines, []);
  };
  await refused(
    { _class_name: 'FlowMatchEulerDiscreteScheduler' },
    /_class_name: expected a scheduler over a schedule of/,
  );
  await refused({ algorithm_type: 'sde-dpmsolver++' }, /sampler dpm-solver: .*algorithm_type: is not built here/);
});

test('a run whose process was killed goes on from its last checkpoint to the same model', async (t) => {
  const [project, straight] = [await open(t, { samplesEvery: 0 }), await open(t, { samplesEvery: 0 })];
  const child = spawn(process.execPath, ['bin/collimate.js', 'tune', '-C', project.dir, '--quiet'], {
    stdio: 'inherit',
  });
  const ended = new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
  const reached = () =>
    existsSync(project.runsDir) &&
    readdirSync(project.runsDir).some((run) => existsSync(join(project.runsDir, run, 'checkpoint-2')));
  while (!reached() && child.exitCode === null) await sleep(2);
  child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL');
  assert.deepEqual(
    (await listRuns(project.db, { stage: 'tune' })).map(({ status }) => status),
    ['running'],
  );
  const { modelHash, runId } = await tuneModel(sessionOf(project));
  assert.equal(modelHash, (await tuneModel(sessionOf(straight))).modelHash);
  const steps = readMetrics(join(project.runsDir, runId, 'metrics.jsonl')).map(({ step }) => step);
  assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal((await listRuns(project.db, { stage: 'tune' })).length, 1);
});

test('a second tuner is refused while one runs, and one without room on the disk leaves nothing half-written', async (t) => {
  const project = await open(t, { samplesEvery: 0, checkpointingSteps: 0, maxTrainSteps: 2 });
  const tune = (limit: string) =>
    spawnSync(
      'bash',
      ['-c', `${limit} exec "$0" bin/collimate.js tune -C "$1" --quiet`, process.execPath, project.dir],
      {
        encoding: 'utf8',
      },
    );
  const lock = await project.lock('tune');
  const second = tune('');
  assert.equal(second.status, 1);
  assert.match(second.stderr, /process \d+ runs `tune` on this project since .*\n.*Wait for it, or stop it/);
  await lock.release();

  // No file above a megabyte: the state of training is one.
  const full = tune('ulimit -f 1024;');
  assert.equal(full.status, 1, full.stderr);
  assert.match(full.stderr, /no room left on the disk while writing .*\n.*Free some space/);
  const [run] = await listRuns(project.db, { stage: 'tune' });
  assert.equal(run!.status, 'failed');
  assert.ok(!existsSync(join(project.dir, 'models', 'tuned')));
  const left = readdirSync(join(project.runsDir, run!.id), { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    left.filter((name) => /^checkpoint-\d+$|safetensors/.test(name)),
    [],
  );
  assert.equal((await tuneModel(sessionOf(project))).runId, run!.id);
});

test('a tuned LoRA is published merged, and alone in both spellings', async (t) => {
  const project = await open(t, {
    loraRank: 2,
    maxTrainSteps: 2,
    checkpointingSteps: 2,
    samplesEvery: 2,
    learningRate: 1e-2,
  });
  const summary = await tuneModel(sessionOf(project));
  const base = openPipeline(project.config.model);
  const [diffusers, kohya] = ['pytorch_lora_weights.safetensors', 'tuned.lora.safetensors'].map(
    (file) => readLora(join(summary.model, file), declareLoraBase(base)).unet,
  );
  assert.deepEqual(kohya, diffusers);
  const before = base.parameters('unet');
  const merged = mergeLora(before, diffusers!);
  const published = openPipeline(summary.model).parameters('unet');
  const changed = [...published].filter(([name, { data }]) => data.some((x, k) => x !== before.get(name)!.data[k]));
  assert.equal(changed.length, diffusers!.size);
  for (const [name, { data }] of changed) assert.deepEqual(data, merged.get(name)!.data, name);
  assert.ok(readFileSync(join(summary.model, 'README.md'), 'utf8').includes('A LoRA of rank 2 on to_q'));
  assert.equal((await listImages(project.db, { purpose: 'sample' })).length, 2);
});
