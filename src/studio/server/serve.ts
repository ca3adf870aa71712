// Starting and stopping the studio: what lives as long as the server, and the listening socket.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type ServerType, serve } from '@hono/node-server';
import { openQueue, PURPOSE } from '../../method/feedback/queue/open-queue.ts';
import type { ConfigFlag } from '../../project/config/config-load.ts';
import type { Database } from '../../project/database/database.ts';
import { hasAccounts } from '../../project/people/accounts.ts';
import { listApiTokens } from '../../project/people/api-tokens.ts';
import { ADDRESS, putState, readOrMakeState } from '../../project/people/studio-state.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { createApp } from './app.ts';
import { createAttemptLimit } from './attempts.ts';
import { createAuth } from './auth.ts';
import { createCallerLookup } from './caller-lookup.ts';
import { createAddressReader, type TrustedProxies } from './client-address.ts';
import { createConfigReader } from './config-reader.ts';
import { createDevices } from './devices.ts';
import { createExchanger } from './exchange/exchanger.ts';
import { createImageWorker } from './images/image-worker.ts';
import { createJobs } from './jobs/jobs.ts';
import { createRatingDesk } from './rating/desk.ts';
import { createSessionTokens } from './session-tokens.ts';
import { createSetUp } from './set-up.ts';
import type { SingleSignOn } from './single-sign-on.ts';
import { endSlowBodies } from './slow-bodies.ts';
import { createReader } from './steering/reader.ts';
import type { Studio } from './studio.ts';
import { type WebhookOptions, watchMilestones } from './webhook.ts';

export interface ServeOptions {
  project: Project;
  /** Flags that the project was opened with. */
  flags: readonly ConfigFlag[];
  host: string;
  /** 0 takes one that is free. */
  port: number;
  /** The address that people use, where a proxy stands in front. */
  publicUrl?: string | undefined;
  /** The proxies whose headers say where a request comes from. */
  trustProxy?: TrustedProxies | undefined;
  /** Who else says who somebody is. It needs `publicUrl`. */
  singleSignOn?: SingleSignOn | undefined;
  /** Who is told what has been reached. */
  webhook?: WebhookOptions | undefined;
  webDir: string;
  /** The clock of waits after failed passwords. */
  clock?: () => number;
  env: NodeJS.ProcessEnv;
  log(line: string): void;
}

export interface RunningStudio {
  /** The address to open, without a token. */
  url: string;
  port: number;
  /** Makes the owner; null once there is one. */
  setUpToken: string | null;
  studio: Studio;
  /** Finishes the answers that have come, then stops. */
  close(): Promise<void>;
}

/** @throws CollimateError USAGE where the port is taken. */
export async function serveStudio(options: ServeOptions): Promise<RunningStudio> {
  const { project, host, publicUrl, log } = options;
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const secret = await readOrMakeState(project.db, 'cookie-secret', () => randomBytes(32).toString('hex'));
  const baseUrl = publicUrl ?? `http://${host}`;
  const readConfig = createConfigReader(project.dir, { env: options.env, flags: options.flags });
  const source = { dir: project.dir, env: plainEnvironment(options.env), flags: options.flags };
  const studio: Studio = {
    project,
    auth: createAuth(project.db, { secret, baseUrl, singleSignOn: options.singleSignOn }),
    readSessionToken: createSessionTokens(secret, baseUrl.startsWith('https:')),
    callers: createCallerLookup(project.db),
    setUp: createSetUp(!(await hasAccounts(project.db))),
    attempts: { bySubject: createAttemptLimit(10, options.clock), byAddress: createAttemptLimit(50, options.clock) },
    devices: createDevices(secret, baseUrl),
    addressOf: createAddressReader(options.trustProxy, log),
    images: createImageWorker(),
    jobs: createJobs(project, source),
    desk: createRatingDesk(project.db, () => readConfig().config),
    reader: createReader(source),
    exchanger: createExchanger(source),
    readProjectConfig: readConfig,
    singleSignOnName: options.singleSignOn?.name ?? null,
    version,
    log,
  };
  await tellRefused(project.db, log);
  // Before anybody waits for an image: a changed configuration may put all of them in another order.
  await openQueue(project.db, readConfig().config, PURPOSE);
  const app = createApp(studio, {
    webDir: options.webDir,
    publicUrl,
    singleSignOn: options.singleSignOn,
    behindProxy: options.trustProxy !== undefined,
  });
  const { server, port } = await listen(app.fetch, options);
  const url = publicUrl ?? `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`;
  // For links that are made on the command line.
  await putState(project.db, ADDRESS, url);
  const endWebhook = options.webhook && !project.readOnly ? watchMilestones(studio, options.webhook) : undefined;
  return {
    url,
    port,
    setUpToken: studio.setUp.token,
    studio,
    async close() {
      await stop(server as Server);
      await endWebhook?.();
      await Promise.all([studio.images, studio.reader, studio.exchanger].map((thread) => thread.close()));
    },
  };
}

/** Tokens of before tokens belonged to accounts may have lost their maker, and are refused: said here, since they ask at night. */
async function tellRefused(db: Database, log: (line: string) => void): Promise<void> {
  const refused = (await listApiTokens(db)).filter(({ works }) => !works);
  if (refused.length === 0) return;
  const names = refused.map(({ name, createdBy }) => `${name} (made by ${createdBy})`).join(', ');
  log(
    `${refused.length} ${refused.length === 1 ? 'token is' : 'tokens are'} refused, since who made ${refused.length === 1 ? 'it' : 'them'} is not known or no admin any more: ${names}. Make new ones in the studio, Settings → Tokens.`,
  );
}

/** The environment as data that a thread can be given. */
function plainEnvironment(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return { ...env };
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: ServeOptions,
): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (info) => resolve({ server, port: info.port }));
    endSlowBodies(server as Server);
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new CollimateError(
      'USAGE',
      `port ${port} of ${host} is taken`,
      'Name another with --port, or --port 0 for any that is free.',
    );
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES' || error.code === 'ENOTFOUND')
    return new CollimateError(
      'USAGE',
      `${host}:${port} cannot be served from here (${error.code})`,
      'Name another address with --host or --port.',
    );
  return error;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Streams of events have no end of their own, and an upload may never come to one.
    const patience = setTimeout(() => server.closeAllConnections(), 1000);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
