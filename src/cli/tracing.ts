// Traces of stages and work, sent to an OpenTelemetry collector where one is named as its tools name it:
// OTEL_EXPORTER_OTLP_ENDPOINT. Without it nothing of this is loaded, and every span is nothing.

import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { CollimateError } from '../util/errors.ts';
import { traced } from '../util/traced.ts';

const NAME = 'collimate';

export interface Tracing {
  /** Sends what is left. */
  stop(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Starts sending where the environment names a collector. @throws CollimateError USAGE where that is no web address. */
export async function startTracing(env: Env): Promise<Tracing> {
  const url = readCollector(env);
  if (!url) return { stop: async () => {} };
  const [
    { BasicTracerProvider, BatchSpanProcessor },
    { OTLPTraceExporter },
    { resourceFromAttributes },
    { W3CTraceContextPropagator },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/core'),
  ]);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME || NAME, 'process.pid': process.pid }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  trace.setGlobalTracerProvider(provider);
  // What a stage asks of the queue is part of its trace, and what workers take names that trace.
  context.setGlobalContextManager(createContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    async stop() {
      // A collector that is away takes nothing from what was done.
      await provider.shutdown().catch(() => undefined);
      for (const part of [trace, context, propagation]) part.disable();
    },
  };
}

function readCollector(env: Env): string | undefined {
  const [base, whole] = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;
  const name = env[whole] ? whole : base;
  const address = env[name];
  if (!address) return undefined;
  if (/^https?:\/\//.test(address) && URL.canParse(address))
    return name === whole ? address : `${address.replace(/\/$/, '')}/v1/traces`;
  throw new CollimateError(
    'USAGE',
    `${name}: expected a web address, got ${JSON.stringify(address)}`,
    'Unset it, or name a collector such as http://localhost:4318.',
  );
}

/** Runs a stage as one span, which fails as the stage does. */
export function traceStage<T>(stage: string, work: () => Promise<T>): Promise<T> {
  return traced(`stage ${stage}`, {}, work);
}

/** Which span is open goes with each chain of promises. */
function createContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (opened, work, self, ...args) => storage.run(opened, () => work.apply(self, args)),
    bind: (opened, target) =>
      typeof target === 'function'
        ? (((...args: unknown[]) => storage.run(opened, () => target(...args))) as typeof target)
        : target,
    enable: () => manager,
    disable() {
      storage.disable();
      return manager;
    },
  };
  return manager;
}
