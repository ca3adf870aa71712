// The weights of UniPC's steps (Zhao et al., 2023, "UniPC", equations 8 to 11), of differences of predictions of the clean
// sample.

/** `bh1`: `B(h) = h`; `bh2`: `B(h) = e^h − 1`. */
export type UniVariant = 'bh1' | 'bh2';

interface UniStep {
  /** `λ' − λ`, how far the step goes. */
  readonly h: number;
  readonly order: number;
  readonly variant: UniVariant;
  /** Where earlier predictions lie, from the step's start and in its length, newest first; [order − 1] */
  readonly places: readonly number[];
}

/** `B(−h)` and the weights: those of the predictor have no prediction at the step's end, the corrector's last is for that one. */
export function uniWeights({ h, order, variant, places }: UniStep, corrects: boolean): { b: number; rho: number[] } {
  const grown = Math.expm1(-h);
  const b = variant === 'bh1' ? -h : grown;
  if (order === 1) return { b, rho: corrects ? [0.5] : [] };
  if (order === 2 && !corrects) return { b, rho: [0.5] };
  const count = corrects ? order : order - 1;
  const at = [...places, 1].slice(0, count);
  const matrix = Array.from({ length: count }, (_, row) => at.map((place) => place ** row));
  return {
    b,
    rho: solve(
      matrix,
      targets(h, grown, count).map((value) => value / b),
    ),
  };
}

/** `φ_{i+1}(−h)·i!`, i from 1. */
function targets(h: number, grown: number, count: number): number[] {
  let [phi, factorial] = [-grown / h - 1, 1];
  return Array.from({ length: count }, (_, i) => {
    const value = phi * factorial;
    factorial *= i + 2;
    phi = phi / -h - 1 / factorial;
    return value;
  });
}

/** `A·x = y` by elimination; A is small and, with places that differ, regular. */
function solve(a: readonly (readonly number[])[], y: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, y[i]!]);
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    const pivot = rows.slice(k).reduce((best, row) => (Math.abs(row[k]!) > Math.abs(best[k]!) ? row : best));
    rows.splice(k, 0, ...rows.splice(rows.indexOf(pivot), 1));
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[k]! / pivot[k]!;
      for (let j = k; j <= size; j++) row[j] = row[j]! - factor * pivot[j]!;
    }
  }
  return rows.map((row, k) => row[size]! / row[k]!);
}
