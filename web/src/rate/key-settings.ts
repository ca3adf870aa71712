// The rater's keys, kept on this browser and shared by everything that shows or obeys them.

import { useSyncExternalStore } from 'react';
import { type KeySettings, readSettings } from './keymap.ts';

const KEY = 'collimate.keys';
let settings: KeySettings | undefined;
const listeners = new Set<() => void>();

function current(): KeySettings {
  settings ??= readSettings(localStorage.getItem(KEY));
  return settings;
}

export function saveKeySettings(next: KeySettings): void {
  settings = next;
  localStorage.setItem(KEY, JSON.stringify(next));
  for (const listener of listeners) listener();
}

export function useKeySettings(): KeySettings {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
