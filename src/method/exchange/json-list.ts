// A JSON file that is one list, read element by element: it may be larger than the longest text that JavaScript has.

import { createReadStream, lstatSync } from 'node:fs';
import { wrong } from './columns.ts';
import { MOST_TEXT } from './folder.ts';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * The elements of the list in the file at `path`, one after the other; only one is in memory.
 *
 * @param what they are, for errors: `tasks`
 * @throws CollimateError USAGE where it is no such file; elements before the fault have been given by then
 */
export async function* readJsonList(path: string, what: string): AsyncGenerator<unknown> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) throw wrong(path, 'expected a file');
  const cutter = createCutter(path, what);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield* cutter.take(chunk as Buffer);
  cutter.end();
}

/** Finds the commas and brackets of the outermost list; what stands between them is `JSON.parse`'s business. */
function createCutter(path: string, what: string) {
  let state: 'before' | 'list' | 'after' = 'before';
  let [depth, size, count] = [0, 0, 0];
  let [isText, isEscaped, isMarked] = [false, false, true];
  let parts: Buffer[] = [];

  const keep = (part: Buffer) => {
    size += part.length;
    if (size > MOST_TEXT) throw wrong(`${path} element ${count + 1}`, 'more than 512 MB');
    if (part.length > 0) parts.push(part);
  };
  const parse = (isLast: boolean): unknown[] => {
    const text = decode(path, Buffer.concat(parts));
    [parts, size] = [[], 0];
    if (isLast && count === 0 && text.trim() === '') return [];
    count++;
    try {
      return [JSON.parse(text)];
    } catch (error) {
      throw wrong(path, `no JSON (element ${count}: ${(error as Error).message})`);
    }
  };
  /** Goes on behind one byte that is in no text; says whether an element ends with it. */
  const step = (byte: number): boolean => {
    if (byte === QUOTE) isText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_OBJECT) depth--;
    else if (byte === CLOSE_LIST && depth-- === 0) state = 'after';
    return (byte === COMMA && depth === 0) || state === 'after';
  };

  return {
    *take(chunk: Buffer): Generator<unknown> {
      let start = 0;
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i]!;
        if (isText) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) isText = false;
        } else if (state === 'list') {
          if (!step(byte)) continue;
          keep(chunk.subarray(start, i));
          yield* parse(state !== 'list');
          start = i + 1;
        } else if (state === 'before' && byte === OPEN_LIST) {
          [state, start] = ['list', i + 1];
        } else if (!isBlank(byte) && !(isMarked && BYTE_ORDER_MARK.includes(byte))) {
          throw wrong(path, state === 'before' ? `expected a list of ${what}` : 'something stands behind the list');
        }
        isMarked &&= BYTE_ORDER_MARK.includes(byte);
      }
      if (state === 'list') keep(chunk.subarray(start));
    },
    end() {
      if (state === 'before') throw wrong(path, `expected a list of ${what}, got an empty file`);
      if (state === 'list') throw wrong(path, 'no JSON (the list has no end)', 'The file is cut; fetch it again.');
    },
  };
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw wrong(path, 'the file is no UTF-8 text', 'Nothing was stored; save the file as UTF-8 and import it again.');
  }
}
