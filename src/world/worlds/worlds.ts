// The worlds that a project may name. Another one is a file beside `embedded.ts` and a line here.

import type { World } from '../world.ts';
import { embedded } from './embedded.ts';

const WORLDS: Readonly<Record<string, World | null>> = { embedded, none: null };

/** The world that a configuration names; null where people are the only judges. */
export function openWorld({ world }: { readonly world: 'embedded' | 'none' }): World | null {
  return WORLDS[world] ?? null;
}
