import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hashModel } from '../../models/inference/painter.ts';
import { openProject, type Project } from '../../project/project.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { findModels } from '../models.ts';
import { makeTuningProject } from './testing.ts';
import { tuneModel } from './tune.ts';

const SHORT = { maxTrainSteps: 4, checkpointingSteps: 2, samplesEvery: 0 };

async function open(t: TestContext): Promise<Project> {
  const project = await makeTuningProject(makeTemporaryDir(t), { tune: SHORT });
  t.after(() => project.close());
  return project;
}

function sessionOf(project: Project, signal = new AbortController().signal, onTick = () => {}) {
  const notes: string[] = [];
  const progress = { stage() {}, tick: onTick, done() {}, note: (text: string) => void notes.push(text) };
  return { project, world: openWorld(project.config), progress, signal, notes };
}

/** Changes one bit in the middle of a file. */
function flipBit(path: string): () => void {
  const bytes = readFileSync(path);
  const damaged = Buffer.from(bytes);
  damaged[damaged.length >> 1]! ^= 1;
  writeFileSync(path, damaged);
  return () => writeFileSync(path, bytes);
}

test('a finished model is not replaced by a run of other settings unasked', async (t) => {
  const project = await open(t);
  const { modelHash, model, runId } = await tuneModel(sessionOf(project));
  const settings = { beta: 0.2 };
  await assert.rejects(tuneModel(sessionOf(project), { settings }), {
    code: 'USAGE',
    message: `tune: models/tuned was made by ${runId}, from which this command differs in tune.beta (0.1, now 0.2)`,
    hint: /another --name, or replace that one with --overwrite/,
  });
  assert.equal(hashModel(model), modelHash);
  assert.equal((await tuneModel(sessionOf(project))).alreadyDone, true, 'the same settings are no other run');
  const session = sessionOf(project);
  const other = await tuneModel(session, { settings, overwrite: true });
  assert.notEqual(other.modelHash, modelHash);
  assert.equal(hashModel(model), other.modelHash);
  assert.ok(session.notes.some((note) => note.includes(runId) && note.endsWith('it is replaced, as asked.')));
  await assert.rejects(tuneModel(sessionOf(project)), { code: 'USAGE' });
});

test('a run that was stopped and cannot go on says in what this one differs', async (t) => {
  const project = await open(t);
  const stop = new AbortController();
  const stopped = sessionOf(project, stop.signal, () => stop.abort());
  await assert.rejects(tuneModel(stopped), { code: 'INTERRUPTED' });
  const session = sessionOf(project);
  await tuneModel(session, { settings: { learningRate: 2e-4 } });
  const said = session.notes.find((note) => note.includes('cannot go on'));
  assert.match(
    said!,
    /^The run tune-\S+ was stopped.* differs from it in tune\.learningRate \(0\.0001, now 0\.0002\)\. /,
  );
});

test('a flipped bit in a checkpoint or a tuned model is noticed', async (t) => {
  const project = await open(t);
  const { model, runId, modelHash } = await tuneModel(sessionOf(project));
  const checkpoint = join(project.runsDir, runId, 'checkpoint-4');
  const weights = join('unet', 'diffusion_pytorch_model.safetensors');

  const restoreState = flipBit(join(checkpoint, 'training_state.safetensors'));
  const again = () => tuneModel(sessionOf(project), { resumeFrom: 'checkpoint-4' });
  await assert.rejects(again(), {
    code: 'MISMATCH',
    message: /checkpoint-4: training_state\.safetensors: not the content/,
  });
  restoreState();
  assert.equal((await again()).modelHash, modelHash);

  const restore = flipBit(join(checkpoint, weights));
  await assert.rejects(findModels(project, ['checkpoint-4']), { code: 'MISMATCH', message: /unet\/diffusion_pytorch/ });
  restore();
  const [, latest, named] = await findModels(project, ['checkpoint-4', 'tuned/checkpoint-4']);
  assert.deepEqual([named!.name, named!.hash], ['tuned/checkpoint-4', latest!.hash]);
  await assert.rejects(findModels(project, ['other/checkpoint-4']), { message: /no model is called other/ });

  flipBit(join(model, weights));
  await assert.rejects(findModels(project, ['tuned']), {
    code: 'MISMATCH',
    message: new RegExp(`models/tuned: expected the model ${modelHash.slice(0, 12)} that tuning wrote there, got `),
  });
  const next = await openProject(project.dir, { flags: [{ path: 'model', flag: '--model', text: 'models/tuned' }] });
  t.after(() => next.close());
  await assert.rejects(tuneModel(sessionOf(next), { name: 'second' }), { code: 'MISMATCH' });
  assert.equal((await tuneModel(sessionOf(project))).alreadyDone, false, 'the same command writes it anew');
  assert.equal(hashModel(model), modelHash);
  assert.equal((await findModels(project, ['tuned']))[1]!.hash, modelHash);
});
