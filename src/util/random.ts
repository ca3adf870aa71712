// The one source of randomness: Philox4x32-10, a counter-based generator (Salmon et al., 2011, "Parallel random
// numbers: as easy as 1, 2, 3"). A stream is named by a seed and a path, so the noise of step 812 is a pure function
// of (seed, 'noise', 812): resuming needs no saved generator state, and no stream disturbs another.

/** A named stream of random numbers. Two streams with the same seed and path give the same numbers. */
export interface Random {
  /** A float32-exact number in [0, 1). */
  uniform(): number;
  /** A whole number in [0, n). */
  int(n: number): number;
  /** A standard normal number. */
  normal(): number;
  /** `length` standard normal numbers as float32. */
  normals(length: number): Float32Array;
  /** `length` uniform numbers in [low, high) as float32. */
  uniforms(length: number, low?: number, high?: number): Float32Array;
  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T;
  /** A new list with the same elements in random order (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit numbers. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const mid = aHigh * bLow + (low >>> 16);
  const cross = aLow * bHigh + (mid & 0xffff);
  return (aHigh * bHigh + Math.floor(mid / 65536) + Math.floor(cross / 65536)) >>> 0;
}

/** FNV-1a over UTF-16 code units with a murmur finish; two lanes make the 64-bit key. */
function hashPath(text: string, lane: number): number {
  let h = 0x811c9dc5 ^ lane;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

class PhiloxStream implements Random {
  readonly #key0: number;
  readonly #key1: number;
  #counter = 0;
  #block = new Uint32Array(4);
  #used = 4;
  #spare: number | undefined;

  constructor(path: string) {
    this.#key0 = hashPath(path, 0);
    this.#key1 = hashPath(path, 0x5bd1e995);
  }

  #refill(): void {
    let c0 = this.#counter >>> 0;
    let c1 = Math.floor(this.#counter / 4294967296) >>> 0;
    let c2 = 0;
    let c3 = 0;
    let k0 = this.#key0;
    let k1 = this.#key1;
    for (let round = 0; round < 10; round++) {
      const high0 = mulHigh(M0, c0);
      const low0 = Math.imul(M0, c0) >>> 0;
      const high1 = mulHigh(M1, c2);
      const low1 = Math.imul(M1, c2) >>> 0;
      c0 = (high1 ^ c1 ^ k0) >>> 0;
      c1 = low1;
      c2 = (high0 ^ c3 ^ k1) >>> 0;
      c3 = low0;
      k0 = (k0 + W0) >>> 0;
      k1 = (k1 + W1) >>> 0;
    }
    this.#block.set([c0, c1, c2, c3]);
    this.#counter++;
    this.#used = 0;
  }

  #next(): number {
    if (this.#used === 4) this.#refill();
    return this.#block[this.#used++]!;
  }

  uniform(): number {
    return (this.#next() >>> 8) / 16777216;
  }

  int(n: number): number {
    return Math.floor((this.#next() / 4294967296) * n);
  }

  /** Box–Muller; the second of each pair is kept for the next call. */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  normals(length: number): Float32Array {
    return Float32Array.from({ length }, () => this.normal());
  }

  uniforms(length: number, low = 0, high = 1): Float32Array {
    return Float32Array.from({ length }, () => low + (high - low) * this.uniform());
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }
}

/**
 * The stream named by a seed and a path.
 *
 * @example
 * random(7, 'noise', 812).normals(4); // always the same four numbers
 */
export function random(seed: number, ...path: (string | number)[]): Random {
  return new PhiloxStream([seed, ...path].join('/'));
}
