// Where the pictures of the project are.

import { addressOf } from './base.ts';

/** The address of a picture, by the hash of its file; with `width` a smaller one. */
export function imageUrl(hash: string, width?: 128 | 256 | 512): string {
  return addressOf('getImageFile', { params: { hash }, query: { width } });
}
