// The EXIF data of PNG, JPEG, WebP, AVIF and TIFF files, as far as programs that draw write into it.

import readTags from 'exif-reader';
import { findInAvif } from './avif-exif.ts';
import { readPngChunk } from './png-text.ts';

export interface ExifTexts {
  /** The user comment. */
  readonly comment?: string | undefined;
  /** The model of the camera, where ComfyUI keeps its graph in WebP files. */
  readonly model?: string | undefined;
}

/** Undefined where there are none, or none that can be read. */
export function readExif(file: Uint8Array): ExifTexts | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  try {
    const exif =
      readPngChunk(bytes, 'eXIf') ?? findInJpeg(bytes) ?? findInWebp(bytes) ?? findInAvif(bytes) ?? asTiff(bytes);
    if (!exif) return undefined;
    const { Photo, Image, bigEndian } = readTags(exif);
    // Some programs put it among the tags of the picture, where none of this name belongs.
    const comment = toBytes(
      Photo?.UserComment ?? (Image as Readonly<Record<number, unknown>> | undefined)?.[USER_COMMENT],
    );
    const model: unknown = Image?.Model;
    return {
      comment: comment && decodeComment(comment, bigEndian),
      model: typeof model === 'string' ? model : undefined,
    };
  } catch {
    return undefined;
  }
}

const USER_COMMENT = 0x9286;

/** The tag is of bytes of any kind; programs write it as bytes that are numbers, and as a text, as well. */
function toBytes(value: unknown): Buffer | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  return value instanceof Uint8Array || Array.isArray(value) ? Buffer.from(value as Uint8Array) : undefined;
}

/** The segment APP1 with `Exif`, among those before the picture's data. */
function findInJpeg(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; ) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (bytes[at + 1] === 0xe1 && bytes.toString('latin1', at + 4, at + 10) === 'Exif\0\0')
      return bytes.subarray(at + 10, end);
    at = end;
  }
  return undefined;
}

function findInWebp(bytes: Buffer): Buffer | undefined {
  const name = (at: number) => bytes.toString('latin1', at, at + 4);
  if (name(0) !== 'RIFF' || name(8) !== 'WEBP') return undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    if (name(at) === 'EXIF') {
      const data = bytes.subarray(at + 8, at + 8 + size);
      return data.toString('latin1', 0, 6) === 'Exif\0\0' ? data.subarray(6) : data;
    }
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** How TIFF begins, whose tags EXIF data are, in either order of bytes. */
const TIFF = ['II*\0', 'MM\0*'];

function asTiff(bytes: Buffer): Buffer | undefined {
  return TIFF.includes(bytes.toString('latin1', 0, 4)) ? bytes : undefined;
}

const CODES: readonly string[] = ['ASCII\0\0\0', 'JIS\0\0\0\0\0', '\0\0\0\0\0\0\0\0'];

/** Eight bytes say how the rest is written (Exif 2.32, UserComment); without them it is a text as it stands. */
function decodeComment(comment: Buffer, bigEndian: boolean): string {
  const [code, rest] = [comment.toString('latin1', 0, 8), comment.subarray(8)];
  if (code !== 'UNICODE\0') return (CODES.includes(code) ? rest : comment).toString('utf8').replace(/\0+$/, '');
  // Programs do not agree whether the file's order of bytes holds here: where half of the letters are Latin, the zeros tell.
  const zeros = (offset: number) => rest.filter((byte, i) => i % 2 === offset && byte === 0).length;
  const [even, odd] = [zeros(0), zeros(1)];
  const high = even === odd ? bigEndian : even > odd;
  const whole = Buffer.from(rest.subarray(0, rest.length - (rest.length % 2)));
  return (high ? whole.swap16() : whole).toString('utf16le').replace(/\0+$/, '');
}
