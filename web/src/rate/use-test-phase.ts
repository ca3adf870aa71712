// Whether the test before the work is before the rater.

import { useState } from 'react';

/** @param isDue whether the server asks for the test, or for more of it */
export function useTestPhase(isDue: boolean): { readonly isTested: boolean; readonly end: () => void } {
  // What the last answer was worth is read to its end, though the server says meanwhile that the test is over.
  const [phase, setPhase] = useState<'no' | 'open' | 'ended'>('no');
  if (isDue && phase === 'no') setPhase('open');
  if (!isDue && phase === 'ended') setPhase('no');
  return { isTested: isDue || phase === 'open', end: () => setPhase('ended') };
}
