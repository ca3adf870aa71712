// `collimate studio`: serves rating and steering of one project in the browser until it is stopped.

import type { Command } from 'commander';
import { hidePassword } from '../project/config/database-url.ts';
import { mayWrite } from '../project/database/may-write.ts';
import { openProject, type Project } from '../project/project.ts';
import { parseTrustedProxies } from '../studio/server/client-address.ts';
import { type RunningStudio, serveStudio } from '../studio/server/serve.ts';
import { CONNECT_WITHIN_MS } from '../studio/server/studio.ts';
import { findWebApp } from '../studio/server/web-app.ts';
import type { WebhookOptions } from '../studio/server/webhook.ts';
import { CollimateError } from '../util/errors.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags, readConfigFlags } from './flags.ts';
import { wholeNumber } from './numbers.ts';

const ONLY_SHOWN =
  'its pages are shown and nothing is stored; who signs in or sets it up here is forgotten when the studio stops.';

interface Options {
  port: number;
  host: string;
  url?: string;
  trustProxy?: string;
  webhook?: string;
  oidcIssuer?: string;
  oidcClient?: string;
  oidcName: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .argument('[project]', 'folder of the project; default the nearest one')
    .option('--port <number>', 'port to listen on; 0 takes any that is free', wholeNumber(0, 65_535), 4173)
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all of this machine', '127.0.0.1')
    .option(
      '--url <address>',
      'what people type where a proxy with TLS stands in front: https://studio.example.org, or with a path',
    )
    .option(
      '--trust-proxy <proxies>',
      'believe X-Forwarded-For of the proxies in front: how many there are (1), or their addresses (127.0.0.1,10.0.0.0/8)',
    )
    .option('--oidc-issuer <address>', 'sign people in by this OpenID Connect provider too: https://login.example.org')
    .option('--oidc-client <id>', 'what the provider calls this studio; its secret comes in COLLIMATE_OIDC_SECRET')
    .option('--oidc-name <name>', 'what the button of the provider says', 'Single sign-on')
    .option(
      '--webhook <address>',
      'send what has been reached there, as JSON: a quarter of the answers, a finished study, an ended job, a rater of whom a rule spoke',
    );
  addConfigFlags(command, ['studio']);
  command.action(async (dir: string | undefined, options: Options) => {
    const flags = readConfigFlags(command);
    const trustProxy = options.trustProxy === undefined ? undefined : parseTrustedProxies(options.trustProxy);
    const project = await openProject(dir ?? context.options().project ?? '.', {
      env: context.env,
      flags,
      connectWithinMs: CONNECT_WITHIN_MS,
    });
    try {
      await refuseReader(project);
      const webDir = await findWebApp(context.tell);
      const studio = await serveStudio({
        project,
        flags,
        host: options.host,
        port: options.port,
        publicUrl: readUrl(options.url),
        trustProxy,
        singleSignOn: readSingleSignOn(options, context.env),
        webhook: readWebhook(options.webhook, context.env),
        webDir,
        env: context.env,
        log: context.tell,
      });
      if (project.readOnly) context.tell(`${project.dir} cannot be written: ${ONLY_SHOWN}`);
      warnWithoutTls(context, options);
      announce(context, studio, project.dir);
      await aborted(context.signal);
      await studio.close();
    } finally {
      await project.close();
    }
  });
  addExamples(command, [
    'studio',
    'studio demo --port 8080',
    'studio --url https://studio.example.org --trust-proxy 1',
    'studio --webhook https://chat.example.org/hooks/1',
    'studio --port 4174 --url https://example.org/dogs --trust-proxy 1',
  ]);
}

/** An archive is served from a copy; of a database of others there is none, and signing in writes to it. */
async function refuseReader({ db, config }: Project): Promise<void> {
  if (await mayWrite(db)) return;
  throw new CollimateError(
    'USAGE',
    `studio: the user of ${hidePassword(config.database)} may only read, and who signs in or answers writes`,
    'Name a user that may write with --database. status, quality, raters, lineage, export and report (with --out) work as this one.',
  );
}

function readUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && !url.search && !url.hash && /^[\w./~-]*$/.test(url.pathname);
  if (isPlain && (url.protocol === 'https:' || url.protocol === 'http:'))
    return (url.origin + url.pathname).replace(/\/+$/, '');
  throw new CollimateError(
    'USAGE',
    `--url: expected an address such as https://studio.example.org or https://example.org/studio, got ${JSON.stringify(text)}`,
    'Name what people type, with the path below which the proxy serves the studio.',
  );
}

/** The secret that signs comes from the environment alone: what stands on a command line, others on this machine can read. */
function readWebhook(url: string | undefined, env: NodeJS.ProcessEnv): WebhookOptions | undefined {
  if (url === undefined) return undefined;
  if (URL.canParse(url) && /^https?:/.test(url)) return { url, secret: env.COLLIMATE_WEBHOOK_SECRET };
  throw new CollimateError(
    'USAGE',
    `--webhook: expected an address such as https://chat.example.org/hooks/1, got ${JSON.stringify(url)}`,
    'Name what takes JSON by POST.',
  );
}

function readSingleSignOn(
  { oidcIssuer: issuer, oidcClient: clientId, oidcName: name, url }: Options,
  env: NodeJS.ProcessEnv,
) {
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer !== undefined && URL.canParse(issuer) && clientId !== undefined && url !== undefined)
    return { issuer, clientId, name, clientSecret: env.COLLIMATE_OIDC_SECRET };
  throw new CollimateError(
    'USAGE',
    'single sign-on: expected --oidc-issuer, an address, with --oidc-client and --url',
    'The provider sends people back to the address of --url, with /api/sign-in/callback behind it.',
  );
}

function warnWithoutTls({ tell }: CliContext, { host, url }: Options): void {
  const local = ['127.0.0.1', '::1', 'localhost'].includes(host);
  if (local || url?.startsWith('https:')) return;
  tell(
    `everyone who reaches ${host} can read what raters send, passwords too. Put a proxy with TLS in front and name it with --url https://…`,
    'warning',
  );
}

function announce(context: CliContext, { url, setUpToken }: RunningStudio, dir: string): void {
  const address = setUpToken ? `${url}/setup?token=${setUpToken}` : url;
  const first = setUpToken ? '\nThe address makes you the owner; it works once.' : '';
  context.print({ url: address, project: dir }, `${address}${first}\nServing ${dir}. Ctrl+C stops; jobs go on.`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
