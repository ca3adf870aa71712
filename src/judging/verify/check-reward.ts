// The reward head, its losses and their gradients against `reward/golden.safetensors`.

import { join } from 'node:path';
import { grad } from '../../engine/graph/grad.ts';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import { type Params, unpackParams } from '../../engine/nn/params.ts';
import type { Outputs } from '../../engine/onnx/outputs.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { rewardHead } from '../../method/reward/head.ts';
import { rewardLoss } from '../../method/reward/loss.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { prepare } from './evaluate-outputs.ts';
import { type Golden, openGolden } from './golden.ts';

/** Compares everything in `reward/golden.safetensors`. */
export async function* checkReward(folder: string): AsyncGenerator<TensorComparison> {
  const golden = openGolden(join(folder, 'reward/golden.safetensors'));
  const model = await prepare((p, flat) => lossGraph(p, flat, golden), headParameters(golden), 'reward');
  const names = ['image_embeds', 'text_embeds', 'labels'];
  const feeds = Object.fromEntries(names.map((name) => [name, golden.floats(name)]));
  const { gradient, ...results } = await model.run(feeds);
  await model.dispose();
  for (const [name, data] of Object.entries(results)) yield compareTensors(`reward.${name}`, data, golden.tensor(name));
  for (const [name, { data }] of unpackParams(model.specs, gradient as Float32Array))
    yield compareTensors(`reward.grad.${name}`, data, golden.tensor(`grad.${name}`));
}

function headParameters(golden: Golden): Map<string, Float32Tensor> {
  const names = golden.names.filter((name) => name.startsWith('layers.'));
  const parameter = (name: string): Float32Tensor => ({
    dtype: 'float32',
    shape: golden.tensor(name).shape,
    data: golden.floats(name),
  });
  return new Map(names.map((name) => [name, parameter(name)]));
}

function lossGraph(p: Params, flat: Tensor, golden: Golden): Outputs {
  const like = (name: string) => input(name, golden.tensor(name).shape);
  const hidden = golden.tensor('layers.0.weight').shape[0]!;
  const rewards = rewardHead(p, like('image_embeds'), like('text_embeds'), hidden);
  const options = { lambda: golden.setting('lambda'), temperature: golden.setting('temperature') };
  const { loss, mse, promptClassification } = rewardLoss(rewards, like('labels'), options);
  const gradient = grad(loss, [flat])[0]!;
  return { rewards, mse, prompt_classification: promptClassification, loss, gradient };
}
