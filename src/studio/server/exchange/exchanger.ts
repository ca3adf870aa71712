// A thread with a connection of its own that writes and reads files of other programs: large ones take seconds, in which those
// who rate must not wait.

import type { exportProject, FormatName, importFile } from '../../../method/exchange/formats.ts';
import type { ProjectSource } from '../project-thread.ts';
import { createThread } from '../thread.ts';

export type ExchangeTask =
  | { readonly kind: 'export'; readonly format: FormatName; readonly out: string }
  | { readonly kind: 'import'; readonly format: FormatName; readonly path: string; readonly skipBad: boolean };

type Exported = Awaited<ReturnType<typeof exportProject>>;
type Imported = Awaited<ReturnType<typeof importFile>>;

export interface Exchanger {
  /** Writes the project to `out`. @throws CollimateError as `exportProject` */
  export(format: FormatName, out: string): Promise<Exported>;
  /** Stores what the file at `path` holds, without what is wrong where that is asked for. @throws CollimateError as `importFile` */
  import(format: FormatName, path: string, skipBad: boolean): Promise<Imported>;
  close(): Promise<void>;
}

export function createExchanger(source: ProjectSource): Exchanger {
  const thread = createThread<ExchangeTask, Exported | Imported>('./exchange-thread', import.meta.url, source);
  return {
    export: (format, out) => thread.ask({ kind: 'export', format, out }) as Promise<Exported>,
    import: (format, path, skipBad) => thread.ask({ kind: 'import', format, path, skipBad }) as Promise<Imported>,
    close: () => thread.close(),
  };
}
