// Which part of a picture is seen, and how large: one view for all pictures beside each other, so that they show the same
// place. Everything here is pure.

export interface View {
  /** 1 shows the whole picture. */
  readonly scale: number;
  /** Where the enlarged picture's upper left corner lies, in widths and heights of its frame: `1 − scale` to 0. */
  readonly x: number;
  readonly y: number;
}

/** A place in a frame, in widths and heights of it. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
/** How far a picture can be enlarged. */
const MOST = 16;
const CENTER: Place = { x: 0.5, y: 0.5 };

/** The view enlarged by a factor; what is at `at` stays there. */
export function zoomBy(view: View, factor: number, at: Place = CENTER): View {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const by = scale / view.scale;
  return inside({ scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by });
}

/** The view moved, in widths and heights of the frame. */
export function panBy(view: View, dx: number, dy: number): View {
  return inside({ ...view, x: view.x + dx, y: view.y + dy });
}

/** No view goes beyond its picture. */
function inside({ scale, x, y }: View): View {
  const hold = (value: number) => Math.min(0, Math.max(1 - scale, value));
  return { scale, x: hold(x), y: hold(y) };
}
