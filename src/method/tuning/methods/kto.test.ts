import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grad } from '../../../engine/graph/grad.ts';
import { input } from '../../../engine/graph/tensor.ts';
import { compile } from '../../../engine/runtime/program.ts';
import { checkBothKinds, drawByAnswer, utilityLoss } from './kto.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const near = (value: unknown, wanted: number) =>
  assert.ok(Math.abs(Number(value) - wanted) < 1e-5, `${value}, ${wanted}`);

test('the loss of good, bad and doubtful pictures is as by hand, and so is its slope', async () => {
  const [errors, reference, weights] = ['errors', 'reference', 'weights'].map((name) => input(name, [5]));
  const rows = { errors: errors!, reference: reference!, weights: weights!, point: input('point', [2]) };
  const options = { images: 4, pairs: 1, beta: 0.5, utilityBeta: 3, goodWeight: 2, badWeight: 1 };
  const { loss, metrics } = utilityLoss(rows, options);
  const program = await compile({ loss, ...metrics, slope: grad(loss, [errors!])[0]! });
  const feeds = {
    errors: Float32Array.of(0.8, 1.2, 0.9, 0.3, 2),
    reference: Float32Array.of(1, 1, 1.5, 0.6, 7),
    weights: Float32Array.of(1, 0, 0.75, 0, 1),
  };
  const run = await program.run({ ...feeds, point: Float32Array.of(0.5, 0.1) });
  // Gains 0.2, −0.2, 0.6, 0.3, of mean 0.225; the reference point is half of it and 0.1 of earlier steps.
  const gains = [0.2, -0.2, 0.6, 0.3];
  const [z, good] = [0.225 / 2 + 0.1, [1, 0, 0.75, 0]];
  const rowsByHand = gains.map(
    (g, i) => good[i]! * 2 * (1 - sigmoid(3 * (g - z))) + (1 - good[i]!) * (1 - sigmoid(3 * (z - g))),
  );
  const reward = rowsByHand.reduce((sum, row) => sum + row, 0) / 4;
  near(run.gain!.data[0], 0.225);
  near(run.reward_loss!.data[0], reward);
  near(run.loss!.data[0], reward + 0.5 * 2);
  // d/de: g falls as e rises, and z has no slope.
  const slopeOf = (g: number, p: number) => {
    const steep = 3 * sigmoid(3 * (g - z)) * (1 - sigmoid(3 * (g - z)));
    return (2 * p * steep - (1 - p) * steep) / 4;
  };
  gains.forEach((g, i) => void near(run.slope!.data[i], slopeOf(g, good[i]!)));

  // By this step alone, and where the model lost ground on average: z is 0, as in the published code.
  const worse = await program.run({
    ...feeds,
    reference: Float32Array.of(0.7, 1, 0.5, 0.3, 7),
    point: Float32Array.of(1, 0),
  });
  await program.dispose();
  const alone = [-0.1, -0.2, -0.4, 0].map(
    (g, i) => good[i]! * 2 * (1 - sigmoid(3 * g)) + (1 - good[i]!) * (1 - sigmoid(-3 * g)),
  );
  near(worse.reward_loss!.data[0], alone.reduce((sum, row) => sum + row, 0) / 4);
});

test('good pictures are the share of the draws that was asked for, and both kinds are needed', () => {
  const drawn = [...drawByAnswer(Float32Array.of(1, 0, 0, 0.5), 0.8)];
  near(
    drawn.reduce((sum, share) => sum + share, 0),
    1,
  );
  near(drawn[0], 0.8 / 1.5);
  near(drawn[1], 0.2 / 2.5);
  near(drawn[3], (0.8 * 0.5) / 1.5 + (0.2 * 0.5) / 2.5);
  checkBothKinds([{ weight: 0.5 }]);
  assert.throws(() => checkBothKinds([{ weight: 1 }, { weight: 1 }]), /none of the 2 images has an answer bad/);
  assert.throws(() => checkBothKinds([{ weight: 0 }]), { code: 'MISSING_STAGE', message: /an answer good/ });
});
