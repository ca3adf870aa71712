// For tests: a server that answers like the hub for one model, and can be made to misbehave.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export interface HubServer {
  readonly endpoint: string;
  /** Paths of files and their bytes; those in `lfs` have SHA-256 digests. */
  readonly files: Map<string, Buffer>;
  /** What was asked: `GET /path` with its range. */
  readonly requests: string[];
  /** Cuts the connection of the next answers of a file after so many bytes each. */
  cuts: number[];
  /** Sends other bytes than the digest is of. */
  corrupt: boolean;
  /** Answers the next requests of files with these statuses. */
  statuses: number[];
  /** The only token that is let in, if any. */
  token: string | undefined;
  /** Whether ranges are ignored. */
  ignoreRanges: boolean;
  close(): Promise<void>;
}

const REPO = 'owner/tiny';

function isLarge(path: string): boolean {
  return path.endsWith('.safetensors');
}

function gitOid(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function describeFile(path: string, bytes: Buffer): object {
  const oid = gitOid(bytes);
  if (!isLarge(path)) return { type: 'file', path, size: bytes.length, oid };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { type: 'file', path, size: bytes.length, oid, lfs: { oid: sha256, size: bytes.length, pointerSize: 134 } };
}

/** Serves `owner/tiny` at `main`, `v1` and its commit. */
export async function startHub(files: Record<string, string | Buffer>): Promise<HubServer> {
  const server = createServer((request, response) => answer(hub, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hub: HubServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content as string)])),
    requests: [],
    cuts: [],
    corrupt: false,
    statuses: [],
    token: undefined,
    ignoreRanges: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return hub;
}

function answer(hub: HubServer, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url!, hub.endpoint);
  const { range } = request.headers;
  hub.requests.push(`${request.method} ${pathname}${range ? ` ${range}` : ''}`);
  if (hub.token !== undefined && request.headers.authorization !== `Bearer ${hub.token}`)
    return void send(response, 401, { error: 'Invalid username or password.' });
  const revision = /^\/api\/models\/owner\/tiny\/revision\/(main|v1|[0-9a-f]{40})$/.exec(pathname);
  if (revision) return void send(response, 200, { _id: '1', id: REPO, sha: COMMIT, lastModified: '2026-01-01' });
  if (pathname === `/api/models/${REPO}/tree/${COMMIT}`)
    return void send(response, 200, [
      { type: 'directory', path: 'unet', size: 0, oid: 'x' },
      ...[...hub.files].map(([path, bytes]) => describeFile(path, bytes)),
    ]);
  const path = decodeURIComponent(pathname.split(`/${REPO}/resolve/${COMMIT}/`)[1] ?? '');
  const bytes = hub.files.get(path);
  if (!bytes) return void send(response, 404, { error: 'Repository or entry not found' });
  sendFile(hub, range, bytes, response);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function sendFile(hub: HubServer, range: string | undefined, bytes: Buffer, response: ServerResponse): void {
  const status = hub.statuses.shift();
  if (status !== undefined) return void send(response, status, { error: 'not now' });
  const start = hub.ignoreRanges ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const whole = hub.corrupt ? Buffer.alloc(bytes.length, 7) : bytes;
  const part = whole.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    'Content-Length': part.length,
    ...(start > 0 && { 'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  const cut = hub.cuts.shift();
  if (cut === undefined) return void response.end(part);
  response.write(part.subarray(0, cut), () => response.destroy());
}
