// A deep network whose memory is its activations: what gradient checkpointing is for. As a program it trains one step and
// prints by how many MiB the process grew: `node --import tsx deep-chain.ts [plain|recompute]`.

import { random } from '../../../util/random.ts';
import { add, checkpoint, expand, mean, mul, reshape, split, square, tanh } from '../../graph/functions.ts';
import { grad } from '../../graph/grad.ts';
import { input, type Tensor } from '../../graph/tensor.ts';
import type { Outputs } from '../../onnx/outputs.ts';
import { compile } from '../program.ts';

const BLOCKS = 8;
const LAYERS = 6;

/** `rows` × `width` elements flow through 8 blocks of 6 products with a vector of weights. */
export function deepChain(rows: number, width: number, recompute: boolean): Outputs {
  const weights = input('w', [BLOCKS * width]);
  const parts = split(weights, new Array(BLOCKS).fill(width), 0);
  let x: Tensor = expand(reshape(input('x', [width]), [1, width]), [rows, width]);
  for (const part of parts) {
    const w = reshape(reshape(part, [2, width / 2]), [1, width]); // as kernels are: reshaped once, then for their use
    let h = x;
    for (let layer = 0; layer < LAYERS; layer++) h = mul(h, w);
    x = checkpoint(add(x, tanh(h)));
  }
  const loss = mean(square(x));
  return { loss, gradient: grad(loss, [weights], { recompute })[0]! };
}

export function deepChainFeeds(width: number) {
  return { x: random(1, 'x').normals(width), w: random(1, 'w').normals(BLOCKS * width) };
}

if (process.argv[1] === import.meta.filename) {
  const [rows, width] = [1024, 1024]; // 4 MiB a layer
  const program = await compile(deepChain(rows, width, process.argv[2] === 'recompute'), { threads: 1 });
  const before = process.resourceUsage().maxRSS;
  await program.run(deepChainFeeds(width));
  console.log(Math.round((process.resourceUsage().maxRSS - before) / 1024));
}
