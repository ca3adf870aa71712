// What workers can be asked for. A kind of work is what its items make; the version of its data is part of its name, so that a
// worker of another release leaves alone what it cannot read.

/** Kinds of work with the version of their data. */
export const WORK_KINDS = { draw: 1, embed: 1, encode: 1, tune: 1, cell: 1 } as const;

export type WorkKind = keyof typeof WORK_KINDS;

/** One thing to make. */
export interface WorkItem {
  /** What it makes: two items with one key are one. */
  readonly key: string;
  readonly data: object;
}

/** Items of one kind that are made with the same files: a queue. */
export interface WorkTopic {
  readonly kind: WorkKind;
  /** The hash of those files: a worker that holds them open takes such items first. */
  readonly files: string;
}

/** `draw-1-0123456789abcdef`. */
export function topicName({ kind, files }: WorkTopic): string {
  return `${kind}-${WORK_KINDS[kind]}-${files.slice(0, 16)}`;
}

/** The kind of a queue, where this release can read its items. */
export function kindOfTopic(name: string): WorkKind | undefined {
  const [kind, version] = name.split('-');
  const known = Object.entries(WORK_KINDS).find(([own, current]) => own === kind && String(current) === version);
  return known?.[0] as WorkKind | undefined;
}
