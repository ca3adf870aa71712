// What stands where a page has nothing to show: an empty state that says what to do next, a failure that says what happened.

import type { ReactNode } from 'react';
import { ApiError } from '../../../src/studio/contract/client.ts';
import { describeFailure } from '../api/client.ts';
import { MissingPart } from '../api/parts.ts';
import { say } from '../words/words.ts';
import { FailureText } from './failure-text.tsx';
import { MissingPartFailure } from './missing-part.tsx';
import { Words } from './words.tsx';

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What stays as it is however often it is asked: not allowed, not there, over. */
const isFinal = (error: unknown): boolean => error instanceof ApiError && [403, 404, 410].includes(error.status);

export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  if (error instanceof MissingPart) return <MissingPartFailure />;
  return (
    <FailureText {...describeFailure(error)}>
      {onRetry && !isFinal(error) && (
        <button type="button" className="button" onClick={onRetry}>
          {say('tryAgain')}
        </button>
      )}
    </FailureText>
  );
}

/** The message of a failed form, before its buttons or under them. */
export function FormFailure({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const { message, hint } = describeFailure(error);
  return (
    <p role="alert" className="small" style={{ color: 'var(--bad)' }}>
      <Words text={`${message} ${hint}`} />
    </p>
  );
}

export function Loading() {
  return (
    <p className="soft" role="status">
      {say('loading')}
    </p>
  );
}
