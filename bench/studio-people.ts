// A studio with many images and raters for the benchmarks: the project, the server as a process of its own, and raters
// who answer at a steady pace and remember what was confirmed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { insertImages } from '../src/project/images/images.ts';
import { putModel } from '../src/project/images/models.ts';
import { insertPrompts, promptId } from '../src/project/images/prompts.ts';
import { createApiToken } from '../src/project/people/api-tokens.ts';
import { createProject, type Project } from '../src/project/project.ts';
import { type Call, createClient } from '../src/studio/contract/client.ts';

const HASH = 'b'.repeat(64);

/** A project with `images` rows (their files are not needed to rate) and a token for each rater. */
export async function makeProject(
  dir: string,
  { images, raters, database }: { images: number; raters: number; database?: string | undefined },
): Promise<{ project: Project; secrets: string[] }> {
  const project = await createProject(dir, { studio: { ratersPerImage: 3 }, ...(database && { database }) });
  const { db } = project;
  await putModel(db, { hash: HASH, kind: 'base', path: 'none' });
  const texts = Array.from({ length: 200 }, (_, i) => `prompt ${i}`);
  await insertPrompts(
    db,
    texts.map((text) => ({ text, category: 'free', slots: {}, split: 'seen' as const })),
  );
  const rows = Array.from({ length: images }, (_, seed) => ({
    promptId: promptId(texts[seed % texts.length]!),
    seed,
    sampler: 'none',
    steps: 0,
    guidanceScale: 0,
    modelHash: HASH,
    purpose: 'feedback' as const,
    hash: seed.toString(16).padStart(64, '0'),
  }));
  await insertImages(db, rows);
  const maker = { id: 'bench', name: 'bench', email: 'bench@example.org', emailVerified: 0, image: null };
  const time = new Date().toISOString();
  await db
    .insertInto('users')
    .values({ ...maker, role: 'owner', disabled: 0, createdAt: time, updatedAt: time })
    .execute();
  const secrets: string[] = [];
  for (let i = 0; i < raters; i++) {
    const { secret } = await createApiToken(db, {
      name: `rater ${i}`,
      role: 'rater',
      createdBy: maker.name,
      accountId: maker.id,
      expiresAt: null,
    });
    secrets.push(secret);
  }
  return { project, secrets };
}

/** A port that nobody listens on: another's studio would answer in place of ours. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Two minutes: where the pages were not built, the first start of a clone builds them. */
const MOST_TRIES = 2400;

const serverArguments = () => (process.env.SERVER_ARGS ?? '').split(' ').filter((word) => word !== '');

/** Starts `collimate studio` and resolves once it listens. */
export async function startServer(dir: string, port: number): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('../bin/collimate.js', import.meta.url));
  const child = spawn(process.execPath, [...serverArguments(), program, 'studio', dir, '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let i = 0; i < MOST_TRIES && child.exitCode === null; i++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/session`).catch(() => undefined);
    if (answer?.ok) return child;
    await sleep(50);
  }
  child.kill();
  throw new Error('the studio did not start within two minutes');
}

export interface Tally {
  /** Milliseconds from giving an answer to its confirmation. */
  times: number[];
  confirmed: Set<string>;
  /** Requests that had to be sent again, since the server was away or busy. */
  resent: number;
  rejected: string[];
}

const BATCH = 20;

/** Images below which a rater asks for more: drawn anew for each batch, as in the browser. */
const drawLow = () => (BATCH / 2) * (0.75 + Math.random() / 2);

/**
 * One rater who opens the page at some moment of the first `joinWithin` milliseconds, answers every `pace` milliseconds
 * from then until `end` and, like the browser, sends an answer until it is confirmed. Images are asked for while few are
 * left.
 */
export async function rate(
  rater: { name: string; secret: string; base: string; pace: number; joinWithin?: number; readonly end: number },
  tally: Tally,
): Promise<void> {
  const { name, secret, base, pace, joinWithin = pace } = rater;
  const call = createClient({ base, token: secret });
  const items: { leaseId: string }[] = [];
  /** Answered and not yet confirmed: as in the browser, these are held too. */
  const sent = new Set<string>();
  let fetching: Promise<void> | undefined;
  let low = drawLow();
  const refill = async () => {
    const held = [...items.map(({ leaseId }) => leaseId), ...sent];
    low = drawLow();
    const next = await call('nextItems', { body: { count: BATCH, held } }).catch(() => undefined);
    items.push(...(next?.items ?? []));
    fetching = undefined;
  };
  const waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;
  // One request at a time, with all that waits: as the outbox of the page does.
  const flush = async () => {
    while (waiting.length > 0) await submit(call, waiting.splice(0, MOST_TOGETHER), tally, sent);
    sending = undefined;
  };
  let count = 0;
  for (let at = Date.now() + Math.random() * joinWithin; at < rater.end; at += pace) {
    await sleep(Math.max(0, at - Date.now()));
    if (items.length < low) fetching ??= refill();
    if (items.length === 0) await fetching;
    const item = items.shift();
    if (!item) continue;
    sent.add(item.leaseId);
    const clientId = `${name}-${String(count++).padStart(6, '0')}`;
    waiting.push({ leaseId: item.leaseId, clientId, at: performance.now() });
    sending ??= flush();
  }
  while (sending) await sending;
}

/** An answer that was given and is not confirmed. */
interface Waiting {
  readonly leaseId: string;
  readonly clientId: string;
  readonly at: number;
}

/** As the page has it. */
const MOST_TOGETHER = 20;

async function submit(call: Call, batch: readonly Waiting[], tally: Tally, sent: Set<string>): Promise<void> {
  const answers = batch.map(({ leaseId, clientId }) => ({
    ...{ clientId, leaseId, answer: 'good' as const, milliseconds: 500 },
  }));
  for (;;) {
    const result = await call('submitAnswers', { body: { answers } }).catch(() => undefined);
    if (!result) {
      tally.resent++;
      await sleep(400);
      continue;
    }
    for (const [i, { status, error }] of result.results.entries()) {
      const { clientId, leaseId, at } = batch[i]!;
      if (status === 'rejected') tally.rejected.push(`${clientId}: ${error?.message}`);
      else tally.confirmed.add(clientId);
      tally.times.push(performance.now() - at);
      sent.delete(leaseId);
    }
    return;
  }
}

/** What is stored against what was confirmed. */
export async function compare(
  { db }: Project,
  { confirmed }: Tally,
): Promise<{ stored: number; lost: number; doubled: number; unknown: number }> {
  const answers = await db.selectFrom('answers').select(['clientId', 'imageId', 'raterId', 'reason']).execute();
  const stored = new Set(answers.map(({ clientId }) => clientId));
  const firsts = answers
    .filter(({ reason }) => reason !== 'repeat')
    .map(({ imageId, raterId }) => `${imageId} ${raterId}`);
  return {
    stored: stored.size,
    lost: [...confirmed].filter((id) => !stored.has(id)).length,
    doubled: answers.length - stored.size + firsts.length - new Set(firsts).size,
    unknown: [...stored].filter((id) => !confirmed.has(id)).length,
  };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const temporary = (dir: string) => join(dir, 'project');

/** Seconds of processor that a process has taken; Linux alone tells. */
export function processorSeconds({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
