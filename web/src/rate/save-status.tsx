// What became of the answers, in words: saved, saving, or waiting for the server; and how many took the place of answers from
// another tab or device, or were not counted.

import { useSyncExternalStore } from 'react';
import { say, sayCount } from '../words/words.ts';
import type { Outbox, OutboxStatus } from './outbox.ts';

/** The words for a status. */
function describeStatus({ waiting, failing, durable }: OutboxStatus): string {
  if (waiting === 0) return say('saved');
  if (!failing) return waiting === 1 ? say('saving') : say('savingMany', { count: waiting });
  return say(durable ? 'keptHere' : 'doNotClose', { count: waiting });
}

export function SaveStatus({ outbox }: { readonly outbox: Outbox }) {
  const status = useSyncExternalStore(
    (listener) => outbox.subscribe(listener),
    () => outbox.status,
  );
  const tone = status.failing ? 'waiting' : status.waiting > 0 ? 'saving' : 'saved';
  return (
    <span className={`save-status ${tone}`} role="status">
      <span className="dot" aria-hidden="true" />
      <span>{describeStatus(status)}</span>
      {status.changed > 0 && <span className="also">{say('changed', { count: sayCount(status.changed) })}</span>}
      {status.refused > 0 && <span className="also">{say('notCounted', { count: sayCount(status.refused) })}</span>}
    </span>
  );
}
