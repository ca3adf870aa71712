// A PostgreSQL server that goes away and comes back, and one behind a pooler: a real server, with a network between that
// can be cut.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CollimateError } from '../../util/errors.ts';
import { createProject } from '../project.ts';
import { fillStore, makeNetwork, makePostgresSchema, makeTemporaryDir, skipPostgres } from '../testing.ts';
import { inTransaction, openDatabase } from './database.ts';
import { openPool } from './driver-postgres.ts';

const patient = (ms: number, told: string[], signal?: AbortSignal) => ({
  patience: { ms, tell: (text: string) => void told.push(text), signal },
});

test('a stage waits for a database that went away, says so, and loses nothing', { skip: skipPostgres }, async (t) => {
  const network = await makeNetwork(t, await makePostgresSchema(t));
  const told: string[] = [];
  const db = await openDatabase(network.url, patient(30_000, told));
  t.after(() => db.destroy());
  const images = await fillStore(db, 5);
  const count = async () => (await db.selectFrom('images').select('id').execute()).length;
  network.cut();
  setTimeout(() => network.mend(), 700);
  assert.equal(await count(), 5);
  assert.match(told.join('\n'), /cannot be reached .* Waiting up to 30 s .*\n.*answers again/);

  // In the middle of a transaction: all of it again, and once.
  let times = 0;
  await inTransaction(db, async (tx) => {
    await tx
      .insertInto('raters')
      .values(rater(`cut ${++times}`))
      .execute();
    if (times === 1) {
      network.cut();
      setTimeout(() => network.mend(), 300);
    }
    await tx.insertInto('raters').values(rater('after')).execute();
  });
  const names = await db.selectFrom('raters').select('id').where('id', '!=', 'ann').orderBy('id').execute();
  assert.deepEqual(
    names.map(({ id }) => id),
    ['after', 'cut 2'],
  );
  assert.equal(images.length, 5);
});

const rater = (id: string) => ({ id, name: id, kind: 'human' as const, settings: '{}', excluded: 0, createdAt: '' });

test('one that stays away ends the stage as Ctrl+C does; without patience it is told at once', {
  skip: skipPostgres,
}, async (t) => {
  const network = await makeNetwork(t, await makePostgresSchema(t));
  const stop = new AbortController();
  const short = await openDatabase(network.url, patient(600, []));
  const stopped = await openDatabase(network.url, patient(60_000, [], stop.signal));
  const hasty = await openDatabase(network.url);
  t.after(() => Promise.all([short, stopped, hasty].map((db) => db.destroy())));
  network.cut();
  const ask = (db: typeof short) => db.selectFrom('raters').select('id').execute();
  await assert.rejects(ask(hasty), { code: 'UNAVAILABLE' });
  await assert.rejects(ask(short), (error: CollimateError) => {
    assert.deepEqual([error.code, error.exitCode], ['INTERRUPTED', 130]);
    return /stayed away for 1 s; what was done is saved/.test(error.message);
  });
  // It has given up: what cleans up after it does not wait again.
  await assert.rejects(ask(short), { code: 'UNAVAILABLE' });
  setTimeout(() => stop.abort(), 300);
  await assert.rejects(ask(stopped), { code: 'INTERRUPTED', message: /topped as asked/ });
});

test('a lock whose connection broke is taken again, or the stage is told that it is gone', {
  skip: skipPostgres,
}, async (t) => {
  const url = await makePostgresSchema(t);
  const network = await makeNetwork(t, url);
  const project = await createProject(makeTemporaryDir(t), { database: network.url });
  const direct = await createProject(makeTemporaryDir(t), { database: url, seed: 1 });
  t.after(() => Promise.all([project.close(), direct.close()]));
  const lock = await project.lock('tune');
  const until = async (stage: string | undefined) => {
    for (let i = 0; i < 200 && (await direct.holders())[0]?.stage !== stage; i++) await sleep(50);
    assert.equal((await direct.holders())[0]?.stage, stage);
  };
  network.cut();
  await until(undefined);
  network.mend();
  await until('tune');
  assert.equal(lock.lost!.aborted, false);

  network.cut();
  await until(undefined);
  const taken = await direct.lock('generate');
  network.mend();
  if (!lock.lost!.aborted) await once(lock.lost!, 'abort');
  assert.match((lock.lost!.reason as Error).message, /another has the lock now/);
  await lock.release();
  await taken.release();
});

/** A pooler as pgbouncer is one in transaction mode: clients share one server connection, each for a transaction at a time. */
async function makePooler(t: TestContext, url: string): Promise<string> {
  const target = new URL(url);
  const startup = (socket: Socket) => {
    const text = [
      'user',
      target.username,
      'database',
      target.pathname.slice(1),
      'options',
      target.searchParams.get('options')!,
    ];
    const body = Buffer.from(`\0\x03\0\0${text.join('\0')}\0\0`, 'latin1');
    const size = Buffer.alloc(4);
    size.writeInt32BE(body.length + 4);
    socket.write(Buffer.concat([size, body]));
  };
  const backend = connect(Number(target.port), target.hostname);
  backend.on('error', () => {});
  startup(backend);
  let greeting = Buffer.alloc(0);
  let owner: Socket | undefined;
  const waiting: { socket: Socket; data: Buffer }[] = [];
  const next = () => {
    const first = waiting.shift();
    if (first) send(first.socket, first.data);
  };
  const send = (socket: Socket, data: Buffer) => {
    if (owner && owner !== socket) return void waiting.push({ socket, data });
    owner = socket;
    backend.write(data);
  };
  let ready = false;
  backend.on('data', (data) => {
    if (!ready) {
      greeting = Buffer.concat([greeting, data]);
      ready = data.subarray(-6, -5).toString() === 'Z';
      return;
    }
    owner?.write(data);
    // ReadyForQuery outside of a transaction: the server connection is free for whoever comes.
    if (data.subarray(-6).equals(Buffer.from('Z\0\0\0\x05I', 'latin1'))) {
      owner = undefined;
      next();
    }
  });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(greeting);
      socket.on('data', (data) => data[0] !== 0x58 && send(socket, data));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (let i = 0; i < 100 && !ready; i++) await sleep(20);
  t.after(() => {
    backend.destroy();
    server.close();
  });
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return through.href;
}

test('a pooler on which no lock holds is refused by name', { skip: skipPostgres }, async (t) => {
  const url = await makePostgresSchema(t);
  const project = await createProject(makeTemporaryDir(t), { database: await makePooler(t, url) });
  t.after(() => project.close());
  await assert.rejects(project.lock('generate'), (error: CollimateError) => {
    assert.equal(error.code, 'STORAGE');
    assert.match(error.hint, /session mode/);
    return /pooler/.test(error.message);
  });
  // No lock stays behind on the pooler's connection.
  const direct = await createProject(makeTemporaryDir(t), { database: url });
  t.after(() => direct.close());
  await (await direct.lock('generate')).release();
});

test('a lock that nobody has put a name to is told with the connection that holds it', {
  skip: skipPostgres,
}, async (t) => {
  const url = await makePostgresSchema(t);
  const project = await createProject(makeTemporaryDir(t), { database: url });
  t.after(() => project.close());
  const left = openPool(url, { size: 1 });
  t.after(() => left.end());
  const { rows } = await left.query<{ pid: number }>(
    'select pg_backend_pid() as pid, pg_advisory_lock(1668246636, abs(hashtext(current_schema()::text) % 2147483647))',
  );
  await assert.rejects(project.lock('generate'), (error: CollimateError) => {
    assert.equal(error.code, 'LOCKED');
    assert.match(error.message, /no stage has put its name to it/);
    return error.hint.includes(`select pg_terminate_backend(${rows[0]!.pid});`);
  });
});
