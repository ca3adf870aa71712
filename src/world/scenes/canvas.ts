// A 32×32 RGB pixel grid to draw on. Values are rounded and clamped by the byte array itself.

import type { Rgb } from './palette.ts';

/** Width and height of every picture of the world. */
export const SIZE = 32;

export class Canvas {
  readonly bytes = new Uint8ClampedArray(SIZE * SIZE * 3);

  /** Sets a pixel; outside the picture nothing happens. */
  set(x: number, y: number, color: Rgb): void {
    if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) return;
    const at = (y * SIZE + x) * 3;
    this.bytes[at] = color[0];
    this.bytes[at + 1] = color[1];
    this.bytes[at + 2] = color[2];
  }

  rect(left: number, top: number, width: number, height: number, color: Rgb): void {
    for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) this.set(x, y, color);
  }

  /** Scales a pixel toward black. */
  darken(x: number, y: number, factor: number): void {
    if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) return;
    const at = (y * SIZE + x) * 3;
    for (let channel = at; channel < at + 3; channel++) this.bytes[channel] = this.bytes[channel]! * factor;
  }

  /** Sets about `share` of the pixels of rows `top` to `bottom` (exclusive), fixed by `seed`: a texture. */
  speckle(seed: number, top: number, bottom: number, share: number, color: Rgb): void {
    const threshold = share * 4294967296;
    for (let y = top; y < bottom; y++) {
      for (let x = 0; x < SIZE; x++) if (noiseAt(seed, x, y) < threshold) this.set(x, y, color);
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
