// Traces of stages and work, sent to an OpenTelemetry collector where one is named as its tools name it:
// OTEL_EXPORTER_OTLP_ENDPOINT. Without it nothing of this is loaded, and every span is nothing.

import { SpanStatusCode, trace } from '@opentelemetry/api';

const NAME = 'collimate';

export interface Tracing {
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** Starts sending where the environment names a collector. */
export async function startTracing(env: Readonly<Record<string, string | undefined>>): Promise<Tracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole } = env;
  const url = whole || (base && `${base.replace(/\/$/, '')}/v1/traces`);
  if (!url) return { stop: async () => {} };
  const [{ BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME || NAME, 'process.pid': process.pid }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    async stop() {
      // A collector that is away takes nothing from what was done.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
    },
  };
}

/** Runs a stage as one span, which fails as the stage does. */
export async function traceStage<T>(stage: string, work: () => Promise<T>): Promise<T> {
  const span = trace.getTracer(NAME).startSpan(`stage ${stage}`);
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}
