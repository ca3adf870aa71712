// What becomes of each operation where activations are halves: by the rules of automatic mixed precision, as PyTorch has them.

import type { OpName } from './ops.ts';

/**
 * `source` is there before anything runs. `product` takes and gives halves. `pointwise` and `movement` are halves where all their
 * large inputs are; `movement` computes nothing. `norm` is computed in float32, and gives halves where it takes them. `exact` is
 * float32: sums over many elements, and functions that a half has too few digits or too short a range for.
 */
export type HalfKind = 'source' | 'product' | 'pointwise' | 'movement' | 'norm' | 'exact';

export const HALF_KINDS: { readonly [K in OpName]: HalfKind } = {
  input: 'source',
  constant: 'source',
  stored: 'source',
  neg: 'pointwise',
  exp: 'exact',
  log: 'exact',
  sqrt: 'exact',
  reciprocal: 'exact',
  abs: 'pointwise',
  sign: 'pointwise',
  sin: 'exact',
  cos: 'exact',
  tanh: 'pointwise',
  sigmoid: 'pointwise',
  erf: 'exact',
  relu: 'pointwise',
  swish: 'pointwise',
  gelu: 'pointwise',
  cast: 'exact',
  stopGradient: 'movement',
  checkpoint: 'movement',
  add: 'pointwise',
  sub: 'pointwise',
  mul: 'pointwise',
  div: 'pointwise',
  maximum: 'pointwise',
  minimum: 'pointwise',
  greater: 'exact',
  equal: 'exact',
  where: 'pointwise',
  reduceSum: 'exact',
  reduceMean: 'exact',
  reduceMax: 'exact',
  reshape: 'movement',
  transpose: 'movement',
  expand: 'movement',
  slice: 'movement',
  pad: 'movement',
  concat: 'movement',
  split: 'movement',
  gather: 'movement',
  scatterAdd: 'exact',
  matmul: 'product',
  quantizedMatmul: 'exact',
  conv2d: 'product',
  conv2dInputGrad: 'product',
  conv2dWeightGrad: 'product',
  upsample2x: 'movement',
  sumPool2x: 'pointwise',
  softmax: 'norm',
  layerNorm: 'norm',
  groupNorm: 'norm',
  attention: 'product',
};
