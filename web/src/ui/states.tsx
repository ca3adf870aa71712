// What stands where a page has nothing to show: an empty state that says what to do next, a failure that says what happened.

import type { ReactNode } from 'react';
import { describeFailure } from '../api/client.ts';

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { message, hint } = describeFailure(error);
  return (
    <div className="failure" role="alert">
      <h2>{message}</h2>
      {hint && <p>{hint}</p>}
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The message of a failed form, under its button. */
export function FormFailure({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const { message, hint } = describeFailure(error);
  return (
    <p role="alert" className="small" style={{ color: 'var(--bad)' }}>
      {message} {hint}
    </p>
  );
}

export function Loading() {
  return (
    <p className="soft" role="status">
      Loading…
    </p>
  );
}
