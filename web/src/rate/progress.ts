// How far the rater and the team are, as the server said last.

import { useSyncExternalStore } from 'react';
import type { Output } from '../../../src/studio/contract/client.ts';

type Progress = Output<'getRatingProgress'>;

let latest: Progress | undefined;
const listeners = new Set<() => void>();

export function noteProgress(progress: Progress): void {
  latest = progress;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useProgress(): Progress | undefined {
  return useSyncExternalStore(subscribe, () => latest);
}
