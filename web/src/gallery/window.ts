// Which tiles of a long grid are on screen. Pure: the gallery draws only these, so a hundred thousand images cost what a
// screenful does.

export interface GridShape {
  readonly total: number;
  /** Of the place for tiles, in pixels. */
  readonly width: number;
  /** The least width of a tile, in pixels. */
  readonly tile: number;
  readonly gap: number;
  /** Of what stands under the picture in a tile, in pixels. */
  readonly caption: number;
}

export interface Grid {
  readonly columns: number;
  readonly side: number;
  readonly rowHeight: number;
  /** Of the whole grid, in pixels. */
  readonly height: number;
}

export function layGrid({ total, width, tile, gap, caption }: GridShape): Grid {
  const columns = Math.max(1, Math.floor((width + gap) / (tile + gap)));
  const side = Math.floor((width - gap * (columns - 1)) / columns);
  const rowHeight = side + caption + gap;
  return { columns, side, rowHeight, height: Math.max(0, Math.ceil(total / columns) * rowHeight - gap) };
}

/** The first tile to draw and the one after the last, with `spare` rows beyond what is seen. */
export function visibleTiles(grid: Grid, total: number, top: number, height: number, spare = 2): [number, number] {
  const { columns, rowHeight } = grid;
  const first = Math.max(0, Math.floor(top / rowHeight) - spare) * columns;
  const last = Math.min(total, (Math.ceil((top + height) / rowHeight) + spare) * columns);
  return [Math.min(first, last), last];
}
