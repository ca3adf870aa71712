// Short messages in the corner, announced to screen readers. They stay until they are read or eight seconds have passed.

import { useSyncExternalStore } from 'react';
import { say } from '../words/words.ts';
import { Words } from './words.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly timer: ReturnType<typeof setTimeout>;
}

const SHOWN_MS = 8000;

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

/** Shows a message; one that is on the page already stays longer instead of standing there twice. */
export function toast(text: string): void {
  const shown = toasts.find((toast) => toast.text === text);
  if (shown) clearTimeout(shown.timer);
  count += 1;
  const id = shown?.id ?? count;
  const timer = setTimeout(() => dismiss(id), SHOWN_MS);
  set([...toasts.filter((toast) => toast.id !== id).slice(-3), { id, text, timer }]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text }) => (
        <div key={id} className="toast">
          <span>
            <Words text={text} />
          </span>
          <button type="button" onClick={() => dismiss(id)}>
            {say('dismiss')}
          </button>
        </div>
      ))}
    </div>
  );
}
