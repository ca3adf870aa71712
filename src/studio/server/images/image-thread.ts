// The thread of image-worker.ts. It looks at the size before decoding; what cannot be decoded is refused.

import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import sharp from 'sharp';
import { CAREFUL } from '../../../pictures/outside.ts';
import { reencodePicture } from '../../../pictures/reencode.ts';
import { answerTasks } from '../thread.ts';
import type { ImageTask } from './image-worker.ts';

answerTasks<ImageTask>((task) => (task.kind === 'reencode' ? reencodePicture(task.bytes) : shrink(task)));

async function shrink({ from, to, width }: Extract<ImageTask, { kind: 'shrink' }>): Promise<null> {
  const temporary = `${to}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await sharp(from, CAREFUL).resize({ width, withoutEnlargement: true }).webp({ quality: 85 }).toFile(temporary);
    renameSync(temporary, to);
    return null;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
