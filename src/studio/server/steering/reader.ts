// A thread with a connection of its own for whatever reads much: overview, statistics, curves, verdicts. The event loop
// stays free for those who rate.

import type { ProjectSource } from '../project-thread.ts';
import { createThread } from '../thread.ts';
import type { ReadInput, ReadName, ReadOutput } from './reads.ts';

export interface ReadTask {
  readonly name: ReadName;
  readonly input: unknown;
}

export interface Reader {
  read<Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>>;
  close(): Promise<void>;
}

export function createReader(source: ProjectSource): Reader {
  const thread = createThread<ReadTask, unknown>('./reader-thread', import.meta.url, source);
  return {
    read: <Name extends ReadName>(name: Name, input: ReadInput<Name>) =>
      thread.ask({ name, input }) as Promise<ReadOutput<Name>>,
    close: () => thread.close(),
  };
}
