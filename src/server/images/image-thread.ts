// The thread of image-worker.ts. It looks at the size before decoding; what cannot be decoded is refused.

import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import sharp from 'sharp';
import { CollimateError } from '../../util/errors.ts';
import { answerTasks } from '../thread.ts';
import type { ImageTask, ReencodedImage } from './image-worker.ts';

/** More than any image model draws, and 160 MB when decoded. */
const MOST_PIXELS = 40_000_000;
const FORMATS: readonly string[] = ['png', 'jpeg', 'webp'];
const OPTIONS = { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 } as const;

answerTasks<ImageTask>((task) => (task.kind === 'reencode' ? reencode(Buffer.from(task.bytes)) : shrink(task)));

async function shrink({ from, to, width }: Extract<ImageTask, { kind: 'shrink' }>): Promise<null> {
  const temporary = `${to}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await sharp(from, OPTIONS).resize({ width, withoutEnlargement: true }).webp({ quality: 85 }).toFile(temporary);
    renameSync(temporary, to);
    return null;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function reencode(bytes: Buffer): Promise<ReencodedImage> {
  const { format, width = 0, height = 0 } = await refuseErrors(() => sharp(bytes, OPTIONS).metadata());
  if (!FORMATS.includes(format)) throw refused(`the file is ${format}, not PNG, JPEG or WebP`);
  if (width * height > MOST_PIXELS)
    throw refused(`the picture has ${width} × ${height} pixels, more than ${MOST_PIXELS / 1e6} million`);
  const { data, info } = await refuseErrors(() =>
    sharp(bytes, OPTIONS)
      .rotate()
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .png()
      .toBuffer({ resolveWithObject: true }),
  );
  return { png: data, width: info.width, height: info.height };
}

async function refuseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refused(`the file is no picture that can be read (${(error as Error).message.split('\n')[0]})`);
  }
}

function refused(message: string): CollimateError {
  return new CollimateError('USAGE', message, 'Send a whole PNG, JPEG or WebP picture.');
}
