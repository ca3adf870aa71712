// Whether the studio works.

import { setTimeout as sleep } from 'node:timers/promises';
import { hasAccounts } from '../../../project/people/accounts.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Endpoints, Handler } from '../endpoint.ts';

/** Watchers give up soon themselves, and a database that needs this long for a row helps nobody. */
const PATIENCE_MS = 3000;

const getHealth: Handler<'getHealth'> = async ({ studio }) => {
  const stop = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: stop.signal }).then(
    () => {
      throw new CollimateError('UNAVAILABLE', `the database did not answer in ${PATIENCE_MS / 1000} s`, 'Try again.', {
        retryAfter: 5,
      });
    },
    () => undefined,
  );
  try {
    await Promise.race([hasAccounts(studio.project.db), late]);
  } finally {
    stop.abort();
  }
  return { ok: true, database: 'answers', version: studio.version };
};

export const healthEndpoints = { getHealth } satisfies Partial<Endpoints>;
