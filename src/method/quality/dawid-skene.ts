// What images truly are, and how each rater errs, both from the answers alone (Dawid and Skene, 1979).

/** One answer of one rater about one item; a rater may answer about an item more than once. */
export interface RaterAnswer {
  readonly item: string;
  readonly rater: string;
  readonly answer: string;
}

export interface DawidSkeneOptions {
  /** The classes, which are also the possible answers, in the order of all results. */
  readonly classes: readonly string[];
  /**
   * Answers that each rater is taken to have given before the first, for each true class: how many right, and how many of
   * each wrong one. They keep a rater with few answers from being called faultless or hopeless. Both 0 is the paper's
   * maximum likelihood; default 4 and 1.
   */
  readonly prior?: { readonly right: number; readonly wrong: number };
  /** Passes at most; default 500. */
  readonly maxPasses?: number;
  /** Stops where no probability moves by more; default 1e-8. */
  readonly tolerance?: number;
}

export interface DawidSkene {
  /** `P(class)` of an item, in the order of `classes`. */
  readonly posteriors: ReadonlyMap<string, readonly number[]>;
  /** By rater, row by true class, column by answer: `P(answer | class)`. */
  readonly confusions: ReadonlyMap<string, readonly (readonly number[])[]>;
  /** `P(class)` of all items. */
  readonly shares: readonly number[];
  readonly passes: number;
  /** Whether the last pass moved less than the tolerance. */
  readonly converged: boolean;
}

/**
 * Fits the model of Dawid and Skene (1979, "Maximum likelihood estimation of observer error-rates using the EM algorithm") by
 * EM, with Dirichlet priors: `P(c | item) ∝ π_c Π_r Π_a θ_r[c, a]^n`, `θ_r[c, a] ∝ prior[c, a] + Σ_items P(c) n`,
 * `π_c ∝ Σ_items P(c)`. It starts from the share of each answer about an item, as the paper does. Answers that are no class
 * are left out.
 *
 * @throws RangeError for fewer than two classes
 */
export function fitDawidSkene(
  answers: readonly RaterAnswer[],
  { classes, prior = { right: 4, wrong: 1 }, maxPasses = 500, tolerance = 1e-8 }: DawidSkeneOptions,
): DawidSkene {
  const k = classes.length;
  if (k < 2) throw new RangeError(`Dawid–Skene: expected two classes or more, got ${k}`);
  const places = new Map(classes.map((name, place) => [name, place]));
  const used = answers.filter(({ answer }) => places.has(answer));
  const items = numberOf(used.map(({ item }) => item));
  const raters = numberOf(used.map(({ rater }) => rater));
  const votes = used.map(({ item, rater, answer }) => ({
    item: items.get(item)!,
    rater: raters.get(rater)!,
    answer: places.get(answer)!,
  }));
  // 1. T [items, K]: the share of each answer about an item.
  let posteriors = new Float64Array(items.size * k);
  for (const { item, answer } of votes) posteriors[item * k + answer]! += 1;
  normalizeRows(posteriors, k);
  let shares = new Float64Array(k);
  const confusions = new Float64Array(raters.size * k * k);
  let passes = 0;
  let moved = Number.POSITIVE_INFINITY;
  while (passes < maxPasses && moved > tolerance) {
    // 2. M: π [K] and θ [raters, K, K] from T.
    shares = new Float64Array(k);
    for (let at = 0; at < posteriors.length; at++) shares[at % k]! += posteriors[at]! / items.size;
    for (let i = 0; i < confusions.length; i++)
      confusions[i] = Math.floor(i / k) % k === i % k ? prior.right : prior.wrong;
    for (const { item, rater, answer } of votes)
      for (let c = 0; c < k; c++) confusions[(rater * k + c) * k + answer]! += posteriors[item * k + c]!;
    normalizeRows(confusions, k);
    // 3. E: T from π and θ, in logarithms.
    const next = new Float64Array(items.size * k);
    for (let at = 0; at < next.length; at++) next[at] = safeLog(shares[at % k]!);
    for (const { item, rater, answer } of votes)
      for (let c = 0; c < k; c++) next[item * k + c]! += safeLog(confusions[(rater * k + c) * k + answer]!);
    softmaxRows(next, k);
    moved = next.reduce((most, value, at) => Math.max(most, Math.abs(value - posteriors[at]!)), 0);
    posteriors = next;
    passes++;
  }
  const row = (table: Float64Array, at: number) => Array.from(table.subarray(at * k, (at + 1) * k));
  return {
    posteriors: new Map([...items].map(([name, at]) => [name, row(posteriors, at)])),
    confusions: new Map(
      [...raters].map(([name, at]) => [name, Array.from({ length: k }, (_, c) => row(confusions, at * k + c))]),
    ),
    shares: Array.from(shares),
    passes,
    converged: moved <= tolerance,
  };
}

function numberOf(names: readonly string[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const name of names) if (!numbers.has(name)) numbers.set(name, numbers.size);
  return numbers;
}

/** Rows of a table [n, k] divided by their sums; a row without any becomes even. */
function normalizeRows(table: Float64Array, k: number): void {
  for (let start = 0; start < table.length; start += k) {
    const row = table.subarray(start, start + k);
    const sum = row.reduce((total, value) => total + value, 0);
    for (let i = 0; i < k; i++) row[i] = sum > 0 ? row[i]! / sum : 1 / k;
  }
}

/** Finite for 0, so that an item to which every class seems impossible still has a likeliest one. */
function safeLog(value: number): number {
  return Math.log(Math.max(value, 1e-300));
}

function softmaxRows(table: Float64Array, k: number): void {
  for (let start = 0; start < table.length; start += k) {
    const row = table.subarray(start, start + k);
    const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    for (let i = 0; i < k; i++) row[i] = Math.exp(row[i]! - most);
  }
  normalizeRows(table, k);
}
