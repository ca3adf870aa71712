// A source whose weights are those of a type of 16 bits, in float32.

import { narrowBfloat16, narrowFloat16, widenBfloat16, widenFloat16 } from './half.ts';
import { type TensorSource, toFloat32 } from './tensor.ts';

const STORED = { float16: 'F16', bfloat16: 'BF16' } as const;

/** The same source, rounded as it is read, but for what `stays`. */
export function roundSource(
  source: TensorSource,
  type: keyof typeof STORED,
  stays: (name: string) => boolean = () => false,
): TensorSource {
  const isRounded = (name: string) => stays(name) || source.dtype(name) === STORED[type];
  return {
    names: () => source.names(),
    has: (name) => source.has(name),
    shape: (name) => source.shape(name),
    dtype: (name) => source.dtype(name),
    place: (name) => (isRounded(name) ? source.place(name) : undefined),
    read(name) {
      if (stays(name)) return source.read(name);
      const { shape, data } = toFloat32(name, source.read(name));
      const rounded = new Float32Array(data.length);
      if (type === 'float16') widenFloat16(narrowFloat16(data), rounded);
      else widenBfloat16(narrowBfloat16(data), rounded);
      return { dtype: 'float32', shape, data: rounded };
    },
    metadata: source.metadata,
    close: () => source.close(),
  };
}
