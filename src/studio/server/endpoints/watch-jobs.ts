import { streamSSE } from 'hono/streaming';
import type { Handler } from '../endpoint.ts';
import { readJobs } from '../jobs/read-jobs.ts';

const INTERVAL_MS = 1000;
/** A comment now and then tells a dead connection from a quiet one. */
const QUIET_ROUNDS = 15;

export const watchJobs: Handler<'watchJobs'> = async ({ studio, context }) => {
  const response = streamSSE(context, async (stream) => {
    let sent = '';
    let quiet = 0;
    while (!stream.aborted) {
      const data = JSON.stringify(await readJobs(studio, 10));
      if (data !== sent) await stream.writeSSE({ event: 'jobs', data });
      else if (++quiet % QUIET_ROUNDS === 0) await stream.write(': still here\n\n');
      sent = data;
      await stream.sleep(INTERVAL_MS);
    }
  });
  response.headers.set('cache-control', 'no-store');
  response.headers.set('x-accel-buffering', 'no');
  return response;
};
