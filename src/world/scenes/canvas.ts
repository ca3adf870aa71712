// A square RGB pixel grid to draw on. Values are rounded and clamped by the byte array itself.

import type { Rgb } from './palette.ts';

export class Canvas {
  readonly bytes: Uint8ClampedArray;
  /** Width and height in pixels. */
  readonly size: number;

  constructor(size: number) {
    this.size = size;
    this.bytes = new Uint8ClampedArray(size * size * 3);
  }

  /** Sets a pixel; outside the picture nothing happens. */
  set(x: number, y: number, color: Rgb): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    const at = (y * this.size + x) * 3;
    this.bytes[at] = color[0];
    this.bytes[at + 1] = color[1];
    this.bytes[at + 2] = color[2];
  }

  rect(left: number, top: number, width: number, height: number, color: Rgb): void {
    for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) this.set(x, y, color);
  }

  /** Scales a pixel toward black. */
  darken(x: number, y: number, factor: number): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    const at = (y * this.size + x) * 3;
    for (let channel = at; channel < at + 3; channel++) this.bytes[channel] = this.bytes[channel]! * factor;
  }

  /** Sets about `share` of the pixels of rows `top` to `bottom` (exclusive), fixed by `seed`: a texture. */
  speckle(seed: number, top: number, bottom: number, share: number, color: Rgb): void {
    const threshold = share * 4294967296;
    for (let y = top; y < bottom; y++) {
      for (let x = 0; x < this.size; x++) if (noiseAt(seed, x, y) < threshold) this.set(x, y, color);
    }
  }
}

/** A whole number in [0, 2³²) that looks random and depends on nothing but its arguments. */
export function noiseAt(seed: number, x: number, y: number): number {
  let h = seed ^ Math.imul((y << 8) + x + 1, 0x27d4eb2d);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
