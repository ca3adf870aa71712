// Telling another program what has been reached: JSON by POST to one address, signed, each milestone once.

import { createHmac } from 'node:crypto';
import { basename } from 'node:path';
import { putState, readState } from '../../project/people/studio-state.ts';
import { listMilestones, type Milestone } from './milestones.ts';
import type { Studio } from './studio.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Signs what is sent, so that the receiver knows whose it is. */
  readonly secret: string | undefined;
  readonly everyMs?: number;
}

const TOLD = 'webhook-told';
const EVERY_MS = 15_000;
const PATIENCE_MS = 10_000;

/** Looks at the project now and then, and sends what is new; returns what ends it. What could not be sent is sent later. */
export function watchMilestones(studio: Studio, options: WebhookOptions): () => Promise<void> {
  let failed = false;
  let running: Promise<void> = Promise.resolve();
  const look = async () => {
    try {
      await tellNew(studio, options);
      failed = false;
    } catch (error) {
      // Once for each time that it goes away. By its host alone: whoever knows the address of a hook can send there.
      const { host } = new URL(options.url);
      if (!failed) studio.log(`webhook at ${host}: ${(error as Error).message}; tried again by itself`);
      failed = true;
    }
  };
  const timer = setInterval(() => {
    running = running.then(look);
  }, options.everyMs ?? EVERY_MS);
  running = look();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function tellNew(studio: Studio, options: WebhookOptions): Promise<void> {
  const { db } = studio.project;
  const reached = await listMilestones(studio);
  const stored = await readState(db, TOLD);
  const told = new Set(stored === undefined ? [] : (JSON.parse(stored) as string[]));
  const store = () => putState(db, TOLD, JSON.stringify([...told]));
  // What was reached before anybody asked to be told is no news.
  if (stored === undefined) {
    for (const { id } of reached) told.add(id);
    return store();
  }
  for (const milestone of reached.filter(({ id }) => !told.has(id))) {
    await send(studio, options, milestone);
    told.add(milestone.id);
    await store();
  }
}

async function send(studio: Studio, { url, secret }: WebhookOptions, milestone: Milestone): Promise<void> {
  const body = JSON.stringify({ project: basename(studio.project.dir), at: new Date().toISOString(), ...milestone });
  const signature = secret && createHmac('sha256', secret).update(body).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': `collimate/${studio.version}`,
      ...(signature && { 'x-collimate-signature': `sha256=${signature}` }),
    },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}
