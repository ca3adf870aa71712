// What every endpoint works with: the open project and the helpers that live as long as the server.

import type { Context } from 'hono';
import type { LoadedConfig } from '../../project/config/config-load.ts';
import type { Project } from '../../project/project.ts';
import type { AttemptLimit } from './attempts.ts';
import type { Auth } from './auth.ts';
import type { CallerLookup } from './caller-lookup.ts';
import type { Devices } from './devices.ts';
import type { Exchanger } from './exchange/exchanger.ts';
import type { ImageWorker } from './images/image-worker.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { RatingDesk } from './rating/desk.ts';
import type { ReadSessionToken } from './session-tokens.ts';
import type { SetUp } from './set-up.ts';
import type { Reader } from './steering/reader.ts';

/** How long a request may wait for a connection to the database: whoever looks at a page is told soon. */
export const CONNECT_WITHIN_MS = 4_000;

export interface Studio {
  readonly project: Project;
  readonly auth: Auth;
  readonly readSessionToken: ReadSessionToken;
  readonly callers: CallerLookup;
  readonly setUp: SetUp;
  readonly desk: RatingDesk;
  readonly images: ImageWorker;
  readonly jobs: Jobs;
  readonly reader: Reader;
  readonly exchanger: Exchanger;
  /** Failed guesses of passwords. */
  readonly attempts: { readonly bySubject: AttemptLimit; readonly byAddress: AttemptLimit };
  readonly devices: Devices;
  /** The network address of who asks. */
  addressOf(context: Context): string;
  /** What the button of the provider says, where there is one. */
  readonly singleSignOnName: string | null;
  readonly version: string;
  /** The configuration as the file has it now. */
  readProjectConfig(): LoadedConfig & { dir: string };
  /** Writes a line to the server's log. */
  log(line: string): void;
}
