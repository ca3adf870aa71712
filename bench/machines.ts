// Drawing by workers while they are killed at random and both servers go away once: none lost, none doubled, the pictures of one
// process; and what a picture costs in time, requests and bytes.
//   node --import tsx bench/machines.ts postgres://… [pictures=2000] [workers=1,2,4] [seconds between kills=5]
// The database is any that may be given new schemas; each number of workers gets one, which is dropped afterwards.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { generateImages } from '../src/method/feedback/generate.ts';
import { makeTinyProject, quietProgress } from '../src/method/feedback/testing.ts';
import { listImages } from '../src/project/images/images.ts';
import { makeBucket } from '../src/project/objects/testing.ts';
import { openProject, type Project } from '../src/project/project.ts';
import { openCrew } from '../src/project/work/crew.ts';
import { random } from '../src/util/random.ts';
import { relayHttp, relayTcp, type Traffic } from './machines/traffic.ts';

const [address, asked = '2000', list = '1,2,4', between = '5'] = process.argv.slice(2);
if (!address) throw new Error('Name a database: node --import tsx bench/machines.ts postgres://…');
const pictures = Number(asked);
const PROGRAM = fileURLToPath(new URL('../bin/collimate.js', import.meta.url));
const PATIENCE_MS = 10 * 60_000;
/** How long each of the servers is away. */
const AWAY_MS = 3000;

const root = mkdtempSync(join(tmpdir(), 'collimate-machines-'));
const ends: (() => unknown)[] = [];
try {
  const alone = await drawAlone();
  report({ workers: 'none, one process', ...alone.figures });
  for (const workers of list.split(',').map(Number))
    report({ workers, ...(await drawByWorkers(workers, alone.hashes)) });
} finally {
  for (const end of ends.toReversed()) await end();
  rmSync(root, { recursive: true, force: true });
}

function report(figures: object): void {
  console.log(JSON.stringify({ ...figures, load: loadavg()[0]!.toFixed(1) }));
}

function settings() {
  // Six prompts of the tiny project: whole rounds of pictures of each.
  return { generate: { imagesPerPrompt: Math.ceil(pictures / 6), steps: 3, batchSize: 32 }, threads: 1 };
}

async function readHashes({ db }: Project): Promise<Map<string, string>> {
  return new Map((await listImages(db)).map(({ id, hash }) => [id, hash]));
}

async function drawAlone() {
  const { project } = await makeTinyProject(join(root, 'alone'), settings());
  const began = performance.now();
  const { drawn } = await generateImages(sessionOf(project));
  const seconds = (performance.now() - began) / 1000;
  const hashes = await readHashes(project);
  await project.close();
  return { hashes, figures: { pictures: drawn, ...rate(drawn, seconds) } };
}

function sessionOf(project: Project) {
  return { project, world: null, progress: quietProgress(), signal: new AbortController().signal };
}

function rate(drawn: number, seconds: number) {
  return { seconds: Number(seconds.toFixed(1)), millisecondsEach: Number(((1000 * seconds) / drawn).toFixed(1)) };
}

async function drawByWorkers(count: number, expected: ReadonlyMap<string, string>): Promise<object> {
  const dir = join(root, `by-${count}`);
  const schema = `machines_${process.pid}_${count}`;
  await runSql(`create schema ${schema}`);
  ends.push(
    () => runSql(`drop schema if exists ${schema} cascade`),
    () => runSql(`drop schema if exists ${schema}_work cascade`),
  );
  const target = new URL(address!);
  const database = await relayTcp(target.hostname, Number(target.port || 5432));
  const bucket = await makeBucket({ after: (end: () => unknown) => void ends.push(end) } as never);
  const objects = new URL(bucket.address);
  const endpoint = new URL(objects.searchParams.get('endpoint')!);
  const s3 = await relayHttp(() => Number(endpoint.port));
  ends.push(database.close, s3.close);
  target.host = `127.0.0.1:${database.port}`;
  target.searchParams.set('options', `-c search_path=${schema}`);
  objects.searchParams.set('endpoint', `http://127.0.0.1:${s3.port}`);
  const places = { database: target.href, objects: objects.href };
  const { project: made } = await makeTinyProject(dir, {
    ...settings(),
    ...places,
    // A lone worker that is killed while it starts has an item tried often.
    workers: { use: 'wait', heartbeat: 10, attempts: 50 },
  });
  await made.close();
  const patience = { ms: PATIENCE_MS, tell: () => {} };
  const project = await openProject(dir, { patience });
  const crew = openCrew({ db: project.db, config: project.config, patience });
  const before = { database: database.counts.bytes, s3: s3.counts.bytes };
  const troubles = startTroubles(count, places, [database, s3]);
  const began = performance.now();
  try {
    const session = sessionOf(project);
    const progress = quietProgress((done) => troubles.tell(done / expected.size));
    await generateImages({ ...session, progress, crew });
    const seconds = (performance.now() - began) / 1000;
    const hashes = await readHashes(project);
    const rows = (await listImages(project.db)).length;
    let absent = 0;
    for (const hash of new Set(hashes.values())) if (!(await project.images.hasBlob(hash))) absent++;
    const perPicture = (total: number) => Number((total / expected.size).toFixed(1));
    return {
      pictures: rows,
      lost: [...expected.keys()].filter((id) => !hashes.has(id)).length,
      doubled: rows - hashes.size,
      different: [...expected].filter(([id, hash]) => hashes.has(id) && hashes.get(id) !== hash).length,
      absentFiles: absent,
      kills: troubles.kills(),
      outages: troubles.outages(),
      ...rate(rows, seconds),
      bytesEach: {
        database: perPicture(database.counts.bytes - before.database),
        s3: perPicture(s3.counts.bytes - before.s3),
      },
      s3RequestsEach: Object.fromEntries(Object.entries(s3.counts.requests).map(([name, n]) => [name, perPicture(n)])),
    };
  } finally {
    await troubles.stop();
    await crew.close();
    await project.close();
  }
}

/** Workers of which one is killed now and then, and servers that go away once, one after another. */
function startTroubles(
  count: number,
  { database, objects }: { database: string; objects: string },
  servers: Traffic[],
) {
  const rng = random(count, 'machines');
  const workers: ChildProcess[] = [];
  let [kills, outages, stopped] = [0, 0, false];
  const start = (place: number) => {
    const cache = join(root, `worker-${count}-${place}`);
    const args = [
      '--database',
      database,
      '--objects',
      objects,
      '--cache',
      cache,
      '--threads',
      '1',
      '--batch-size',
      '8',
    ];
    workers[place] = spawn(process.execPath, [PROGRAM, 'worker', ...args], { stdio: 'ignore', cwd: root });
  };
  for (let place = 0; place < count; place++) start(place);
  const timer = setInterval(() => {
    const place = rng.int(count);
    const victim = workers[place]!;
    kills++;
    victim.once('exit', () => {
      if (!stopped) start(place);
    });
    victim.kill('SIGKILL');
  }, Number(between) * 1000);
  const due = [0.3, 0.6];
  return {
    kills: () => kills,
    outages: () => outages,
    tell(share: number) {
      if (outages >= servers.length || share < due[outages]!) return;
      const server = servers[outages++]!;
      server.cut();
      setTimeout(() => server.mend(), AWAY_MS);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      for (const worker of workers) {
        if (worker.exitCode !== null || worker.signalCode !== null) continue;
        const gone = once(worker, 'exit');
        worker.kill('SIGTERM');
        await Promise.race([gone, sleep(20_000).then(() => worker.kill('SIGKILL'))]);
      }
    },
  };
}

async function runSql(text: string): Promise<void> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
