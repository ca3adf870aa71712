// Trains a two-layer network to tell two spirals apart, with nothing but the engine: a graph, its gradient, one compiled
// program that is a whole training step.
//
//   npx tsx examples/train-network.ts

import {
  ADAMW_DEFAULTS,
  adamw,
  adamwCorrections,
  compile,
  declareParams,
  flatParams,
  grad,
  type HostData,
  initParams,
  input,
  linear,
  mean,
  type Params,
  random,
  reshape,
  scalar,
  square,
  sub,
  type Tensor,
  tanh,
} from '../src/index.ts';

const POINTS = 256;
const STEPS = 600;

/** One number a point: towards 1 on one spiral, towards −1 on the other. */
function network(p: Params, points: Tensor): Tensor {
  const hidden = tanh(linear(p.in('hidden'), points, 64)); // [N, 64]
  return reshape(tanh(linear(p.in('out'), hidden, 1)), [-1]); // [N]
}

function makeSpirals(): { points: Float32Array; labels: Float32Array } {
  const rng = random(1, 'spirals');
  const labels = Float32Array.from({ length: POINTS }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const points = new Float32Array(2 * POINTS);
  labels.forEach((label, i) => {
    const turn = 1 + 6 * rng.uniform();
    points[2 * i] = label * turn * Math.cos(turn) + 0.1 * rng.normal();
    points[2 * i + 1] = label * turn * Math.sin(turn) + 0.1 * rng.normal();
  });
  return { points, labels };
}

const points = input('points', [POINTS, 2]);
const labels = input('labels', [POINTS]);
const specs = declareParams((p) => network(p, points));
const initial = initParams(specs, (name) => random(1, 'init', name));

// The step as one graph: forward, backward, AdamW. All parameters are parts of one flat vector.
const size = [initial.length];
const params = input('params', size);
const predicted = network(flatParams(specs, params), points);
const loss = mean(square(sub(predicted, labels)));
const [gradient] = grad(loss, [params]);
const learningRate = input('learningRate', []);
const correction1 = input('correction1', []);
const correction2 = input('correction2', []);
const next = adamw(
  { params, m: input('m', size), v: input('v', size) },
  gradient!,
  scalar(1),
  { learningRate, correction1, correction2 },
  ADAMW_DEFAULTS,
);
const step = await compile({
  loss,
  predicted,
  nextParams: next.params,
  nextM: next.m,
  nextV: next.v,
});

const data = makeSpirals();
let state: { params: HostData; m: HostData; v: HostData } = {
  params: initial,
  m: new Float32Array(initial.length),
  v: new Float32Array(initial.length),
};
for (let t = 1; t <= STEPS; t++) {
  const corrections = adamwCorrections(ADAMW_DEFAULTS, t);
  const scalars = { learningRate: 0.02, ...corrections };
  const feeds = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)]));
  const result = await step.run({ ...data, ...state, ...feeds });
  state = { params: result.nextParams!.data, m: result.nextM!.data, v: result.nextV!.data };
  if (t % 150 !== 0 && t !== 1) continue;
  const outputs = result.predicted!.data as Float32Array;
  const right = outputs.filter((y, i) => y * data.labels[i]! > 0).length / POINTS;
  console.log(`step ${t}: loss ${Number(result.loss!.data[0]).toFixed(4)}, ${(100 * right).toFixed(1)} % right`);
}
await step.dispose();
