// float16 and bfloat16 as bit patterns in 16-bit words, converted by the block: Node 20 has no Float16Array, and a
// Stable Diffusion U-Net is 860 million numbers.

/** The float32 bits of every float16 pattern, made on first use. */
let float16Table: Int32Array | undefined;

function float16Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  let exponent = (half >>> 10) & 0x1f;
  let mantissa = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent === 0) {
    if (mantissa === 0) return sign;
    // A subnormal half is a normal single: shift until its leading bit falls out.
    for (exponent = 1; (mantissa & 0x400) === 0; exponent--) mantissa <<= 1;
    mantissa &= 0x3ff;
  }
  return sign | ((exponent + 112) << 23) | (mantissa << 13);
}

/** Writes float16 patterns into `target` from `offset` on, exactly. */
export function widenFloat16(source: Uint16Array, target: Float32Array, offset = 0): void {
  float16Table ??= Int32Array.from({ length: 65536 }, (_, half) => float16Bits(half));
  const table = float16Table;
  const bits = new Int32Array(target.buffer, target.byteOffset + 4 * offset, source.length);
  for (let i = 0; i < source.length; i++) bits[i] = table[source[i]!]!;
}

/** Writes bfloat16 patterns into `target` from `offset` on, exactly: they are the upper half of a float32. */
export function widenBfloat16(source: Uint16Array, target: Float32Array, offset = 0): void {
  const bits = new Int32Array(target.buffer, target.byteOffset + 4 * offset, source.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
}

/** float16 patterns of float32 numbers, rounded to nearest, ties to even; beyond 65519.99 they become infinite. */
export function narrowFloat16(source: Float32Array): Uint16Array {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const target = new Uint16Array(source.length);
  for (let i = 0; i < bits.length; i++) target[i] = roundToFloat16(bits[i]!);
  return target;
}

/** bfloat16 patterns of float32 numbers, rounded to nearest, ties to even; NaN stays NaN. */
export function narrowBfloat16(source: Float32Array): Uint16Array {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const target = new Uint16Array(source.length);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    const notANumber = (value & 0x7fffffff) > 0x7f800000;
    target[i] = notANumber ? (value >>> 16) | 0x40 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
  return target;
}

function roundToFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Normal: move the exponent's bias, then add just under half a unit, or half where the kept part is odd.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // Subnormal: the 24-bit significand shifted to units of 2^-24.
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return sign;
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}
