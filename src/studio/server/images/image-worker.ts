// A thread that decodes pictures, so that the event loop never does: small versions of stored images, and uploads.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ReencodedPicture } from '../../../pictures/reencode.ts';
import { createThread } from '../thread.ts';

export type ImageTask =
  | { readonly kind: 'shrink'; readonly from: string; readonly to: string; readonly width: number }
  | { readonly kind: 'reencode'; readonly bytes: Uint8Array };

export interface ImageWorker {
  /** Writes a WebP of at most `width` pixels across to `to`. */
  shrink(from: string, to: string, width: number): Promise<void>;
  /** Decodes an uploaded picture and writes it anew as PNG, without metadata. @throws CollimateError USAGE */
  reencode(bytes: Uint8Array): Promise<ReencodedPicture>;
  close(): Promise<void>;
}

export function createImageWorker(): ImageWorker {
  const thread = createThread<ImageTask, ReencodedPicture | null>('./image-thread', import.meta.url);
  return {
    async shrink(from, to, width) {
      mkdirSync(dirname(to), { recursive: true });
      await thread.ask({ kind: 'shrink', from, to, width });
    },
    reencode: async (bytes) => (await thread.ask({ kind: 'reencode', bytes }))!,
    close: () => thread.close(),
  };
}
