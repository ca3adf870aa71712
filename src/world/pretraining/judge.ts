// Pre-training of a judge on renders.

import { join } from 'node:path';
import { add } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { random } from '../../util/random.ts';
import { JUDGE_HEADS, type JudgeHead } from '../judge/classes.ts';
import type { JudgeDesign } from '../judge/designs.ts';
import type { Example } from '../judge/examples.ts';
import { crossEntropy } from './losses.ts';
import type { StageNumbers } from './recipe.ts';
import { type PretrainContext, publish, trainStage } from './stage.ts';

export async function pretrainJudge(context: PretrainContext, design: JudgeDesign, stage: StageNumbers): Promise<void> {
  const { name, scenery, classes, network } = design;
  const { batch: size } = stage;
  const shape = [size, 3, scenery.size, scenery.size];
  const labels = Object.fromEntries(JUDGE_HEADS.map((head) => [head, { dtype: 'int32' as const, shape: [size] }]));
  const weights = await trainStage(context, {
    ...stage,
    name,
    specs: declareParams((p) => network(p, input('pixels', shape), classes)),
    batch: { pixels: { dtype: 'float32', shape }, ...labels },
    loss: (p, batch) => {
      const { logits } = network(p, batch.pixels!, classes);
      return { loss: JUDGE_HEADS.map((head) => crossEntropy(logits[head], batch[head]!)).reduce((a, b) => add(a, b)) };
    },
    makeBatch: (t) => {
      const rng = random(context.seed, name, 'data', t);
      return toBatch(Array.from({ length: size }, () => design.example(design, rng)));
    },
    warmupSteps: 50,
    emaDecay: 0.998,
  });
  publish(join(context.out, name), 'model.safetensors', { architectures: ['CollimateJudge'], classes }, weights);
}

function toBatch(examples: readonly Example[]): Record<'pixels', Float32Array> & Record<JudgeHead, Int32Array> {
  const values = examples[0]!.pixels.length;
  const pixels = new Float32Array(examples.length * values);
  for (const [i, example] of examples.entries()) pixels.set(example.pixels, i * values);
  const labels = Object.fromEntries(
    JUDGE_HEADS.map((head) => [head, Int32Array.from(examples, (example) => example.labels[head])]),
  );
  return { pixels, ...(labels as Record<JudgeHead, Int32Array>) };
}
