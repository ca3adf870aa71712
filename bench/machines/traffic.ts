// Relays that count what goes through them, and can be cut as a server that restarts is.

import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface Traffic {
  readonly port: number;
  /** Bytes of both ways, and requests where they are HTTP. */
  readonly counts: { bytes: number; requests: Record<string, number> };
  /** Ends all connections, and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  close(): void;
}

/** Any protocol over TCP. */
export async function relayTcp(host: string, port: number): Promise<Traffic> {
  const counts = { bytes: 0, requests: {} };
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (!open) return void socket.destroy();
    const other = connect(port, host);
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('data', (part: Buffer) => {
        counts.bytes += part.length;
      });
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  return listen(server, counts, (isOpen) => {
    open = isOpen;
    if (!isOpen) for (const socket of sockets) socket.destroy();
  });
}

/** HTTP, whose requests are counted by method. The host that was signed is passed on. */
export async function relayHttp(port: () => number): Promise<Traffic> {
  const counts = { bytes: 0, requests: {} as Record<string, number> };
  let open = true;
  const server = createHttpServer((incoming, outgoing) => {
    if (!open) return void incoming.socket.destroy();
    const method = incoming.method ?? '';
    counts.requests[method] = (counts.requests[method] ?? 0) + 1;
    const { url, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port: port(), method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (part: Buffer) => {
        counts.bytes += part.length;
      });
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.on('data', (part: Buffer) => {
      counts.bytes += part.length;
    });
    incoming.pipe(passed);
  });
  return listen(server, counts, (isOpen) => {
    open = isOpen;
    if (!isOpen) server.closeAllConnections();
  });
}

async function listen(server: Server, counts: Traffic['counts'], change: (isOpen: boolean) => void): Promise<Traffic> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    cut: () => change(false),
    mend: () => change(true),
    close() {
      change(false);
      server.close();
    },
  };
}
