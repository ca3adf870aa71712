// The worlds that a project may name. Another one is a file beside `embedded.ts` and a line here.

import type { World } from '../world.ts';
import { embedded, secondWorld } from './embedded.ts';

const WORLDS = {
  embedded,
  'embedded-1': embedded,
  'embedded-2': secondWorld,
  none: null,
} as const satisfies Readonly<Record<string, World | null>>;

export type WorldName = keyof typeof WORLDS;

/** The world that a configuration names; null where people are the only judges. */
export function openWorld({ world }: { readonly world: WorldName }): World | null {
  return WORLDS[world];
}
