// Parts of the app that are loaded when they are first needed. One that cannot be loaded is told apart from a defect: the
// network or the studio is away, or an upgrade has replaced the files that this page knows. A browser does not ask twice
// for a file of a page, so what mends it is loading the page again, once the studio answers.

import { type ComponentType, lazy, type ReactNode } from 'react';
import { addressOf } from './base.ts';

/** A part could not be loaded. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart';
}

/** How long after a reload the same page is not loaded again by itself. */
const NOT_AGAIN_MS = 20_000;
const KEY = 'collimate.reloaded';

/** A loader whose failure is a `MissingPart`, now and whenever it is asked again: half a part, such as one without its styles, is never shown. */
export function loadPart<Part>(load: () => Promise<Part>): () => Promise<Part> {
  let missing: MissingPart | undefined;
  return async () => {
    if (missing) throw missing;
    try {
      return await load();
    } catch (cause) {
      missing = new MissingPart('a part of the page could not be loaded', { cause });
      throw missing;
    }
  };
}

type PropsOf<Component> = Component extends (props: infer Props) => ReactNode ? Props : never;

/** A component of a part, which is loaded when it is first shown, or before that by its `load`. */
export function lazyPart<Part, Name extends keyof Part>(load: () => Promise<Part>, name: Name) {
  const loadIt = loadPart(load);
  const component = lazy(async () => ({
    default: (await loadIt())[name] as ComponentType<PropsOf<Part[Name]>>,
  }));
  return Object.assign(component, { load: loadIt });
}

/** Whether the studio answers at all. */
export async function studioAnswers(): Promise<boolean> {
  try {
    return (await fetch(addressOf('getSession'), { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

/** Loads the page again, unless that was tried a moment ago and did not help; returns whether it does. */
export function reloadOnce(): boolean {
  const [href, at] = (sessionStorage.getItem(KEY) ?? '').split(' ');
  if (href === location.href && Date.now() - Number(at) < NOT_AGAIN_MS) return false;
  sessionStorage.setItem(KEY, `${location.href} ${Date.now()}`);
  location.reload();
  return true;
}
