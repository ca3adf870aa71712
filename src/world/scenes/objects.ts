// The six subjects that the larger world has beside the animals of sprites.ts, in the same tables.

export const OBJECT_TABLES: Readonly<Record<string, string>> = {
  elephant: `
    ....bbbbbb..
    .bbbbddbbbb.
    bbbbbdddbkbb
    bbbbbdddbbbb
    bbbbbbdbb.bb
    bbbbbbbbb.bb
    dbbbbbbbb.bb
    .bbb..bbb.b.
    .bb...bb.bb.
    .ll...ll....`,
  crab: `
    .bb......bb.
    bb.b....b.bb
    bbbb....bbbb
    .bb.w..w.bb.
    ..b.k..k.b..
    ..bbbbbbbb..
    .bbbbbbbbbb.
    .bblllllbbb.
    d.bbbbbbbb.d
    d.d.d..d.d.d`,
  butterfly: `
    ....k..k....
    bbb..kk..bbb
    blllbkkblllb
    blddbkkbddlb
    bbddbkkbddbb
    .bbbbkkbbbb.
    ..bbbkkbbb..
    .bllbkkbllb.
    .bbb.kk.bbb.
    ..b......b..`,
  car: `
    ...bbbbbb...
    ..bwwbwwwb..
    .bbwwbwwwbb.
    bbbbbbbbbbbb
    bbbbbbbbbbbo
    dkkkddddkkkd
    .kwk....kwk.
    .kkk....kkk.`,
  boat: `
    .....k......
    ....lkbb....
    ...llkbbb...
    ..lllkbbbb..
    .llllkbbbbb.
    .....k......
    dddddddddddd
    .bbbbbbbbbb.
    ..bbbbbbbb..`,
  mushroom: `
    ....bbbb....
    ..bbbwwbbb..
    .bbbbwwbbbb.
    bbwbbbbbbwwb
    bbwbbbbbbwwb
    bbbbbwwbbbbb
    .dddddddddd.
    ....wwww....
    ....wwww....
    ...wwwwww...
    ...wwwwww...`,
};
