// Bytes by name, in a folder or in a bucket: what several machines share of a project beside its database. The makers are
// folder.ts and s3.ts; nobody else knows where the bytes are.

/** One object, as a list tells of it. */
export interface StoredObject {
  /** With `/` between its parts, such as `images/ab/abcdef….png`. */
  readonly name: string;
  readonly bytes: number;
}

/** A store of objects. A name is written once and holds the same bytes ever after, or is removed. */
export interface Objects {
  /** For people: the folder, or `s3://bucket/prefix`. */
  readonly place: string;
  /** Stores bytes, or the content of the file at a path, whole or not at all. */
  put(name: string, content: Uint8Array | string): Promise<void>;
  /** Undefined where there is no such object. */
  get(name: string): Promise<Buffer | undefined>;
  /** Writes an object to a file, whole or not at all; false where there is no such object. */
  fetch(name: string, path: string): Promise<boolean>;
  has(name: string): Promise<boolean>;
  /** One that is not there is none. */
  remove(name: string): Promise<void>;
  /** All objects whose names start so, by name. */
  list(prefix: string): AsyncIterable<StoredObject>;
  close(): void;
}
