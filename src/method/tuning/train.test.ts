import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { StepReport } from '../../engine/training/trainer.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createSampleOrder, makeBatches, type TuneData } from './batches.ts';
import { findResumePoint } from './checkpoint.ts';
import { readMetrics } from './metrics.ts';
import { planMixture, type TuneSettings } from './mixture.ts';
import { makeSmallPipeline, makeTestExamples, testTuneSettings } from './testing.ts';
import { type TrainOptions, trainUnet } from './train.ts';
import { createTuningTrainer } from './trainer.ts';

const engine = { threads: 1 };
let dir: string;
let pipeline: DiffusionModel;

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'collimate-tuning-'));
  pipeline = makeSmallPipeline(dir);
});
after(() => rmSync(dir, { recursive: true }));

interface Course {
  readonly initial: Float32Array;
  /** After each step. */
  readonly parameters: Float32Array[];
  readonly averages: Float32Array[];
  readonly reports: StepReport[];
}

/** Two steps on each of `sets` from the same start, by one compiled trainer. */
async function twoSteps(settings: TuneSettings, ...sets: TuneData[]): Promise<Course[]> {
  const { trainer } = await createTuningTrainer(pipeline, sets[0]!, settings, engine);
  const start = join(dir, 'start.safetensors');
  await trainer.save(start);
  const courses: Course[] = [];
  for (const data of sets) {
    trainer.restore(start);
    const process = pipeline.process();
    const batches = makeBatches(data, { seed: 1, process, mixture: planMixture(settings), captionDropout: 0 });
    const course: Course = { initial: await trainer.read('params'), parameters: [], averages: [], reports: [] };
    for (const t of [1, 2]) {
      course.reports.push(await trainer.advance(batches(t)));
      course.parameters.push(await trainer.read('params'));
      course.averages.push(await trainer.read('ema'));
    }
    courses.push(course);
  }
  await trainer.dispose();
  return courses;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

test('two passes of half a batch make the same steps as one pass of a whole one', async () => {
  const data = makeTestExamples([0.2, 0.9, 0.5, 0], 4);
  const [whole] = await twoSteps(testTuneSettings({ batchSize: 8, learningRate: 1e-3 }), data);
  const halves = testTuneSettings({ batchSize: 4, gradientAccumulationSteps: 2, learningRate: 1e-3 });
  const [split] = await twoSteps(halves, data);
  for (const [i, report] of whole!.reports.entries()) {
    assert.ok(Math.abs(report.loss - split!.reports[i]!.loss) < 1e-5 * report.loss);
    assert.ok(Math.abs(report.gradNorm - split!.reports[i]!.gradNorm) < 1e-4 * report.gradNorm);
  }
  const [expected, got] = [whole!.parameters[1]!, split!.parameters[1]!];
  assert.ok(largestDifference(expected, whole!.initial) > 5e-4);
  // AdamW's first steps divide a gradient by its own size: where that is all rounding error, so is the step.
  const apart = expected.filter((value, i) => Math.abs(value - got[i]!) > 1e-5).length;
  assert.ok(apart < expected.length / 1000, `${apart} of ${expected.length} parameters differ`);
});

test('images of weight 0 teach nothing: the step is that of the pre-training term alone', async () => {
  const zero = makeTestExamples([0, 0, 0], 4);
  const others = { ...zero, images: { ...zero.images, latents: zero.images.latents.map((value) => 3 - value) } };
  const [first, second] = await twoSteps(testTuneSettings({ beta: 0.5 }), zero, others);
  assert.deepEqual(second!.parameters, first!.parameters);
  assert.ok(largestDifference(first!.parameters[1]!, first!.initial) > 1e-6);
  const { loss, metrics } = first!.reports[0]!;
  assert.equal(metrics.reward_loss, 0);
  assert.ok(Math.abs(loss - 0.5 * metrics.pretrain_loss!) < 1e-7);
});

test('the moving average follows its decay, and steps are reported with their rate', async () => {
  const settings = testTuneSettings({ emaDecay: 0.9, warmupSteps: 2, learningRate: 1e-3, beta: 0 });
  const [{ initial, parameters, averages, reports }] = (await twoSteps(settings, makeTestExamples([1, 1], 0))) as [
    Course,
  ];
  // Decays of steps 1 and 2: min(0.9, (1 + t)/(10 + t)).
  const [first, second] = [2 / 11, 3 / 12];
  const expected = initial.map((start, i) => {
    const afterOne = first * start + (1 - first) * parameters[0]![i]!;
    return second * afterOne + (1 - second) * parameters[1]![i]!;
  });
  assert.ok(largestDifference(averages[1]!, expected) < 1e-6);
  assert.deepEqual(
    reports.map(({ learningRate }) => learningRate),
    [5e-4, 1e-3],
  );
  assert.deepEqual(Object.keys(reports[0]!.metrics), ['reward_loss']);
});

/** A run in `runDir`; `stopAt` is the step at which Ctrl+C comes. */
function run(
  runDir: string,
  data: TuneData,
  settings: TuneSettings,
  stopAt = 0,
  more: Partial<TrainOptions> = {},
): Promise<string> {
  const controller = new AbortController();
  const onStep = ({ step }: { step: number }) => void (step === stopAt && controller.abort());
  return trainUnet({
    pipeline,
    data,
    settings,
    seed: 1,
    runDir,
    signal: controller.signal,
    onStep,
    ...engine,
    ...more,
  });
}

test('a run that was stopped and resumed gives the bytes of a straight one', async (t) => {
  const [straight, resumed] = [makeTemporaryDir(t), makeTemporaryDir(t)];
  const data = makeTestExamples([0.2, 0.9, 0.5], 4);
  const settings = testTuneSettings({ maxTrainSteps: 5, checkpointingSteps: 2, samplesEvery: 0 });
  const last = await run(straight, data, settings);
  const seen: number[] = [];
  const onCheckpoint = async (step: number) => void seen.push(step);
  await assert.rejects(run(resumed, data, settings, 3, { onCheckpoint }), { code: 'INTERRUPTED' });
  assert.deepEqual(readdirSync(resumed).sort(), ['checkpoint-2', 'checkpoint-3', 'metrics.jsonl']);
  const again = await run(resumed, data, settings, 0, { onCheckpoint });
  for (const file of ['unet/diffusion_pytorch_model.safetensors', 'unet/config.json', 'training_state.safetensors'])
    assert.ok(readFileSync(join(last, file)).equals(readFileSync(join(again, file))), file);
  assert.deepEqual(seen, [2, 4, 5]);
  assert.deepEqual(readdirSync(resumed).sort(), ['checkpoint-2', 'checkpoint-4', 'checkpoint-5', 'metrics.jsonl']);
  const losses = (dir: string) =>
    readMetrics(join(dir, 'metrics.jsonl')).map(({ step, train_loss }) => [step, train_loss]);
  assert.deepEqual(losses(resumed), losses(straight));
  assert.equal(losses(resumed).length, 5);
});

test('data that are no numbers stop the run with the last checkpoint intact', async (t) => {
  const dir = makeTemporaryDir(t);
  const settings = testTuneSettings({ maxTrainSteps: 6, checkpointingSteps: 1, samplesEvery: 0, pretrainShare: 0.25 });
  const data = makeTestExamples([1, 1, 1, 1, 1, 1, 1], 4);
  const row = createSampleOrder(1, 'images', 7)(4); // three images a step: this one comes in step 2
  data.images.latents.fill(Number.NaN, row * 64, (row + 1) * 64);
  await assert.rejects(run(dir, data, settings), { code: 'NON_FINITE', message: /^step 2: the loss is NaN/ });
  assert.equal(findResumePoint(dir)?.step, 1);
  const whole = makeTestExamples([1, 1, 1, 1, 1, 1, 1], 4);
  assert.match(await run(dir, whole, settings), /checkpoint-6$/);
  assert.deepEqual(
    readMetrics(join(dir, 'metrics.jsonl')).map(({ step }) => step),
    [1, 2, 3, 4, 5, 6],
  );
});
