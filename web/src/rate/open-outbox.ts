// The outbox of the account that is signed in: kept in this browser, sent over the API, one tab at a time.

import { ApiError, type Output } from '../../../src/studio/contract/client.ts';
import type { OperationName } from '../../../src/studio/contract/routes.ts';
import { call, describeFailure } from '../api/client.ts';
import { noteSignedOut } from '../api/signed-out.ts';
import { toast } from '../ui/toasts.tsx';
import { Outbox, type Outcome } from './outbox.ts';
import { type Envelope, openOutboxStore } from './outbox-store.ts';
import { noteProgress } from './progress.ts';

const opened = new Map<string, Outbox>();

/** The one outbox of an account on this page; what an earlier page left in it is sent at once. */
export function openOutbox(account: string): Outbox {
  const there = opened.get(account);
  if (there) return there;
  const outbox = new Outbox({
    store: openOutboxStore(findStorage(), account),
    send,
    onRefused: (_envelope, reason) => toast(reason),
    exclusively: (work) => (navigator.locks ? navigator.locks.request(`collimate.outbox.${account}`, work) : work()),
  });
  opened.set(account, outbox);
  window.addEventListener('online', () => outbox.wake());
  outbox.wake();
  return outbox;
}

function findStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined; // the browser forbids it
  }
}

async function send({ operation, input }: Envelope): Promise<Outcome> {
  try {
    const result = await (call as (name: string, input: unknown, options: object) => Promise<unknown>)(
      operation,
      input,
      { keepalive: true },
    );
    return readResult(operation as OperationName, result);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Not signed in any more, too many requests, or no server: the answer is good, only not now.
    if (noteSignedOut(error) || error.status === 0 || [408, 429].includes(error.status) || error.status >= 500)
      return 'later';
    return refuse(error);
  }
}

/** Answers come back one by one: some of them may be refused although the request was none. */
function readResult(operation: OperationName, result: unknown): Outcome {
  if (operation === 'undoAnswer') noteProgress((result as Output<'undoAnswer'>).progress);
  if (operation !== 'submitAnswers') return 'confirmed';
  const { results, progress } = result as Output<'submitAnswers'>;
  noteProgress(progress);
  const { status, error } = results[0]!;
  return status === 'rejected' && error ? refuse(new ApiError(409, error)) : 'confirmed';
}

function refuse(error: ApiError): Outcome {
  const { message, hint } = describeFailure(error);
  return { refused: `An answer was not counted. ${message} ${hint}`.trim() };
}
