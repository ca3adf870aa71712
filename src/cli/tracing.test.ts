import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startTracing, traceStage } from './tracing.ts';

test('stages are sent as spans to the collector that is named, failures as such; without one nothing is', async (t) => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    bodies.push(`${request.url} ${Buffer.concat(parts).toString()}`);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const none = await startTracing({});
  assert.equal(await traceStage('label', async () => 7), 7);
  await none.stop();
  assert.deepEqual(bodies, []);

  const tracing = await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'dogs' });
  await traceStage('generate', async () => undefined);
  await assert.rejects(
    traceStage('tune', async () => {
      throw new Error('no room');
    }),
    /no room/,
  );
  await tracing.stop();
  const all = bodies.join('\n');
  assert.match(all, /^\/v1\/traces /);
  for (const text of ['"stage generate"', '"stage tune"', '"no room"', '"dogs"']) assert.ok(all.includes(text), text);
});
