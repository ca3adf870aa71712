// Listens to the keyboard for the actions of a mode. Keys typed into a field, into an open dialog, or meant for a focused
// button are left alone, and a key held down counts once.

import { useEffect, useRef } from 'react';
import { type Action, actionOfKey, type KeySettings, type Mode, nameOfKey } from './keymap.ts';

export function useKeys(settings: KeySettings, mode: Mode, onAction: (action: Action) => void): void {
  const latest = useRef(onAction);
  latest.current = onAction;
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.repeat || event.defaultPrevented || belongsElsewhere(event)) return;
      const action = actionOfKey(settings, mode, event);
      if (!action) return;
      event.preventDefault();
      latest.current(action);
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [settings, mode]);
}

/** Listens for the digits from 1 to `most`, where single keys are on. */
export function useDigits(settings: KeySettings, most: number, onDigit: (digit: number) => void): void {
  const latest = useRef(onDigit);
  latest.current = onDigit;
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const name = nameOfKey(event) ?? '';
      const digit = /^[1-9]$/.test(name) ? Number(name) : 0;
      if (!settings.enabled || digit === 0 || digit > most) return;
      if (event.repeat || event.defaultPrevented || belongsElsewhere(event)) return;
      event.preventDefault();
      latest.current(digit);
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [settings, most]);
}

function belongsElsewhere({ key, target }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return true;
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select, [contenteditable]')) return true;
  if (key.startsWith('Arrow') && target.closest('[data-scrolls]')) return true;
  return (key === ' ' || key === 'Enter') && target.closest('button, a, summary') !== null;
}
