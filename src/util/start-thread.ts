// Starting a thread from a file of ours, in a clone and in the package.

import { Worker } from 'node:worker_threads';

/**
 * A thread that runs `file` (without its extension, relative to `base`, an `import.meta.url`). In a clone it runs the
 * TypeScript source, as the caller does; tsx is not handed down to threads by itself.
 */
export function startThread(file: string, base: string, workerData: unknown): Worker {
  if (!base.endsWith('.ts')) return new Worker(new URL(`${file}.js`, base), { workerData });
  const [tsx, source] = [import.meta.resolve('tsx/esm/api'), new URL(`${file}.ts`, base).href];
  const start = `import(${JSON.stringify(tsx)}).then(({ register }) => (register(), import(${JSON.stringify(source)})))`;
  return new Worker(start, { eval: true, workerData });
}
