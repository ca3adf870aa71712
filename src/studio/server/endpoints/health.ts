// Whether the studio works.

import { setTimeout as sleep } from 'node:timers/promises';
import { hasAccounts } from '../../../project/people/accounts.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Endpoints, Handler } from '../endpoint.ts';

/** Watchers give up soon themselves, and a database that needs this long for a row helps nobody. */
const PATIENCE_MS = 3000;

/** No object is called so; that the question is answered is what counts. */
const PROBE = 'health';

const getHealth: Handler<'getHealth'> = async ({ studio }) => {
  const { db, objects } = studio.project;
  const stop = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: stop.signal }).then(
    () => {
      throw new CollimateError(
        'UNAVAILABLE',
        `the database or the objects did not answer in ${PATIENCE_MS / 1000} s`,
        'Try again.',
        {
          retryAfter: 5,
        },
      );
    },
    () => undefined,
  );
  try {
    await Promise.race([Promise.all([hasAccounts(db), objects?.has(PROBE)]), late]);
  } finally {
    stop.abort();
  }
  return { ok: true, database: 'answers', objects: objects ? 'answer' : 'folder', version: studio.version };
};

export const healthEndpoints = { getHealth } satisfies Partial<Endpoints>;
