// How many threads compute one operation.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const CPUS = '/sys/devices/system/cpu';

let cores: number | undefined;

/**
 * The threads to ask ONNX Runtime for where `asked` is 0. It would take as many by itself, but tie each to a core of its own,
 * where those of other programs and of its other sessions may be tied too. 0, its own choice, where the system does not tell.
 */
export function threadsOf(asked: number): number {
  cores ??= countCores();
  return asked || cores;
}

/** Cores that this process may use, the two threads of one counted once; 0 where that cannot be read, as on other systems than Linux. */
function countCores(): number {
  try {
    const folders = readdirSync(CPUS).filter((name) => /^cpu\d+$/.test(name));
    const siblings = folders.map((name) => readFileSync(join(CPUS, name, 'topology/thread_siblings_list'), 'utf8'));
    return Math.min(new Set(siblings).size, availableParallelism());
  } catch {
    return 0;
  }
}
