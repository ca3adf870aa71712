// Which file does which kind of work.

import type { WorkKind } from '../project/work/kinds.ts';
import type { WorkMaker } from './bench.ts';

interface KnownKind {
  /** Items that take minutes are taken one by one, so that every worker has one. */
  readonly isLong: boolean;
  load(): Promise<WorkMaker>;
}

export const HANDLERS: { readonly [K in WorkKind]: KnownKind } = {
  draw: { isLong: false, load: async () => (await import('./draw-handler.ts')).draw },
  embed: { isLong: false, load: async () => (await import('./embed-handler.ts')).embed },
  encode: { isLong: true, load: async () => (await import('./encode-handler.ts')).encode },
  tune: { isLong: true, load: async () => (await import('./tune-handler.ts')).tune },
  cell: { isLong: true, load: async () => (await import('./cell-handler.ts')).cell },
};
