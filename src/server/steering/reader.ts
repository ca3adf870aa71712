// A thread with a connection of its own for whatever reads much: overview, statistics, curves, verdicts. The event loop
// stays free for those who rate.

import { createThread } from '../thread.ts';
import type { ReadInput, ReadName, ReadOutput } from './reads.ts';

/** How the thread opens the project. */
export interface ReaderSource {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly { path: string; flag: string; text: string }[];
}

export interface ReadTask {
  readonly name: ReadName;
  readonly input: unknown;
}

export interface Reader {
  read<Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>>;
  close(): Promise<void>;
}

export function createReader(source: ReaderSource): Reader {
  const thread = createThread<ReadTask, unknown>('./reader-thread', import.meta.url, source);
  return {
    read: <Name extends ReadName>(name: Name, input: ReadInput<Name>) =>
      thread.ask({ name, input }) as Promise<ReadOutput<Name>>,
    close: () => thread.close(),
  };
}
