// The server no longer knows who this is: whoever notices says so, and the page asks to sign in again.

import { ApiError } from '../../../src/studio/contract/client.ts';

const events = new EventTarget();

/** Says so if this is the failure of a caller who is not signed in; returns whether it is. */
export function noteSignedOut(error: unknown): boolean {
  const isSignedOut = error instanceof ApiError && error.status === 401;
  if (isSignedOut) events.dispatchEvent(new Event('signed-out'));
  return isSignedOut;
}

export function onSignedOut(listener: () => void): void {
  events.addEventListener('signed-out', listener);
}
