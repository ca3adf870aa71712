// Stopping on request: the command line aborts a signal, a stage looks at it between steps, saves, and throws this.

import { CollimateError } from './errors.ts';

/** The error of work that stopped because it was asked to, after saving. */
export function interruptedError(): CollimateError {
  return new CollimateError(
    'INTERRUPTED',
    'Stopped as asked; what was done is saved.',
    'Run the same command again to go on from here.',
  );
}

/** @throws CollimateError INTERRUPTED where `signal` has been aborted, with its reason where that is ours. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason instanceof CollimateError ? signal.reason : interruptedError();
}
