// A program that computes for seconds, in many nodes. As a process it ends itself while that runs.

import { writeSync } from 'node:fs';
import { matmul, tanh } from '../../../graph/functions.ts';
import { input, type Tensor } from '../../../graph/tensor.ts';
import { compile, type Program } from '../../program.ts';

const SIZE = 1024;

/** `nodes` products of matrices of 1024². */
export async function openLongRun(nodes: number): Promise<{ program: Program; feeds: { x: Float32Array } }> {
  let y: Tensor = input('x', [SIZE, SIZE]);
  for (let i = 0; i < nodes; i++) y = tanh(matmul(y, y, {}));
  return { program: await compile({ y }), feeds: { x: new Float32Array(SIZE * SIZE).fill(0.01) } };
}

if (process.argv[1] === import.meta.filename) {
  const { program, feeds } = await openLongRun(1000);
  setTimeout(() => {
    writeSync(1, 'ends');
    process.exit(7);
  }, 300);
  await program.run(feeds);
}
