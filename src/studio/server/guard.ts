// What stands before every request: headers, the origin of unsafe methods, size, and how many come.

import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
import { networkOf } from './client-address.ts';
import { readSessionCookie } from './session-tokens.ts';

const MOST_UPLOAD_BYTES = 100 * 1024 * 1024;
const MOST_JSON_BYTES = 6 * 1024 * 1024;

/** No script, style sheet or frame but our own; inline styles are what charts and positions are made of. */
export const headers = (secure: boolean): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: secure ? 'max-age=31536000' : false,
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
  });

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

export interface OwnOrigin {
  /** The address that people use, where a proxy stands in front. */
  readonly publicUrl?: string | undefined;
  /** Whether `X-Forwarded-Proto` comes from a proxy that is trusted. */
  readonly behindProxy: boolean;
}

/** Refuses what another site's page sends. Machines send a token and no cookie, and browsers add no token by themselves. */
export function checkOrigin(own: OwnOrigin): MiddlewareHandler {
  return async ({ req }, next) => {
    if (SAFE.includes(req.method) || req.header('authorization')?.startsWith('Bearer ')) return next();
    const origin = req.header('origin');
    const address = { host: req.header('host'), protocol: req.header('x-forwarded-proto') };
    if (origin && URL.canParse(origin) && isOwnOrigin(new URL(origin).origin, address, own)) return next();
    throw new CollimateError(
      'FORBIDDEN',
      `the request came from ${origin ?? 'no origin'}, not from the studio's own pages`,
      'Machines send `Authorization: Bearer TOKEN`. Behind a proxy, name the public address with --url, or pass the Host header on.',
    );
  };
}

/** The public address, or the one that was asked: this server speaks http, and https is a proxy's to say. */
function isOwnOrigin(
  origin: string,
  { host, protocol }: { host: string | undefined; protocol: string | undefined },
  { publicUrl, behindProxy }: OwnOrigin,
): boolean {
  const publicAddress = publicUrl === undefined ? undefined : new URL(publicUrl);
  if (origin === publicAddress?.origin) return true;
  const isPublicHost = publicAddress?.host === host;
  if (host === undefined || isPublicHost) return false;
  const scheme = behindProxy && protocol ? protocol.split(',').at(-1)!.trim() : 'http';
  return origin === `${scheme}://${host}`;
}

/** Refuses bodies that are too large before they are read; uploads may be larger than JSON. */
export const limitBody: MiddlewareHandler = (context, next) => {
  const upload = context.req.header('content-type')?.startsWith('multipart/form-data');
  const maxSize = upload ? MOST_UPLOAD_BYTES : MOST_JSON_BYTES;
  // A length that is said needs no look at the body, which costs as much as storing an answer.
  const length = context.req.header('content-length');
  if (length !== undefined && !context.req.header('transfer-encoding'))
    return Number(length) <= maxSize ? next() : refuseSize(maxSize);
  return bodyLimit({ maxSize, onError: () => refuseSize(maxSize) })(context, next);
};

function refuseSize(maxSize: number): never {
  throw new CollimateError(
    'TOO_LARGE',
    `the request is larger than ${Math.round(maxSize / 1024 / 1024)} MB`,
    'Send it in parts.',
  );
}

const MOST_KEYS = 20_000;

/** Bounds how often one session or token asks, and one address in all. */
export function limitRequests(
  addressOf: (context: Context) => string,
  bySession: RateLimit,
  byAddress: RateLimit,
): MiddlewareHandler {
  return async (context, next) => {
    const address = networkOf(addressOf(context));
    const session = context.req.header('authorization') ?? readSessionCookie(context) ?? address;
    byAddress.count(address);
    bySession.count(session);
    await next();
  };
}

/** Counts by key within windows of time. */
export interface RateLimit {
  /** @throws CollimateError TOO_MANY where `key` was counted `most` times in this window. */
  count(key: string): void;
  /** How many keys are counted now: never more than a fixed number, whatever is sent. */
  readonly size: number;
}

export function createRateLimit(most: number, windowMs: number, clock: () => number = Date.now): RateLimit {
  let counts = new Map<string, number>();
  let end = 0;
  return {
    count(name) {
      if (clock() >= end) {
        counts = new Map();
        end = clock() + windowMs;
      }
      // A digest: headers are as long as whoever sends them likes.
      const key = sha256(name);
      const before = counts.get(key) ?? 0;
      if (before >= most) {
        const retryAfter = Math.ceil((end - clock()) / 1000);
        throw new CollimateError('TOO_MANY', 'too many requests', `Try again in ${retryAfter} s.`, { retryAfter });
      }
      if (before === 0 && counts.size >= MOST_KEYS) counts.delete(counts.keys().next().value!);
      counts.set(key, before + 1);
    },
    get size() {
      return counts.size;
    },
  };
}
