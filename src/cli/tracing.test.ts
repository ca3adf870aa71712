import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '../project/database/database.ts';
import { makePostgresSchema, skipPostgres } from '../project/testing.ts';
import { openWorkQueue } from '../project/work/queue.ts';
import { traced } from '../util/traced.ts';
import { startTracing, traceStage } from './tracing.ts';

/** A collector that keeps what it is sent. */
async function startCollector(t: TestContext): Promise<{ endpoint: string; bodies: string[] }> {
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
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

test('stages are sent as spans to the collector that is named, failures as such; without one nothing is', async (t) => {
  const { endpoint, bodies } = await startCollector(t);
  const none = await startTracing({});
  assert.equal(await traceStage('label', async () => 7), 7);
  await none.stop();
  const wrong = { code: 'USAGE', message: /^OTEL_EXPORTER_OTLP_ENDPOINT: expected a web address, got "http:\/\/%"/ };
  await assert.rejects(startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://%' }), wrong);
  assert.deepEqual(bodies, []);

  const tracing = await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'dogs' });
  await traceStage('generate', async () => undefined);
  await assert.rejects(
    traceStage('tune', async () => {
      throw new Error('no room');
    }),
    /no room/,
  );
  const isWorth = (made: number) => made > 0;
  await traced('idle', {}, async () => 0, isWorth);
  await traced('busy', {}, async () => 1, isWorth);
  await assert.rejects(
    traced('taking', {}, () => Promise.reject<number>(new Error('no connection')), isWorth),
    /no connection/,
  );
  await tracing.stop();
  const all = bodies.join('\n');
  assert.match(all, /^\/v1\/traces /);
  for (const text of [
    '"stage generate"',
    '"stage tune"',
    '"no room"',
    '"dogs"',
    '"busy"',
    '"taking"',
    '"no connection"',
  ])
    assert.ok(all.includes(text), text);
  assert.doesNotMatch(all, /"idle"/, 'what did nothing is not sent');
});

interface SentSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceId: string;
  readonly links: readonly { readonly traceId: string }[];
}

test('what a stage asks of the queue is in its trace, and who takes it names that trace', {
  skip: skipPostgres,
}, async (t) => {
  const { endpoint, bodies } = await startCollector(t);
  const tracing = await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  const url = await makePostgresSchema(t);
  const db = await openDatabase(url);
  t.after(() => db.destroy());
  const queue = await openWorkQueue(db, url);
  t.after(() => queue.close());
  const topic = { kind: 'draw', files: 'f'.repeat(64) } as const;
  await traceStage('generate', () => queue.add(topic, [{ key: 'a', data: {} }], { attempts: 1, heartbeat: 10 }));
  assert.equal((await queue.take((await queue.listWaiting())[0]!, 1)).length, 1);
  await tracing.stop();
  const spans = bodies.flatMap((body) => {
    const { resourceSpans } = JSON.parse(body.slice(body.indexOf(' '))) as {
      resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  });
  const find = (start: string) => spans.find(({ name }) => name.startsWith(start))!;
  const [stage, insert, receive] = [find('stage generate'), find('insert'), find('receive')];
  assert.equal(insert.parentSpanId, stage.spanId);
  assert.deepEqual(
    receive.links.map(({ traceId }) => traceId),
    [stage.traceId],
  );
});
