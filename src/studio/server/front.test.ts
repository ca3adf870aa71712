// What stands before the endpoints: addresses behind proxies, limits, origins, pages, slow bodies.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Context } from 'hono';
import {
  makeNetwork,
  makePostgresSchema,
  makeTemporaryDir,
  skipPostgres,
  testProjects,
} from '../../project/testing.ts';
import { PAGES } from '../contract/pages.ts';
import { createAttemptLimit } from './attempts.ts';
import { createAddressReader, networkOf, parseTrustedProxies } from './client-address.ts';
import { createRateLimit } from './guard.ts';
import { endSlowBodies } from './slow-bodies.ts';
import { account, openTestStudio } from './testing.ts';

const from = (peer: string, forwarded?: string) =>
  ({
    env: { incoming: { socket: { remoteAddress: peer } } },
    req: { header: (name: string) => (name === 'x-forwarded-for' ? forwarded : undefined) },
  }) as unknown as Context;

test('the address is the one that the trusted proxies wrote, and nothing that a stranger sends', () => {
  const logged: string[] = [];
  const read = (trust: string | undefined, peer: string, forwarded?: string) =>
    createAddressReader(trust === undefined ? undefined : parseTrustedProxies(trust), (line) => logged.push(line))(
      from(peer, forwarded),
    );
  assert.equal(read(undefined, '127.0.0.1', '6.6.6.6'), '127.0.0.1');
  assert.match(logged[0]!, /--trust-proxy/);
  assert.equal(read('1', '::ffff:127.0.0.1', '6.6.6.6, 9.9.9.9'), '9.9.9.9');
  assert.equal(read('2', '127.0.0.1', '6.6.6.6, 9.9.9.9, 10.0.0.2'), '9.9.9.9');
  assert.equal(read('2', '127.0.0.1', 'nonsense, 10.0.0.2'), '10.0.0.2');
  assert.equal(read('1', '127.0.0.1'), '127.0.0.1');
  const named = '127.0.0.1,10.0.0.0/8,2001:db8::/32';
  assert.equal(read(named, '127.0.0.1', '6.6.6.6, 9.9.9.9:4711, 10.0.0.2'), '9.9.9.9');
  assert.equal(read(named, '8.8.8.8', '6.6.6.6'), '8.8.8.8', 'who is no proxy is believed nothing');
  assert.equal(read(named, '127.0.0.1', '[2001:db9::1]:80, 2001:db8::7'), '2001:db9::1');
  for (const bad of ['0', '10', 'proxy', '10.0.0.0/40', '10.0.0.0/8/8', ''])
    assert.throws(() => parseTrustedProxies(bad), { code: 'USAGE' }, bad);
  assert.equal(networkOf('9.9.9.9'), '9.9.9.9');
  assert.equal(networkOf('2001:db8::1:2:3'), networkOf('2001:0db8:0:0:ffff:1:1:1'));
  assert.notEqual(networkOf('2001:db8::1'), networkOf('2001:db8:0:1::1'));
});

test('limits keep a bounded number of short keys', () => {
  const requests = createRateLimit(2, 60_000);
  const attempts = createAttemptLimit(1);
  for (let i = 0; i < 25_000; i++) {
    requests.count(`${i} ${'x'.repeat(100)}`);
    attempts.begin(`${i}`);
  }
  assert.equal(requests.size, 20_000);
  assert.equal(attempts.size, 20_000);
});

test('failures wait twice as long each time, forget after success and after a quarter of an hour', () => {
  let now = 0;
  const limit = createAttemptLimit(3, () => now);
  const wait = () => {
    try {
      limit.begin('ann');
      return 0;
    } catch (error) {
      return (error as { retryAfter: number }).retryAfter;
    }
  };
  assert.deepEqual([wait(), wait(), wait(), wait()], [0, 0, 0, 1]);
  now += 1000;
  assert.deepEqual([wait(), wait()], [0, 2]);
  now += 2000;
  assert.deepEqual([wait(), wait()], [0, 4]);
  for (let i = 0; i < 20; i++) {
    now += 899_000;
    wait();
  }
  assert.ok(wait() <= 900);
  now += 900_001;
  assert.deepEqual([wait(), wait()], [0, 0]);
  limit.forget('ann');
  assert.deepEqual([wait(), wait(), wait(), wait()], [0, 0, 0, 1]);
});

testProjects('a stranger behind the same proxy locks nobody out', async (t, patch) => {
  const trustProxy = parseTrustedProxies('1');
  const { url, invite, owner } = await openTestStudio(t, { patch, serve: { trustProxy, clock: () => 0 } });
  const rita = await invite('rater', 'Rita');
  const { token } = await owner.call('createInvite', { body: { role: 'rater' } });
  const { email, password } = account('Rita');
  const send = (address: string, secret: string, cookie = '') =>
    fetch(`${url}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, 'x-forwarded-for': address, cookie },
      body: JSON.stringify({ email, password: secret }),
    });
  // All at once: the count is taken before the password is looked at.
  const guesses = await Promise.all(Array.from({ length: 14 }, () => send('6.6.6.6', 'guess')));
  assert.deepEqual(guesses.map(({ status }) => status).sort(), [
    ...Array<number>(10).fill(401),
    ...Array<number>(4).fill(429),
  ]);
  const late = await send('6.6.6.6', password);
  assert.deepEqual([late.status, Number(late.headers.get('retry-after')) >= 1], [429, true]);
  assert.equal((await send('7.7.7.7', password)).status, 200, 'from elsewhere');
  assert.equal((await send('6.6.6.6', password, rita.cookie)).status, 200, 'by a browser that was here before');
  // The cookie of one's own account is worth nothing for another's.
  const eve = await invite('rater', 'Eve');
  const stolen = eve.cookie.replace(
    /collimate\.device-[0-9a-f]+/,
    rita.cookie.match(/collimate\.device-[0-9a-f]+/)![0],
  );
  assert.equal((await send('6.6.6.6', password, stolen)).status, 429);
  for (let i = 0; i < 60; i++) await fetch(`${url}/api/invitations/${'x'.repeat(32)}`);
  assert.equal((await fetch(`${url}/api/invitations/${token}`)).status, 200);
});

testProjects('the origin is compared with its scheme', async (t, patch) => {
  const { url, owner } = await openTestStudio(t, { patch });
  const post = (base: string, origin: string, headers: Record<string, string> = {}) =>
    fetch(`${base}/api/rating/release`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, cookie: owner.cookie, ...headers },
      body: '{"leases":[]}',
    });
  assert.equal((await post(url, url)).status, 200);
  assert.equal((await post(url, url.replace('http:', 'https:'))).status, 403);
  assert.equal((await post(url, url.replace('http:', 'https:'), { 'x-forwarded-proto': 'https' })).status, 403);
  const publicUrl = 'https://studio.example.org';
  const proxied = await openTestStudio(t, { patch: {}, serve: { publicUrl } });
  const cookie = proxied.owner.cookie;
  const port = proxied.running.port;
  const status = async (origin: string) => (await post(`http://127.0.0.1:${port}`, origin, { cookie })).status;
  assert.equal(await status(publicUrl), 200);
  assert.equal(await status('http://studio.example.org'), 403);
});

test('pages get the web app, and what is no page is not found', async (t) => {
  const webDir = makeTemporaryDir(t);
  mkdirSync(join(webDir, 'assets'));
  writeFileSync(join(webDir, 'index.html'), '<title>studio</title>');
  writeFileSync(join(webDir, 'assets', 'a.js'), '1');
  const { url } = await openTestStudio(t, { serve: { webDir } });
  const status = async (path: string) => (await fetch(url + path)).status;
  for (const page of PAGES) assert.equal(await status(page.replace('$token', 'abc')), 200, page);
  assert.equal(await status('/assets/a.js'), 200);
  for (const path of ['/healthz', '/wp-login.php', '/assets/b.js', '/join', '/join/a/b', '/rate/x'])
    assert.equal(await status(path), 404, path);
  // Whoever comes by a browser is shown the app, which says so.
  const lost = await fetch(`${url}/rate/x`, { headers: { accept: 'text/html,*/*' } });
  assert.deepEqual([lost.status, await lost.text()], [404, '<title>studio</title>']);
  const health = (await (await fetch(`${url}/api/health`)).json()) as object;
  assert.deepEqual(Object.keys(health), ['ok', 'database', 'objects', 'version']);
  const router = readFileSync(fileURLToPath(new URL('../../../web/src/router.tsx', import.meta.url)), 'utf8');
  const routes = [...router.matchAll(/ path: '([^']+)'/g)].map(([, path]) => path!);
  assert.deepEqual(routes.sort(), [...PAGES].sort());
});

test('below a path of another site, whether the proxy passes the path on or takes it away', async (t) => {
  const webDir = makeTemporaryDir(t);
  writeFileSync(
    join(webDir, 'index.html'),
    '<meta name="base" content="" /><script type="module" src="./assets/a.js"></script>',
  );
  const publicUrl = 'https://example.org/dogs';
  const { url, owner, running } = await openTestStudio(t, { serve: { webDir, publicUrl } });
  assert.equal(running.url, publicUrl);
  const { email, password } = account('Olga');
  const signIn = (base: string, origin: string) =>
    fetch(`${base}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email, password }),
    });
  for (const base of [url, `${url}/dogs`]) {
    assert.equal((await fetch(`${base}/overview`)).status, 200);
    const page = await (await fetch(`${base}/`)).text();
    assert.equal(page, '<meta name="base" content="/dogs" /><script type="module" src="/dogs/assets/a.js"></script>');
    const answer = await signIn(base, 'https://example.org');
    assert.equal(answer.status, 200);
    for (const cookie of answer.headers.getSetCookie()) assert.match(cookie, /Path=\/dogs;/);
  }
  assert.equal((await fetch(`${url}/dogs`)).status, 200);
  assert.equal((await fetch(`${url}/cats/overview`)).status, 404);
  assert.equal((await signIn(url, 'https://example.com')).status, 403);
  assert.equal((await owner.request('/dogs/api/session')).status, 200);
});

test('a body that comes drop by drop is cut off, and one that comes well is not', async (t) => {
  const server: Server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end('done'));
  });
  endSlowBodies(server, { graceMs: 200, bytesPerSecond: 1000 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const send = async (bytes: number) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket.on('data', (data) => (said += data.toString()));
    socket.on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${bytes * 10}\r\n\r\n`);
    let sent = 0;
    const timer = setInterval(() => sent++ < 10 && socket.writable && socket.write('x'.repeat(bytes)), 60);
    await once(socket, 'close');
    clearInterval(timer);
    return said.split('\r\n')[0];
  };
  assert.deepEqual(await Promise.all([send(1), send(500)]), ['HTTP/1.1 408 Request Timeout', 'HTTP/1.1 200 OK']);
});

test('while the database is away the studio says 503 and when to try again', { skip: skipPostgres }, async (t) => {
  const network = await makeNetwork(t, await makePostgresSchema(t));
  const { owner, url } = await openTestStudio(t, { patch: { database: network.url } });
  assert.equal((await fetch(`${url}/api/health`)).status, 200);
  network.cut();
  for (const path of ['/api/health', '/api/session', '/api/people', '/api/overview']) {
    const response = await owner.request(path);
    const said = await response.clone().text();
    assert.deepEqual([path, response.status, response.headers.get('retry-after')], [path, 503, '5'], said);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'UNAVAILABLE');
  }
  const signIn = { email: 'olga@example.org', password: account('Olga').password };
  const entered = await owner.request('/api/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(signIn),
  });
  assert.equal(entered.status, 503);
  network.mend();
  for (const path of ['/api/health', '/api/people', '/api/overview'])
    assert.equal((await owner.request(path)).status, 200, path);
});

test('metrics are for those who may look: the process, requests, rows', async (t) => {
  const { url, owner } = await openTestStudio(t, { images: 3 });
  assert.equal((await fetch(`${url}/metrics`)).status, 401);
  const { secret } = await owner.call('createToken', { body: { name: 'Prometheus', role: 'viewer' } });
  const ask = async () => (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${secret}` } })).text();
  const text = await ask();
  for (const line of [
    /^collimate_rows\{table="images"\} 3$/m,
    /^collimate_requests_total\{method="POST",status="200"\} [1-9]/m,
    /^collimate_request_seconds_bucket\{le="0.1"\} \d+$/m,
    /^collimate_process_resident_memory_bytes \d+$/m,
    /^# TYPE collimate_work gauge$/m,
  ])
    assert.match(text, line);
});
