// Square matrices, as the distances and fits of this folder hold them.

export interface Matrix {
  readonly size: number;
  /** size × size, by rows */
  readonly data: Float64Array;
}

export function trace({ size, data }: Matrix): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += data[k * size + k]!;
  return sum;
}
