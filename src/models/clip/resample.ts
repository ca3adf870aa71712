// Resizing as Pillow does it, to the bit: fixed-point weights, first along rows, then along columns, rounded to bytes in
// between.

/** An RGB picture, 3 bytes a pixel, row by row. */
export type RgbImage = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

interface Filter {
  /** Zero from here on. */
  readonly support: number;
  at(distance: number): number;
}

/** Pillow's filters; each is widened by the ratio when shrinking. */
const FILTERS = {
  /** Keys' cubic convolution (1981) with a = −½. */
  bicubic: { support: 2, at: cubic },
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  lanczos: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  box: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  hamming: { support: 1, at: (x) => (Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0) },
} as const satisfies Record<string, Filter>;

export type FilterName = keyof typeof FILTERS;

/** Fraction bits of Pillow's fixed-point weights: 32 less 8 for the pixel and 2 for overshoot. */
const PRECISION = 22;

/** `resizePicture` with BICUBIC. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resizePicture(image, width, height, 'bicubic');
}

/** Resizes as Pillow does with the filter of that name. */
export function resizePicture(image: RgbImage, width: number, height: number, filter: FilterName): RgbImage {
  const rows = width === image.width ? image : resample(image, width, 'x', FILTERS[filter]);
  return height === rows.height ? rows : resample(rows, height, 'y', FILTERS[filter]);
}

type Weights = { first: number; weights: Int32Array };

function resample(image: RgbImage, length: number, axis: 'x' | 'y', filter: Filter): RgbImage {
  const alongX = axis === 'x';
  const [width, height] = alongX ? [length, image.height] : [image.width, length];
  const taps = pixelWeights(alongX ? image.width : image.height, length, filter);
  const stride = alongX ? 3 : image.width * 3;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, target = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = taps[alongX ? x : y]!;
      const source = alongX ? (y * image.width + first) * 3 : (first * image.width + x) * 3;
      for (let channel = 0; channel < 3; channel++)
        rgb[target++] = weightedByte(image.rgb, source + channel, stride, weights);
    }
  }
  return { width, height, rgb };
}

function weightedByte(data: Uint8Array, start: number, stride: number, weights: Int32Array): number {
  let sum = 1 << (PRECISION - 1);
  for (let i = 0; i < weights.length; i++) sum += data[start + i * stride]! * weights[i]!;
  return Math.min(255, Math.max(0, sum >> PRECISION));
}

/** Which source pixels make up each target pixel, and how much of each; the weights of a pixel sum to 1. */
function pixelWeights(from: number, to: number, filter: Filter): Weights[] {
  const ratio = from / to;
  const widening = Math.max(1, ratio);
  const support = filter.support * widening;
  return Array.from({ length: to }, (_, target) => {
    const centre = (target + 0.5) * ratio;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) => filter.at((first + i - centre + 0.5) / widening));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: Int32Array.from(raw, (weight) => fixedPoint(weight / total)) };
  });
}

/** One pass of `resizePicture` as a matrix [to, from], row by row, whose products are not rounded. */
export function resizeMatrix(from: number, to: number, filter: FilterName): Float32Array {
  const matrix = new Float32Array(to * from);
  pixelWeights(from, to, FILTERS[filter]).forEach(({ first, weights }, row) => {
    weights.forEach((weight, i) => {
      matrix[row * from + first + i] = weight / (1 << PRECISION);
    });
  });
  return matrix;
}

function fixedPoint(weight: number): number {
  return Math.trunc(weight * (1 << PRECISION) + (weight < 0 ? -0.5 : 0.5));
}

/** Keys' kernel with a = −½; zero from 2 on. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? -0.5 * (((x - 5) * x + 8) * x - 4) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
