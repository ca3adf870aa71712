import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSafetensors } from '../../../engine/weights/safetensors.ts';
import type { DiffusionModel } from '../../../models/families/model.ts';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { readMetrics } from '../metrics.ts';
import type { TuneSettings } from '../mixture.ts';
import { makeSmallPipeline, makeTestExamples, testTuneSettings } from '../testing.ts';
import { trainUnet } from '../train.ts';
import { checkSharing, describeSharing, endOfRound } from './sharing.ts';

let dir: string;
let pipeline: DiffusionModel;

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'collimate-rounds-'));
  pipeline = makeSmallPipeline(dir);
});
after(() => rmSync(dir, { recursive: true }));

const ROUNDS = {
  workers: 2,
  outerLearningRate: 0.7,
  outerMomentum: 0.9,
  localSteps: 2,
  batchSize: 2,
  gradientAccumulationSteps: 2,
  maxTrainSteps: 5,
  checkpointingSteps: 4,
  samplesEvery: 0,
} as const;

/** A run in `runDir`; `stopAt` is how far into it Ctrl+C comes. */
function run(runDir: string, settings: TuneSettings, stopAt = -1): Promise<string> {
  const controller = new AbortController();
  const onProgress = (step: number) => void (step === stopAt && controller.abort());
  const data = makeTestExamples([0.2, 0.9, 0.5], 4);
  return trainUnet({
    pipeline,
    data,
    settings,
    seed: 1,
    runDir,
    signal: controller.signal,
    onProgress,
    threads: 1,
  });
}

function readFiles(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(folder.length + 1),
      readFileSync(join(parentPath, name)).toString('base64'),
    ]),
  );
}

for (const [name, patch] of [
  ['the whole U-Net', {}],
  ['a LoRA', { loraRank: 2 }],
] as const)
  test(`${name} in rounds: a run that was stopped within one goes on to the bytes of a straight one`, async (t) => {
    const settings = testTuneSettings({ ...ROUNDS, ...patch });
    const [straight, resumed] = [makeTemporaryDir(t), makeTemporaryDir(t)];
    const last = await run(straight, settings);
    assert.match(last, /checkpoint-5$/);
    assert.deepEqual(readdirSync(straight).sort(), ['checkpoint-4', 'checkpoint-5', 'metrics.jsonl']);
    await assert.rejects(run(resumed, settings, 3), { code: 'INTERRUPTED' });
    assert.deepEqual(readdirSync(resumed).sort(), ['checkpoint-2', 'metrics.jsonl'], 'each round leaves a checkpoint');
    const expected = readFiles(last);
    assert.deepEqual(Object.keys(expected).filter((file) => file.startsWith('moments/')).length, 2);
    assert.deepEqual(readFiles(await run(resumed, settings)), expected);
    assert.ok(!existsSync(join(resumed, 'checkpoint-2')), 'it was kept for going on alone');
    assert.deepEqual(readdirSync(join(resumed, 'checkpoint-4')).sort(), ['hashes.json', 'unet']);
    const lines = (of: string) => readMetrics(join(of, 'metrics.jsonl')).map(({ seconds: _, ...line }) => line);
    assert.deepEqual(lines(resumed), lines(straight));
    assert.deepEqual(
      lines(straight).map(({ step }) => step),
      [1, 2, 3, 4, 5],
    );
  });

test('one part whose mean is taken without momentum is the straight run', async (t) => {
  const common = { ...ROUNDS, maxTrainSteps: 2, checkpointingSteps: 0, learningRate: 1e-3, loraRank: 2 };
  const plain = { workers: 1, outerLearningRate: 1, outerMomentum: 0, emaDecay: 0 };
  const read = async (settings: TuneSettings) => {
    const file = openSafetensors(join(await run(makeTemporaryDir(t), settings), 'training_state.safetensors'));
    const values = [...(file.read('params').data as Float32Array)];
    file.close();
    return values;
  };
  const straight = await read(testTuneSettings({ ...common, workers: 0 }));
  const rounds = await read(testTuneSettings({ ...common, ...plain, localSteps: 1 }));
  const far = rounds.reduce((most, value, i) => Math.max(most, Math.abs(value - straight[i]!)), 0);
  assert.ok(far < 1e-6, `${far}`);
});

test('rounds end at multiples and with the run; settings that cannot be shared say what would do', () => {
  const settings = testTuneSettings({ ...ROUNDS, maxTrainSteps: 7, localSteps: 3, checkpointingSteps: 0 });
  assert.deepEqual(
    [0, 2, 3, 6].map((step) => endOfRound(settings, step)),
    [3, 3, 6, 7],
  );
  checkSharing(settings);
  assert.match(describeSharing(settings).join(), /rounds of 3 steps: 2 parts take 1 of the 2 passes/);
  assert.throws(() => checkSharing({ ...settings, gradientAccumulationSteps: 3 }), {
    code: 'CONFIG',
    message: /2 parts share evenly, got tune.gradientAccumulationSteps 3/,
    hint: /gradientAccumulationSteps 2 with tune.batchSize 3/,
  });
  assert.throws(() => checkSharing({ ...settings, checkpointingSteps: 4 }), {
    message: /multiple of tune.localSteps 3/,
  });
  assert.throws(() => checkSharing({ ...settings, method: 'kto' }), { message: /kto cannot be shared .* mean gain/ });
  assert.throws(() => checkSharing({ ...settings, method: 'ddpo' }), { message: /ddpo cannot .* draws pictures/ });
});
