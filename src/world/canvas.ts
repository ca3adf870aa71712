// A 32×32 RGB pixel grid to draw on. Values are rounded and clamped by the byte array itself.

import type { Rgb } from './palette.ts';

/** Width and height of every picture of the world. */
export const SIZE = 32;

export class Canvas {
  readonly bytes = new Uint8ClampedArray(SIZE * SIZE * 3);

  /** Sets a pixel; outside the picture nothing happens. */
  set(x: number, y: number, [r, g, b]: Rgb): void {
    if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) return;
    const at = (y * SIZE + x) * 3;
    this.bytes[at] = r;
    this.bytes[at + 1] = g;
    this.bytes[at + 2] = b;
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
}
