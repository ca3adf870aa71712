// The application: guards, the API by the contract, its description, and the web app for everything else.

import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { hidePasswords, hidePasswordsIn } from '../../project/config/database-url.ts';
import { hasAccounts } from '../../project/people/accounts.ts';
import { CollimateError } from '../../util/errors.ts';
import { basePathOf, createPathReader } from './base-path.ts';
import { ENDPOINTS } from './endpoints.ts';
import { describeFailure, statusOf } from './failure.ts';
import { checkOrigin, createRateLimit, headers, limitBody, limitRequests } from './guard.ts';
import { createMetrics } from './metrics.ts';
import { mountOperations, refuseInvalid } from './mount.ts';
import { mountSingleSignOn, type SingleSignOn } from './single-sign-on.ts';
import { serveStatic } from './static-files.ts';
import type { Studio } from './studio.ts';

const MINUTE_MS = 60_000;

export interface AppOptions {
  /** Folder of the built web app. */
  webDir: string;
  /** The address that people use, where a proxy stands in front; it may have a path. */
  publicUrl: string | undefined;
  singleSignOn: SingleSignOn | undefined;
  /** Whether proxies were named whose headers are believed. */
  behindProxy: boolean;
}

export function createApp(studio: Studio, { webDir, publicUrl, singleSignOn, behindProxy }: AppOptions): OpenAPIHono {
  const base = basePathOf(publicUrl);
  const app = new OpenAPIHono({ defaultHook: refuseInvalid, getPath: createPathReader(base) });
  app.onError((error, context) => answerFailure(studio, error, context));
  app.use(headers(publicUrl?.startsWith('https:') ?? false));
  app.use(
    '/api/*',
    limitRequests(studio.addressOf, createRateLimit(3000, MINUTE_MS), createRateLimit(120_000, MINUTE_MS)),
  );
  app.use('/api/*', checkOrigin({ publicUrl, behindProxy }), limitBody);
  app.use('/api/*', async (context, next) => {
    await next();
    // Set where it is: `context.header` would make another response of it, whose body is then read as a stream.
    if (!context.res.headers.has('cache-control')) context.res.headers.set('cache-control', 'no-store');
  });
  const metrics = createMetrics(studio);
  app.use('/api/*', metrics.watch);
  app.get('/metrics', metrics.answer);
  mountOperations(app, studio, ENDPOINTS);
  if (singleSignOn && publicUrl) mountSingleSignOn(app, studio, publicUrl);
  describeApi(app, studio.version, base);
  app.all('/api/*', ({ req }) => {
    throw new CollimateError('NOT_FOUND', `there is no ${req.method} ${req.path}`, 'See /api/openapi.json.');
  });
  app.get('*', serveStatic(webDir, base));
  return app;
}

function describeApi(app: OpenAPIHono, version: string, base: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'collimate.session_token',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  const page = app.getOpenAPI31Document({
    openapi: '3.1.0',
    servers: [{ url: base || '/' }],
    info: { title: 'Collimate studio', version, description: 'Rating and steering of one project.' },
  });
  app.get('/api/openapi.json', (context) => context.json(page));
}

async function answerFailure(studio: Studio, thrown: Error, context: Context): Promise<Response> {
  const error = await findReason(studio, toKnown(thrown));
  const status = statusOf(error);
  if (status >= 500)
    studio.log(hidePasswords(`${context.req.method} ${context.req.path}: ${thrown.stack ?? thrown.message}`));
  context.header('cache-control', 'no-store');
  if (error instanceof CollimateError && error.retryAfter !== undefined)
    context.header('retry-after', String(error.retryAfter));
  return context.json(hidePasswordsIn(describeFailure(error)), status as 400);
}

/** A defect while the database is away is the database's: other libraries hide why they failed. */
async function findReason({ project: { db } }: Studio, error: Error): Promise<Error> {
  if (error instanceof CollimateError) return error;
  const away = await hasAccounts(db).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return away instanceof CollimateError ? away : error;
}

/** What hono itself refuses, such as JSON that is none, is a client's error. */
function toKnown(error: Error): Error {
  const { status } = error as { status?: unknown };
  if (error instanceof CollimateError || typeof status !== 'number' || status < 400 || status >= 500) return error;
  return new CollimateError('USAGE', `the request cannot be read: ${error.message}`, 'See /api/openapi.json.');
}
