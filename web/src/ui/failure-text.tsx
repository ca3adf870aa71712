// A failure as it stands on a page: what happened, what to do next, and the button that does it.

import type { ReactNode } from 'react';
import { Words } from './words.tsx';

interface FailureTextProps {
  readonly message: string;
  readonly hint: string;
  readonly children?: ReactNode;
}

export function FailureText({ message, hint, children }: FailureTextProps) {
  return (
    <div className="failure" role="alert">
      <h2>
        <Words text={message} />
      </h2>
      {hint && (
        <p>
          <Words text={hint} />
        </p>
      )}
      {children}
    </div>
  );
}
