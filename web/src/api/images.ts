// Where the pictures of the project are.

import { formatUrl } from '../../../src/studio/contract/client.ts';

/** The address of a picture, by the hash of its file; with `width` a smaller one. */
export function imageUrl(hash: string, width?: 128 | 256 | 512): string {
  return formatUrl('getImageFile', { params: { hash }, query: { width } });
}
