// What a file of a folder of pictures is, told by its name alone: what can be read, and what can only be counted.

import { PICTURE_NAME } from './outside.ts';

/** Pictures of other kinds, and moving ones. */
const OTHER_PICTURE = /\.(heic|heif|jxl|bmp|svg|ico|jp2|psd|tga|exr|raw|dng|mp4|mov|webm|mkv|avi)$/i;
/** What macOS, Windows and others leave in folders and archives. */
const SYSTEM = /(^|\/)(__MACOSX|\.[^/]*)(\/|$)|(^|\/)(Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r)$/i;

const METADATA = /(^|\/)metadata\.(jsonl|ndjson|csv|tsv|parquet)$/i;
/** A caption beside its picture, as most trainers have it and as kohya's scripts do. */
const CAPTION = /\.(txt|caption)$/i;

export type FileKind = 'picture' | 'metadata' | 'caption' | 'other picture' | 'system' | 'other';

const KINDS: readonly (readonly [FileKind, RegExp])[] = [
  ['system', SYSTEM],
  ['metadata', METADATA],
  ['picture', PICTURE_NAME],
  ['caption', CAPTION],
  ['other picture', OTHER_PICTURE],
];

/**
 * The kind of a file by its name, with slashes.
 *
 * @example
 * kindOfFile('train/._a.png'); // 'system'
 */
export function kindOfFile(name: string): FileKind {
  return KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}
