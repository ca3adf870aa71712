// The outbox of the account that is signed in: kept in this browser, sent over the API, one tab at a time.

import { request } from '../api/client.ts';
import { ApiFailure } from '../api/failure.ts';
import { toast } from '../ui/toasts.tsx';
import { Outbox, type Outcome } from './outbox.ts';
import { type Envelope, openOutboxStore } from './outbox-store.ts';

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

async function send({ method, path, body }: Envelope): Promise<Outcome> {
  try {
    await request(method, path, { body, keepalive: true });
    return 'confirmed';
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    // Not signed in any more, too many requests, or no server: the answer is good, only not now.
    if (error.status === 0 || [401, 408, 429].includes(error.status) || error.status >= 500) return 'later';
    return { refused: `An answer was not counted: ${error.message} ${error.hint}`.trim() };
  }
}
