// A few training steps of a small network with every kind of layer of the real ones, on a provider.

import { random } from '../../../util/random.ts';
import { add, mean, mul, reshape, silu, square, sub, sum } from '../../graph/functions.ts';
import { input, type Tensor } from '../../graph/tensor.ts';
import { DIFFUSERS_ATTENTION, multiHeadAttention } from '../../nn/attention.ts';
import { conv2d, embedding, groupNorm, layerNorm } from '../../nn/layers.ts';
import { declareParams, initParams, type Params } from '../../nn/params.ts';
import { ADAMW_DEFAULTS } from '../../optim/adamw.ts';
import { createTrainer } from '../../training/trainer.ts';
import type { Provider } from '../providers.ts';

const TYPES = {
  image: { dtype: 'float32', shape: [2, 3, 4, 4] },
  ids: { dtype: 'int64', shape: [2, 3] },
  weight: { dtype: 'float32', shape: [2] },
} as const;

/** A residual block with attention to embedded ids; the loss is a weighted squared error to the image itself. */
function lossOf(p: Params, { image, ids, weight }: Readonly<Record<string, Tensor>>): Tensor {
  const words = layerNorm(p.in('norm'), embedding(p.in('words'), ids!, 5, 8)); // [B, 3, 8]
  const x = conv2d(p.in('in'), image!, 8, 3, { padding: 1 }); // [B, 8, 4, 4]
  const normal = silu(groupNorm(p.in('in_norm'), x, 2, 1e-5));
  const attended = multiHeadAttention(p.in('attn'), reshape(normal, [2, 8, 16]), words, {
    heads: 2,
    names: DIFFUSERS_ATTENTION,
    bias: false,
    layout: 'channels',
  });
  const out = conv2d(p.in('out'), add(x, reshape(attended, x.shape)), 3, 1);
  return mul(sum(mul(mean(square(sub(out, image!)), [1, 2, 3]), weight!)), 0.5);
}

export interface Trained {
  readonly losses: readonly number[];
  readonly gradNorms: readonly number[];
  readonly params: Float32Array;
  readonly ema: Float32Array;
}

export async function trainTiny(provider: Provider, steps: number): Promise<Trained> {
  const inputs = Object.fromEntries(
    Object.entries(TYPES).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const specs = declareParams((p) => lossOf(p, inputs));
  const trainer = await createTrainer(
    {
      specs,
      batch: TYPES,
      loss: (p, batch) => ({ loss: lossOf(p, batch) }),
      optimizer: ADAMW_DEFAULTS,
      maxGradNorm: 0.5,
      ema: true,
      emaDecay: 0.9,
      recompute: false,
      schedule: { learningRate: 0.01, warmupSteps: 0, decay: 'constant', totalSteps: steps },
      accumulation: 1,
      provider,
    },
    initParams(specs, (name) => random(3, name)),
  );
  const batch = {
    image: random(3, 'image').normals(96),
    ids: BigInt64Array.of(0n, 4n, 4n, 1n, 2n, 0n),
    weight: Float32Array.of(0.5, 1.5),
  };
  const reports = [];
  for (let step = 0; step < steps; step++) reports.push(await trainer.advance([batch]));
  const result = {
    losses: reports.map(({ loss }) => loss),
    gradNorms: reports.map(({ gradNorm }) => gradNorm),
    params: await trainer.read('params'),
    ema: await trainer.read('ema'),
  };
  await trainer.dispose();
  return result;
}
