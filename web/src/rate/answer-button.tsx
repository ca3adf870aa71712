// A button that shows the keys which do the same.

import type { ReactNode } from 'react';
import type { Action } from './keymap.ts';
import { sayKey } from './say-key.ts';

interface AnswerButtonProps {
  readonly action: Action;
  readonly keys: readonly string[];
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly className?: string;
}

export function AnswerButton(props: AnswerButtonProps) {
  const { action, keys, onPress, children, disabled = false, pressed, className = '' } = props;
  return (
    <button
      type="button"
      className={`answer ${action} ${className}`}
      disabled={disabled}
      aria-pressed={pressed}
      aria-keyshortcuts={keys.map(ariaKey).join(' ') || undefined}
      // A click must not take the focus: Space would press this button again instead of doing what Space is for.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      <span className="name">{children}</span>
      {keys.length > 0 && (
        <span className="caps" aria-hidden="true">
          {keys.map((key) => (
            <span key={key} className="keycap">
              {sayKey(key)}
            </span>
          ))}
        </span>
      )}
    </button>
  );
}

function ariaKey(name: string): string {
  if (name.startsWith('ctrl+')) return `Control+${ariaKey(name.slice(5))}`;
  return name === ' ' ? 'Space' : name.length === 1 ? name.toUpperCase() : name;
}
