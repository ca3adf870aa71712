// How much of a cloud of points another one reaches, by nearest neighbours: what a Fréchet distance cannot tell from blur.

/** Shares, 0 to 1; density may be above 1. */
export interface Coverage {
  /** Share of the drawn points that lie in the ball of some real one: whether what is drawn is like what is real. */
  readonly precision: number;
  /** Share of the real points that lie in the ball of some drawn one (Kynkäänniemi et al., 2019). */
  readonly recall: number;
  /** Balls of real points that hold a drawn one, on average, over k (Naeem et al., 2020). */
  readonly density: number;
  /** Share of the real points whose ball holds a drawn one (Naeem et al., 2020): what recall is, without falling for outliers. */
  readonly coverage: number;
}

type Point = ArrayLike<number>;

/**
 * Coverage of real points by drawn ones. The ball of a point reaches to its k-th nearest neighbour of the same cloud.
 *
 * @returns null where either cloud has no k-th neighbour
 */
export function measureCoverage(real: readonly Point[], drawn: readonly Point[], k = 5): Coverage | null {
  if (Math.min(real.length, drawn.length) <= k) return null;
  const [realReach, drawnReach] = [reaches(real, k), reaches(drawn, k)];
  const inSomeReal = new Uint8Array(drawn.length);
  let [within, covered, recalled] = [0, 0, 0];
  real.forEach((point, i) => {
    let [holds, held] = [false, false];
    drawn.forEach((other, j) => {
      const distance = squared(point, other);
      if (distance <= realReach[i]!) {
        within += 1;
        inSomeReal[j] = 1;
        holds = true;
      }
      if (distance <= drawnReach[j]!) held = true;
    });
    covered += Number(holds);
    recalled += Number(held);
  });
  return {
    precision: inSomeReal.reduce((sum, one) => sum + one, 0) / drawn.length,
    recall: recalled / real.length,
    density: within / (k * drawn.length),
    coverage: covered / real.length,
  };
}

/** The squared distance of each point to its k-th nearest neighbour. */
function reaches(points: readonly Point[], k: number): Float64Array {
  return Float64Array.from(points, (point, i) => {
    const distances = Float64Array.from(points, (other, j) =>
      i === j ? Number.POSITIVE_INFINITY : squared(point, other),
    );
    return distances.sort()[k - 1]!;
  });
}

/** The squared distance of each of some points to the nearest of others. */
export function nearest(points: readonly Point[], others: readonly Point[]): Float64Array {
  return Float64Array.from(points, (point) => {
    let least = Number.POSITIVE_INFINITY;
    for (const other of others) least = Math.min(least, squared(point, other, least));
    return least;
  });
}

/** Sums no further than `most`, which is then what is told. */
function squared(a: Point, b: Point, most = Number.POSITIVE_INFINITY): number {
  let sum = 0;
  for (let i = 0; i < a.length && sum < most; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
