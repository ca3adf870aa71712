// Trains a reward function on made-up embeddings: a picture is good for a prompt when its embedding lies close to the
// prompt's. With the embeddings of a real CLIP this is what `collimate reward train` does.
//
//   npx tsx examples/train-reward.ts

import {
  ADAMW_DEFAULTS,
  compile,
  constantParams,
  createTrainer,
  declareParams,
  type Feeds,
  initParams,
  input,
  type Params,
  random,
  rewardHead,
  rewardLoss,
  type Tensor,
} from '../src/index.ts';

const WIDTH = 16; // of an embedding
const BATCH = 64;
const CANDIDATES = 4; // the prompt itself, and three others
const STEPS = 300;

const head = (p: Params, image: Tensor, text: Tensor) => rewardHead(p, image, text, 64, { features: 'interaction' });

/** Prompts as random embeddings; of each image, candidate 0 is its own prompt, and half of the images do not fit it. */
function makeBatch(step: number): { images: Float32Array; texts: Float32Array; labels: Float32Array } {
  const rng = random(3, 'batch', step);
  const texts = rng.normals(BATCH * CANDIDATES * WIDTH);
  const images = rng.normals(BATCH * WIDTH).map((x) => 0.3 * x);
  const labels = Float32Array.from({ length: BATCH }, () => rng.int(2));
  labels.forEach((label, row) => {
    const shown = row * CANDIDATES + (label === 1 ? 0 : 1 + rng.int(CANDIDATES - 1));
    for (let i = 0; i < WIDTH; i++) images[row * WIDTH + i]! += texts[shown * WIDTH + i]!;
  });
  return { images, texts, labels };
}

const float = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
const specs = declareParams((p) => head(p, input('image', [1, WIDTH]), input('text', [1, WIDTH])));
const trainer = await createTrainer(
  {
    specs,
    batch: { images: float(BATCH, WIDTH), texts: float(BATCH, CANDIDATES, WIDTH), labels: float(BATCH) },
    loss: (p, { images, texts, labels }) => {
      const rewards = head(p, images!, texts!); // [B, N]
      return rewardLoss(rewards, labels!, { lambda: 0.5, temperature: 0.5 });
    },
    optimizer: ADAMW_DEFAULTS,
    schedule: { learningRate: 3e-3, warmupSteps: 0, decay: 'cosine', totalSteps: STEPS },
    maxGradNorm: 1,
    ema: false,
    emaDecay: 0,
    recompute: false,
    accumulation: 1,
  },
  initParams(specs, (name) => random(3, 'init', name)),
);
while (trainer.step < STEPS) {
  const { step, loss } = await trainer.advance([makeBatch(trainer.step + 1) satisfies Feeds]);
  if (step === 1 || step % 100 === 0) console.log(`step ${step}: loss ${loss.toFixed(3)}`);
}
const learned = constantParams(specs, await trainer.read('params'));
await trainer.dispose();

// New images and prompts: does the reward lie on the right side of one half?
const rewards = head(learned, input('images', [BATCH, WIDTH]), input('texts', [BATCH, CANDIDATES, WIDTH]));
const program = await compile({ rewards });
const { images, texts, labels } = makeBatch(0);
const result = await program.run({ images, texts });
const scores = result.rewards!.data as Float32Array;
const right = labels.filter((label, row) => scores[row * CANDIDATES]! > 0.5 === (label === 1)).length;
console.log(`${((100 * right) / BATCH).toFixed(1)} % of new pairs are judged right`);
await program.dispose();
