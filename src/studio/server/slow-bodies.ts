// Requests whose bodies come drop by drop: each holds a connection and memory. Whoever sends less than a slow modem does is
// told so and cut off.

import type { IncomingMessage, Server } from 'node:http';

export interface SlowBodyOptions {
  /** How long a body may take at any pace. */
  graceMs?: number;
  /** What it has to come to from then on, in bytes a second over all its time. */
  bytesPerSecond?: number;
}

/** Ends requests of `server` whose body comes too slowly, with 408. */
export function endSlowBodies(server: Server, { graceMs = 20_000, bytesPerSecond = 1000 }: SlowBodyOptions = {}): void {
  const open = new Map<IncomingMessage, { since: number; before: number }>();
  server.on('request', (request: IncomingMessage) => {
    if (request.complete) return;
    open.set(request, { since: Date.now(), before: request.socket.bytesRead });
    request.once('end', () => open.delete(request));
    request.once('close', () => open.delete(request));
  });
  const look = () => {
    for (const [request, { since, before }] of open) {
      const ms = Date.now() - since;
      const bytes = request.socket.bytesRead - before;
      if (request.complete || ms < graceMs || bytes >= (bytesPerSecond * ms) / 1000) continue;
      open.delete(request);
      request.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      request.socket.destroySoon();
    }
  };
  const timer = setInterval(look, Math.max(50, graceMs / 10)).unref();
  server.once('close', () => clearInterval(timer));
}
