// What the readers of all formats are given.

import type { ImportNotes } from './notes.ts';

/** What an import reads, and what it may use. */
export interface Source {
  /** A file or folder. */
  readonly path: string;
  /** A folder for what has to be unpacked; it goes when the import is done. */
  readonly scratch: string;
  readonly notes: ImportNotes;
  /** A table of captions that lies elsewhere. */
  readonly captions?: string | undefined;
}
