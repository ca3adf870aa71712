// A bucket for tests: a server that speaks S3 over real HTTP, in a temporary folder.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import S3rver from 's3rver';

const KEY = 'S3RVER';
const BUCKET = 'pictures';

export interface TestBucket {
  /** `s3://pictures/team?endpoint=…`, with credentials in this process's environment. */
  readonly address: string;
  /** Where the server keeps what it was given. */
  readonly dir: string;
  /** Ends the server, as a restart or a cut line does. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with the same content. */
  start(): Promise<void>;
}

/** Starts a server with one bucket; it ends with the test. */
export async function makeBucket(t: Pick<TestContext, 'after'>): Promise<TestBucket> {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-bucket-'));
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY, AWS_EC2_METADATA_DISABLED: 'true' });
  let server: S3rver | undefined;
  let port = 0;
  const start = async () => {
    server = new S3rver({
      port,
      address: '127.0.0.1',
      silent: true,
      directory: dir,
      configureBuckets: [{ name: BUCKET, configs: [] }],
    });
    ({ port } = await server.run());
  };
  const stop = async () => {
    const ending = server;
    server = undefined;
    // Connections that are kept open would keep it, too.
    (
      ending as unknown as { httpServer?: { closeAllConnections(): void } } | undefined
    )?.httpServer?.closeAllConnections();
    await ending?.close();
  };
  await start();
  t.after(async () => {
    await stop();
    rmSync(dir, { recursive: true, force: true });
  });
  return { address: `s3://${BUCKET}/team?endpoint=http://127.0.0.1:${port}`, dir, start, stop };
}
