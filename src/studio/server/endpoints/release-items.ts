import type { Handler } from '../endpoint.ts';

export const releaseItems: Handler<'releaseItems'> = async ({ studio, caller, body }) => {
  await studio.desk.release(caller.id, body.leases);
  return { ok: true };
};
