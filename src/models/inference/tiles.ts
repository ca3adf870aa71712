// Pictures from latents in overlapping tiles, which are blended linearly where they overlap, as diffusers' `enable_vae_tiling`
// does it: norms and attention see one tile at a time, so the picture is nearly the one that is decoded whole.

/** The share of a tile's side by which it overlaps its neighbour. */
const OVERLAP = 1 / 4;

/** A part of a picture's latents. */
export interface Tile {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

interface Sides {
  readonly height: number;
  readonly width: number;
}

/** Values [channels, height, width]. */
export interface Planes extends Sides {
  readonly values: Float32Array;
}

/**
 * The tiles of latents, row by row; those at the right and lower edges are cut off there.
 *
 * @param side of a tile, in latents; a multiple of 4
 */
export function cutTiles({ height, width }: Sides, side: number): Tile[][] {
  const step = side * (1 - OVERLAP);
  const starts = (length: number) => Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
  return starts(height).map((top) =>
    starts(width).map((left) => {
      return { top, left, height: Math.min(side, height - top), width: Math.min(side, width - left) };
    }),
  );
}

/** The values of a tile, of latents [channels, height, width]. */
export function takeTile({ values, height, width }: Planes, tile: Tile): Float32Array {
  const channels = values.length / (height * width);
  const taken = new Float32Array(channels * tile.height * tile.width);
  for (let row = 0; row < channels * tile.height; row++) {
    const [channel, y] = [Math.floor(row / tile.height), row % tile.height];
    const start = (channel * height + tile.top + y) * width + tile.left;
    taken.set(values.subarray(start, start + tile.width), row * tile.width);
  }
  return taken;
}

/**
 * One picture [channels, height, width] of its decoded tiles, which are changed: each fades in over those above and to its left.
 *
 * @param side of a whole tile, in pixels
 */
export function joinTiles(tiles: readonly (readonly Planes[])[], { height, width }: Sides, side: number): Float32Array {
  const extent = side * OVERLAP;
  const step = side - extent;
  const first = tiles[0]![0]!;
  const channels = first.values.length / (first.height * first.width);
  const joined = { values: new Float32Array(channels * height * width), height, width };
  tiles.forEach((row, i) => {
    row.forEach((tile, j) => {
      if (i > 0) fadeDown(tiles[i - 1]![j]!, tile, extent);
      if (j > 0) fadeRight(row[j - 1]!, tile, extent);
      put(joined, tile, i * step, j * step, step);
    });
  });
  return joined.values;
}

/** The first rows of `below` over the last ones of `above`. */
function fadeDown(above: Planes, below: Planes, extent: number): void {
  const rows = Math.min(above.height, below.height, extent);
  const { width } = below;
  const channels = below.values.length / (below.height * width);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < rows; y++) {
      const from = (c * above.height + above.height - rows + y) * width;
      fade(above.values, from, below.values, (c * below.height + y) * width, width, y / rows);
    }
}

/** The first columns of `right` over the last ones of `left`. */
function fadeRight(left: Planes, right: Planes, extent: number): void {
  const columns = Math.min(left.width, right.width, extent);
  for (let row = 0; row < right.values.length / right.width; row++)
    for (let x = 0; x < columns; x++)
      fade(left.values, (row + 1) * left.width - columns + x, right.values, row * right.width + x, 1, x / columns);
}

function fade(from: Float32Array, at: number, into: Float32Array, place: number, count: number, share: number): void {
  for (let i = 0; i < count; i++) into[place + i] = from[at + i]! * (1 - share) + into[place + i]! * share;
}

/** The first `most` rows and columns of a tile into their place. */
function put(joined: Planes, tile: Planes, top: number, left: number, most: number): void {
  const [rows, columns] = [Math.min(most, tile.height), Math.min(most, tile.width)];
  const channels = tile.values.length / (tile.height * tile.width);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < rows; y++) {
      const start = (c * tile.height + y) * tile.width;
      const place = (c * joined.height + top + y) * joined.width + left;
      joined.values.set(tile.values.subarray(start, start + columns), place);
    }
}
