// Objects in a bucket of Amazon S3 or of any server that speaks its protocol: the only importer of the client. Requests are
// repeated, large objects sent in parts, and both ways compared by a checksum (CRC-32) that the client makes.

import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createWaiter, type Patience } from '../../util/patience.ts';
import { type BucketAddress, parseBucketAddress } from '../config/objects-address.ts';
import type { Objects } from './objects.ts';
import { BucketAway, explainBucketError, isMissing } from './s3-errors.ts';

/** Larger ones go in parts of this size, a few at once, so that a checkpoint is never whole in memory. */
const PART_BYTES = 16 << 20;
const PARTS_AT_ONCE = 4;
/** Attempts at one request, before anybody hears of it; pauses grow between them. */
const ATTEMPTS = 4;

/**
 * Opens the bucket at `address`, `s3://bucket/prefix`. Credentials, region and endpoint are found as the AWS tools find them:
 * environment, profile, web identity, the machine's role.
 *
 * @param patience waits for a server that goes away; without it whoever asks is told at once
 * @throws CollimateError CONFIG for an address that is none
 */
export function openBucket(address: string, patience?: Patience): Objects {
  const parsed = parseBucketAddress(address);
  const { bucket: Bucket, prefix } = parsed;
  const place = `s3://${Bucket}/${prefix}`.replace(/\/$/, '');
  const client = createClient(parsed);
  const wait = createWaiter(patience ?? { ms: 0, tell() {} }, {
    what: place,
    isHopeful: (error) => error instanceof BucketAway,
  });
  const ask = <T>(work: () => Promise<T>): Promise<T> => {
    const once = async () => {
      try {
        return await work();
      } catch (error) {
        throw explainBucketError(error, place);
      }
    };
    return patience ? wait.retry(once) : once();
  };
  const at = (name: string) => ({ Bucket, Key: prefix + name });
  const unlessMissing = <T>(work: () => Promise<T>): Promise<T | undefined> =>
    ask(() =>
      work().catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
    );
  return {
    place,
    put: (name, content) => ask(() => send(client, at(name), content)),
    get: (name) =>
      unlessMissing(async () => {
        const { Body } = await client.send(new GetObjectCommand(at(name)));
        return Buffer.from(await Body!.transformToByteArray());
      }),
    async fetch(name, path) {
      const found = await unlessMissing(async () => {
        const { Body } = await client.send(new GetObjectCommand(at(name)));
        await writeWhole(Body as Readable, path);
        return true;
      });
      return found ?? false;
    },
    has: async (name) => (await unlessMissing(() => client.send(new HeadObjectCommand(at(name))))) !== undefined,
    remove: async (name) => void (await unlessMissing(() => client.send(new DeleteObjectCommand(at(name))))),
    async *list(start) {
      let ContinuationToken: string | undefined;
      do {
        const page = await ask(() =>
          client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix + start, ContinuationToken })),
        );
        for (const { Key, Size } of page.Contents ?? []) yield { name: Key!.slice(prefix.length), bytes: Size ?? 0 };
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
    },
    close: () => client.destroy(),
  };
}

function createClient({ endpoint, region }: BucketAddress): S3Client {
  const elsewhere = endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  // The line of the client that is pinned here runs on Node.js 20, which its warning is about.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    // Other servers know buckets by path and have no regions; signatures need the name of one.
    ...(elsewhere && { forcePathStyle: true }),
    ...(elsewhere && !(region ?? process.env.AWS_REGION) && { region: 'us-east-1' }),
    maxAttempts: ATTEMPTS,
  });
}

async function send(
  client: S3Client,
  at: { Bucket: string; Key: string },
  content: Uint8Array | string,
): Promise<void> {
  const bytes = typeof content === 'string' ? statSync(content).size : content.length;
  if (bytes <= PART_BYTES) {
    const Body = typeof content === 'string' ? await readWhole(content) : content;
    await client.send(new PutObjectCommand({ ...at, Body }));
    return;
  }
  const Body = typeof content === 'string' ? createReadStream(content) : content;
  await new Upload({ client, params: { ...at, Body }, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
}

async function readWhole(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of createReadStream(path)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function writeWhole(body: Readable, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await pipeline(body, createWriteStream(temporary, { flags: 'wx' }));
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
