// Pre-training of the judge on renders.

import { join } from 'node:path';
import { add } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { random } from '../../util/random.ts';
import { type Example, trainingExample } from '../judge/examples.ts';
import { JUDGE_CLASSES, JUDGE_HEADS, type JudgeHead, judgeNetwork } from '../judge/network.ts';
import { PIXELS } from './batches.ts';
import { crossEntropy } from './losses.ts';
import { type PretrainContext, publish, trainStage } from './stage.ts';

const BATCH = 64;

export async function pretrainJudge(context: PretrainContext, steps = 3400): Promise<void> {
  const specs = declareParams((p) => judgeNetwork(p, input('pixels', [BATCH, 3, 32, 32])));
  const labels = Object.fromEntries(JUDGE_HEADS.map((head) => [head, { dtype: 'int32' as const, shape: [BATCH] }]));
  const weights = await trainStage(context, {
    name: 'judge',
    specs,
    batch: { pixels: { dtype: 'float32', shape: [BATCH, 3, 32, 32] }, ...labels },
    loss: (p, batch) => {
      const { logits } = judgeNetwork(p, batch.pixels!);
      return { loss: JUDGE_HEADS.map((head) => crossEntropy(logits[head], batch[head]!)).reduce((a, b) => add(a, b)) };
    },
    makeBatch: (t) => {
      const rng = random(context.seed, 'judge', 'data', t);
      return toBatch(Array.from({ length: BATCH }, () => trainingExample(rng)));
    },
    steps,
    learningRate: 2e-3,
    warmupSteps: 50,
    emaDecay: 0.998,
  });
  publish(
    join(context.out, 'judge'),
    'model.safetensors',
    { architectures: ['CollimateJudge'], classes: JUDGE_CLASSES },
    weights,
  );
}

function toBatch(examples: readonly Example[]): Record<'pixels', Float32Array> & Record<JudgeHead, Int32Array> {
  const pixels = new Float32Array(examples.length * PIXELS);
  for (const [i, example] of examples.entries()) pixels.set(example.pixels, i * PIXELS);
  const labels = Object.fromEntries(
    JUDGE_HEADS.map((head) => [head, Int32Array.from(examples, (example) => example.labels[head])]),
  );
  return { pixels, ...(labels as Record<JudgeHead, Int32Array>) };
}
