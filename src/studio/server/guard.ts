// What stands before every request: headers, the origin of unsafe methods, size, and how many come.

import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { CollimateError } from '../../util/errors.ts';

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

/** Refuses what another site's page sends. Machines send a token and no cookie, and browsers add no token by themselves. */
export const checkOrigin: MiddlewareHandler = async ({ req }, next) => {
  if (SAFE.includes(req.method) || req.header('authorization')?.startsWith('Bearer ')) return next();
  const origin = req.header('origin');
  if (origin && URL.canParse(origin) && new URL(origin).host === req.header('host')) return next();
  throw new CollimateError(
    'FORBIDDEN',
    `the request came from ${origin ?? 'no origin'}, not from the studio's own pages`,
    'Machines send `Authorization: Bearer TOKEN`. Behind a proxy, pass the Host header on.',
  );
};

/** Refuses bodies that are too large before they are read; uploads may be larger than JSON. */
export const limitBody: MiddlewareHandler = (context, next) => {
  const upload = context.req.header('content-type')?.startsWith('multipart/form-data');
  const maxSize = upload ? MOST_UPLOAD_BYTES : MOST_JSON_BYTES;
  return bodyLimit({ maxSize, onError: () => refuseSize(maxSize) })(context, next);
};

function refuseSize(maxSize: number): never {
  throw new CollimateError(
    'TOO_LARGE',
    `the request is larger than ${Math.round(maxSize / 1024 / 1024)} MB`,
    'Send it in parts.',
  );
}

/** Bounds how often one session or token asks, and one address in all. */
export function limitRequests(bySession: RateLimit, byAddress: RateLimit): MiddlewareHandler {
  return async (context, next) => {
    const address = readAddress(context);
    const session = context.req.header('authorization') ?? context.req.header('cookie') ?? address;
    byAddress.check(address);
    bySession.check(session);
    byAddress.count(address);
    bySession.count(session);
    await next();
  };
}

/** Counts by key within windows of time. */
export interface RateLimit {
  count(key: string): void;
  /** @throws CollimateError TOO_MANY where `key` was counted `most` times in this window. */
  check(key: string): void;
}

export function createRateLimit(most: number, windowMs: number, clock: () => number = Date.now): RateLimit {
  let counts = new Map<string, number>();
  let end = 0;
  const current = () => {
    if (clock() >= end) {
      counts = new Map();
      end = clock() + windowMs;
    }
    return counts;
  };
  return {
    count: (key) => void current().set(key, (counts.get(key) ?? 0) + 1),
    check(key) {
      if ((current().get(key) ?? 0) < most) return;
      const seconds = Math.ceil((end - clock()) / 1000);
      throw new CollimateError('TOO_MANY', 'too many requests', `Try again in ${seconds} s.`);
    },
  };
}

/** The address of who calls, as the connection says it. */
export function readAddress(context: Context): string {
  const env = context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return env?.incoming?.socket?.remoteAddress ?? 'unknown';
}
