// On a phone links stand in a row that scrolls: the one of the page that is shown is brought into sight.

import { type RefObject, useLayoutEffect, useRef } from 'react';

/** @param shown what decides which link is the current one */
export function useCurrentInSight<Row extends HTMLElement>(shown: string): RefObject<Row | null> {
  const ref = useRef<Row>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it decides which link is the current one
  useLayoutEffect(() => {
    const row = ref.current;
    const link = row?.querySelector('[aria-current="page"]')?.getBoundingClientRect();
    if (row && link)
      row.scrollLeft += link.left + link.width / 2 - row.getBoundingClientRect().left - row.clientWidth / 2;
  }, [shown]);
  return ref;
}
