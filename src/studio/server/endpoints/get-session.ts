import { basename } from 'node:path';
import { readCaller } from '../caller.ts';
import type { Handler } from '../endpoint.ts';

/** The caller, without refusing anybody: a cookie that is over is a stranger's. */
export const getSession: Handler<'getSession'> = async ({ studio, context }) => {
  const caller = await readCaller(studio, context).catch(() => null);
  return {
    setUpNeeded: studio.setUp.token !== null,
    user: caller && { id: caller.id, name: caller.name, email: caller.email, role: caller.role },
    project: { name: basename(studio.project.dir) },
    version: studio.version,
  };
};
