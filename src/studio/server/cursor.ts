// Where a page ended, as text that clients hand back unread.

import { CollimateError } from '../../util/errors.ts';

type Place = readonly [key: string | number, id: string];

export function writeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws CollimateError USAGE for a text that `writeCursor` did not make. */
export function readCursor(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined;
  const place = parse(text);
  if (Array.isArray(place) && place.length === 2 && isKey(place[0]) && typeof place[1] === 'string')
    return [place[0], place[1]];
  throw new CollimateError('USAGE', 'the cursor is none that this API gave', 'Begin at the first page, without one.');
}

function isKey(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}
