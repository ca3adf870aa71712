// How a sheet lies in its room: as many columns as let its tiles be largest. Pure.

/** The largest and the least side of a tile, in pixels: below, one cannot tell; then the sheet scrolls. */
const [LARGEST, LEAST] = [384, 96];

export interface SheetShape {
  readonly columns: number;
  /** Of a tile, in pixels. */
  readonly side: number;
}

/** Lays `count` square tiles with `gap` pixels between them into a room. */
export function fitSheet(count: number, { width, height }: { width: number; height: number }, gap: number): SheetShape {
  const sideOf = (columns: number, room = height) => {
    const rows = Math.ceil(count / columns);
    return Math.floor(Math.min((width - gap * (columns - 1)) / columns, (room - gap * (rows - 1)) / rows, LARGEST));
  };
  const shapes = Array.from({ length: count }, (_, i) => ({ columns: i + 1, side: sideOf(i + 1) }));
  const best = shapes.reduce((largest, shape) => (shape.side > largest.side ? shape : largest));
  if (best.side >= LEAST) return best;
  const columns = Math.max(1, Math.min(count, Math.floor((width + gap) / (LEAST + gap))));
  return { columns, side: Math.max(1, sideOf(columns, Number.POSITIVE_INFINITY)) };
}
