// What an answer costs the server in processor time, wherever else the machine is busy: raters who take turns, few requests
// under way at a time, one answer a request, so that a slower machine changes no group of answers that are stored together.
//   node --import tsx bench/studio-cost.ts [answers] [under way] [images] [postgres://… of an empty database]
// `SERVER_ARGS` are given to the server's Node.js: --cpu-prof.

import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, createClient } from '../src/studio/contract/client.ts';
import { findFreePort, makeProject, processorSeconds, startServer, temporary } from './studio-people.ts';

const answers = Number(process.argv[2] ?? 4000);
const underWay = Number(process.argv[3] ?? 2);
const port = await findFreePort();
const RATERS = 200;
/** As the page has it: images that are asked for at once, and how few are left by then. */
const BATCH = 20;
const LOW = 10;

interface Seat {
  readonly call: Call;
  readonly items: { leaseId: string }[];
  given: number;
}

const dir = mkdtempSync(join(tmpdir(), 'collimate-cost-'));
const { project, secrets } = await makeProject(temporary(dir), {
  images: Number(process.argv[4] ?? 5000),
  raters: RATERS,
  database: process.argv[5],
});
const server = await startServer(project.dir, port);
const base = `http://127.0.0.1:${port}`;
const seats: Seat[] = secrets.map((token) => ({ call: createClient({ base, token }), items: [], given: 0 }));

async function answerOnce(seat: Seat, name: string): Promise<void> {
  const { call, items } = seat;
  if (items.length < LOW) {
    const held = items.map(({ leaseId }) => leaseId);
    items.push(...(await call('nextItems', { body: { count: BATCH, held } })).items);
  }
  const { leaseId } = items.shift()!;
  const clientId = `${name}-${String(seat.given++).padStart(6, '0')}`;
  const answer = { clientId, leaseId, answer: 'good' as const, milliseconds: 500 };
  const [result] = (await call('submitAnswers', { body: { answers: [answer] } })).results;
  if (result?.status !== 'stored') throw new Error(`${clientId}: ${result?.error?.message ?? result?.status}`);
}

/** `count` answers of all raters in turn. */
async function answerAll(count: number): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let i = next++; i < count; i = next++) await answerOnce(seats[i % RATERS]!, `rater-${i % RATERS}`);
  };
  await Promise.all(Array.from({ length: underWay }, work));
}

// Until all have their first images and the code is compiled.
await answerAll(5 * RATERS);
const before = processorSeconds(server);
await answerAll(answers);
const worked = processorSeconds(server) - before;
server.kill('SIGINT');
await new Promise((resolve) => server.once('exit', resolve));
await project.close();
rmSync(dir, { recursive: true, force: true });
console.log(
  JSON.stringify(
    { answers, underWay, serverMsPerAnswer: (1000 * worked) / answers, loadAverage: loadavg()[0] },
    null,
    1,
  ),
);
