// Folders of one process in the cache that the workers of a machine share: others may be at the same work.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../project/database/lock.ts';

/** An empty folder `NAME-PID` in `dir`; those of processes that were killed are removed. */
export function makeScratch(dir: string, name: string): string {
  mkdirSync(dir, { recursive: true });
  for (const entry of readdirSync(dir)) {
    const pid = entry.startsWith(`${name}-`) ? Number(entry.slice(name.length + 1)) : Number.NaN;
    const isLeft = pid === process.pid || !isAlive({ pid, host: hostname(), processStart: null });
    if (Number.isInteger(pid) && isLeft) rmSync(join(dir, entry), { recursive: true, force: true });
  }
  const scratch = join(dir, `${name}-${process.pid}`);
  mkdirSync(scratch);
  return scratch;
}
