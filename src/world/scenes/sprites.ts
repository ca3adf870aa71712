// Kinds of subject as little tables, one character a pixel, all facing right. Drawn are only the fills: the dark
// outline is added around them, so that any color reads on any background.
//   . nothing   b base   l light   d shade   k dark (eye, nose, seam)   w white   o amber (beak, feet)

import { OBJECT_TABLES } from './objects.ts';

export type Tone = 'base' | 'light' | 'shade' | 'dark' | 'white' | 'amber' | 'outline';

/** A sprite with its outline: `x`, `y` and `tone` of pixel i, within `width` by `height`. */
export interface Sprite {
  readonly width: number;
  readonly height: number;
  readonly pixels: readonly { readonly x: number; readonly y: number; readonly tone: Tone }[];
}

const TABLES: Readonly<Record<string, string>> = {
  dog: `
    ......bbbb..
    b....dbbbb..
    b....ddbkbbb
    bb...ddbbllk
    .bb..d.bblll
    .bbbbbbbbb..
    .bbbbbbbbl..
    .bbbbbbbll..
    .bb.d.bb.d..
    .bb.d.bb.d..`,
  cat: `
    b.....b.....
    bb...bb...b.
    bbbbbbb...bb
    bkbbbkb....b
    bbbdbbb....b
    .bbbbb....bb
    ..bbbbbbbbb.
    ..lbbbbbbb..
    ..lbbbdbbb..
    ..bb.dbbbb..`,
  bird: `
    ......bbb...
    .....bbkbb..
    .....bbbboo.
    d...bbbbbo..
    ddbbbbbbb...
    .dbdddbbl...
    ..bbdddbl...
    ...bbbbl....
    ....o.o.....
    ....oo.oo...`,
  fish: `
    .....ddd....
    b...bbbbb...
    bb.bbbdbbbb.
    bbbbbdbbbwkb
    .bbbbdbbbbbb
    bbbbbdbbbbb.
    bb.bllllll..
    b...lllll...
    .....dd.....`,
  rabbit: `
    ..bb..bb..
    ..bd..bd..
    ..bbd.bbd.
    ...bd..bd.
    ...bbbbbb.
    ..bbbbkbbb
    ..bbbbbbbk
    ..bbbbbbb.
    .bbbbbbll.
    wbbdbbbll.
    wbbbdbbbb.`,
  turtle: `
    ...dddd.....
    ..dbbbbd.ll.
    .dbdbbdbdlkl
    .dbbddbbdlll
    ddddddddddll
    .lllllllll..
    .ll..d.ll...
    .ll..d.ll...`,
};

const TONES: Readonly<Record<string, Tone>> = {
  b: 'base',
  l: 'light',
  d: 'shade',
  k: 'dark',
  w: 'white',
  o: 'amber',
};

/** The six animals. */
export const ANIMALS = drawAll(TABLES);

/** The animals and as many other subjects. */
export const SUBJECTS = drawAll({ ...TABLES, ...OBJECT_TABLES });

function drawAll(tables: Readonly<Record<string, string>>): ReadonlyMap<string, Sprite> {
  return new Map(Object.entries(tables).map(([kind, table]) => [kind, outlined(table)]));
}

function outlined(table: string): Sprite {
  const rows = table.split('\n').map((row) => row.trim());
  rows.splice(0, 1);
  const width = Math.max(...rows.map((row) => row.length)) + 2;
  const height = rows.length + 2;
  const fill = (x: number, y: number): Tone | undefined => TONES[rows[y - 1]?.[x - 1] ?? '.'];
  const pixels: { x: number; y: number; tone: Tone }[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const edge = fill(x - 1, y) ?? fill(x + 1, y) ?? fill(x, y - 1) ?? fill(x, y + 1);
      const tone = fill(x, y) ?? (edge && 'outline');
      if (tone !== undefined) pixels.push({ x, y, tone });
    }
  }
  return { width, height, pixels };
}
