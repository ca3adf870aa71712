// Drawings that nobody here made: Twemoji (graphics CC BY 4.0, package MIT), with the names that Unicode gives them, fetched from
// npm into a folder of work and shipped nowhere.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const PACKAGES = { drawings: '@twemoji/svg@15.0.0', names: 'unicode-emoji-json@0.9.0' } as const;
/** Things that can stand on a ground; faces, people, signs and flags cannot be counted so. */
const GROUPS: readonly string[] = ['Animals & Nature', 'Food & Drink', 'Travel & Places', 'Activities', 'Objects'];

export interface Drawing {
  /** One word, such as `wolf`. */
  readonly name: string;
  /** The text of an SVG file. */
  readonly svg: Buffer;
}

/** All drawings of things with a name of one word in the singular. */
export function readDrawings(work: string): Drawing[] {
  const folder = fetchPackages(work);
  const named = JSON.parse(readFileSync(join(folder, 'unicode-emoji-json', 'data-by-emoji.json'), 'utf8')) as Record<
    string,
    { readonly name: string; readonly group: string }
  >;
  const seen = new Set<string>();
  return Object.entries(named).flatMap(([emoji, { name, group }]): Drawing[] => {
    const path = join(folder, '@twemoji', 'svg', `${codeOf(emoji)}.svg`);
    const fits = GROUPS.includes(group) && /^[a-z]{3,}$/.test(name) && !name.endsWith('s') && !seen.has(name);
    if (!fits || !existsSync(path)) return [];
    seen.add(name);
    return [{ name, svg: readFileSync(path) }];
  });
}

function fetchPackages(work: string): string {
  const folder = join(work, 'node_modules');
  if (Object.values(PACKAGES).every((name) => existsSync(join(folder, name.slice(0, name.lastIndexOf('@'))))))
    return folder;
  const args = ['install', '--prefix', work, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', [...args, ...Object.values(PACKAGES)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm install of ${Object.values(PACKAGES).join(' and ')}: ${stderr}`);
  return folder;
}

/** `1f43a`: code points without the selector of a presentation, as Twemoji names its files. */
function codeOf(emoji: string): string {
  return [...emoji]
    .map((sign) => sign.codePointAt(0)!)
    .filter((code) => code !== 0xfe0f)
    .map((code) => code.toString(16))
    .join('-');
}

/** A place of a drawing in a picture, in pixels. */
export interface Spot {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** A drawing on a ground, once at each spot, as PNG. */
export async function compose({ svg }: Drawing, ground: string, spots: readonly Spot[], size: number): Promise<Buffer> {
  const layers = await Promise.all(
    spots.map(async ({ left, top, side }) => ({
      input: await sharp(svg).resize(side, side).png().toBuffer(),
      left,
      top,
    })),
  );
  const picture = sharp({ create: { width: size, height: size, channels: 3, background: ground } });
  return picture.composite(layers).png().toBuffer();
}
