// Low-rank layers of modules that are one weight in another layout, as queries, keys and values are: many as one, and what
// of the one is no more than its place among them.

import { type LoraLayer, loraRank, loraScale } from './lora.ts';
import type { Float32Tensor } from './tensor.ts';

/**
 * One layer for weights [O, I] that stand one below another as [n·O, I]: the A one below another, the B along the diagonal;
 * where all have the same A, that one, and the B one below another.
 *
 * @param parts in their order; a part that no layer adapts has zeros in B
 */
export function fuseLayers(parts: readonly (LoraLayer | undefined)[]): LoraLayer {
  const there = parts.filter((part) => part !== undefined);
  const first = there[0]!;
  if (parts.length === 1) return first;
  const isShared = there.length === parts.length && there.every(({ down }) => isSame(down, first.down));
  const isAlike = there.every((layer) => loraScale(layer) === loraScale(first));
  const rank = isShared ? loraRank(first) : there.reduce((sum, layer) => sum + loraRank(layer), 0);
  const rows = first.up.shape[0]!;
  const up = new Float32Array(parts.length * rows * rank);
  const down = new Float32Array((rank * first.down.data.length) / loraRank(first));
  let column = 0;
  parts.forEach((layer, index) => {
    if (!layer) return;
    const own = loraRank(layer);
    const factor = isAlike ? 1 : loraScale(layer);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < own; k++)
        up[(index * rows + row) * rank + column + k] = factor * layer.up.data[row * own + k]!;
    down.set(layer.down.data, (column * layer.down.data.length) / own);
    if (!isShared) column += own;
  });
  return {
    down: { ...first.down, shape: [rank, ...first.down.shape.slice(1)], data: down },
    up: { ...first.up, shape: [parts.length * rows, rank], data: up },
    alpha: isAlike ? first.alpha * (rank / loraRank(first)) : rank,
  };
}

/** Layers of the parts of one weight without the rows of A that B does not use, and without those whose B is zero throughout. */
export function dropIdle(layers: readonly [string, LoraLayer][]): [string, LoraLayer][] {
  const used = layers.map(([, layer]) => usedColumns(layer));
  if (layers.length === 1 || used.every((columns) => columns.length === 0)) return [...layers];
  return layers.flatMap(([module, layer], i): [string, LoraLayer][] =>
    used[i]!.length === 0 ? [] : [[module, keepColumns(layer, used[i]!)]],
  );
}

function usedColumns(layer: LoraLayer): number[] {
  const rank = loraRank(layer);
  const { data } = layer.up;
  const isUsed = (k: number) => {
    for (let i = k; i < data.length; i += rank) if (data[i] !== 0) return true;
    return false;
  };
  return Array.from({ length: rank }, (_, k) => k).filter(isUsed);
}

function keepColumns({ down, up, alpha }: LoraLayer, columns: readonly number[]): LoraLayer {
  const rank = down.shape[0]!;
  const [rows, inputs] = [up.shape[0]!, down.data.length / rank];
  const kept = columns.length;
  if (kept === rank) return { down, up, alpha };
  const ups = Float32Array.from(
    { length: rows * kept },
    (_, i) => up.data[Math.floor(i / kept) * rank + columns[i % kept]!]!,
  );
  const downs = new Float32Array(kept * inputs);
  for (const [i, k] of columns.entries()) downs.set(down.data.subarray(k * inputs, (k + 1) * inputs), i * inputs);
  return {
    down: { ...down, shape: [kept, ...down.shape.slice(1)], data: downs },
    up: { ...up, shape: [rows, kept], data: ups },
    alpha: alpha * (kept / rank),
  };
}

function isSame(a: Float32Tensor, b: Float32Tensor): boolean {
  return a.data.length === b.data.length && a.data.every((value, i) => value === b.data[i]);
}
