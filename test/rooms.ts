// Counts the rooms of src/, the floors that they stand on, and the arrows between them: `node --import tsx test/rooms.ts [DEPTH]`.
// A room is a folder of src/, at depth 2 a folder of an area; its floor is the longest chain of imports below it; an arrow
// is a room that imports from another. Tests are left out.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const STATEMENT = /^(?:import|export)\b[^;]*?\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm;

/** The folder of a file down to a depth; files of src/ itself are in none. */
function roomOf(file: string, depth: number): string {
  return dirname(file).split('/').slice(0, depth).join('/');
}

function listArrows(src: string, depth: number): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>();
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  for (const file of files.filter(
    (name) => /^[^.].*\.ts$/.test(name) && !/\.test\.ts$|(^|\/)testing(\.ts$|\/)/.test(name),
  )) {
    const from = roomOf(file, depth);
    if (from === '.') continue;
    const to = arrows.get(from) ?? new Set<string>();
    arrows.set(from, to);
    for (const [, named, loaded] of readFileSync(join(src, file), 'utf8').matchAll(STATEMENT)) {
      const room = roomOf(normalize(join(dirname(file), (named ?? loaded)!)), depth);
      if (room !== from && room !== '.') to.add(room);
    }
  }
  return arrows;
}

/** The floor of each room, from 1; a room in a circle stands on the floor of the room that closes it. */
function findFloor(room: string, arrows: Map<string, Set<string>>, above: readonly string[] = []): number {
  const below = [...(arrows.get(room) ?? [])].filter((next) => !above.includes(next));
  return 1 + Math.max(0, ...below.map((next) => findFloor(next, arrows, [...above, room])));
}

const [depths = '1,2', src = join(import.meta.dirname, '../src')] = process.argv.slice(2);
for (const depth of depths.split(',').map(Number)) {
  const arrows = listArrows(src, depth);
  const floors = Math.max(...[...arrows.keys()].map((room) => findFloor(room, arrows)));
  const count = [...arrows.values()].reduce((sum, to) => sum + to.size, 0);
  console.log(`depth ${depth}: ${arrows.size} rooms on ${floors} floors, ${count} arrows`);
}
