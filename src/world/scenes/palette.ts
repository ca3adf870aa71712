// The subject colors as tones. Backgrounds stay muted (see backgrounds.ts), so that these stand out on each of them.

import type { Tone } from './sprites.ts';

/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

export type ColorTones = Readonly<Record<'light' | 'base' | 'shade' | 'outline', Rgb>>;

export const COLOR_TONES: ReadonlyMap<string, ColorTones> = new Map<string, ColorTones>([
  ['red', { light: [250, 128, 112], base: [224, 52, 56], shade: [158, 28, 52], outline: [62, 12, 30] }],
  ['yellow', { light: [255, 242, 150], base: [252, 212, 52], shade: [216, 150, 30], outline: [88, 52, 18] }],
  ['green', { light: [166, 234, 112], base: [72, 192, 68], shade: [32, 132, 72], outline: [10, 50, 42] }],
  ['blue', { light: [128, 190, 255], base: [52, 112, 236], shade: [34, 66, 172], outline: [14, 22, 76] }],
  ['purple', { light: [222, 156, 250], base: [168, 76, 216], shade: [112, 40, 156], outline: [46, 14, 72] }],
  ['white', { light: [255, 255, 255], base: [232, 234, 243], shade: [178, 184, 208], outline: [50, 52, 74] }],
]);

/** Nine colors, as far apart in hue as nine can be: the six of the smaller world, of which yellow is paler here, and three. */
export const NINE_COLORS: ReadonlyMap<string, ColorTones> = new Map<string, ColorTones>([
  ...COLOR_TONES,
  ['orange', { light: [255, 186, 120], base: [244, 126, 30], shade: [188, 82, 20], outline: [74, 30, 10] }],
  ['yellow', { light: [255, 250, 176], base: [254, 228, 62], shade: [222, 178, 40], outline: [88, 62, 18] }],
  ['teal', { light: [150, 244, 232], base: [40, 196, 188], shade: [20, 132, 140], outline: [8, 52, 60] }],
  ['pink', { light: [255, 214, 230], base: [252, 146, 192], shade: [212, 96, 150], outline: [88, 30, 60] }],
]);

const DARK: Rgb = [24, 18, 32];
const WHITE: Rgb = [252, 250, 246];
const AMBER: Rgb = [240, 152, 56];

/** The tones of a sprite of one color, each channel scaled by `shade` (1 leaves it as it is). */
export function spriteTones(color: ColorTones, shade: number): Record<Tone, Rgb> {
  const scaled = ([r, g, b]: Rgb): Rgb => [r * shade, g * shade, b * shade];
  return {
    light: scaled(color.light),
    base: scaled(color.base),
    shade: scaled(color.shade),
    outline: color.outline,
    dark: DARK,
    white: WHITE,
    amber: AMBER,
  };
}
