// Work as spans of OpenTelemetry; without a collector every span is nothing.

import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/**
 * Does work as one span, which fails as the work does.
 *
 * @param isSent whether a span of this result is worth sending; what throws is always sent
 */
export function traced<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  isSent: (result: T) => boolean = () => true,
): Promise<T> {
  return trace.getTracer('collimate').startActiveSpan(name, { attributes }, async (span) => {
    try {
      const result = await work(span);
      // A span that never ends is never sent.
      if (isSent(result)) span.end();
      return result;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      span.end();
      throw error;
    }
  });
}
