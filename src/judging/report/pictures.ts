// Pictures inside the page: PNG files as data URIs, each read once; the browser enlarges small ones without smoothing.

import type { BlobStore } from '../../project/images/blobs.ts';
import { type Html, html } from './html.ts';

/** Makes an image element of a stored picture; nothing where its file is gone. */
export type PictureTag = (hash: string, alt: string) => Html;

/** Widest picture whose pixels are meant to be seen as squares. */
const PIXEL_ART = 64;

export function pictureMaker(blobs: BlobStore): PictureTag {
  const known = new Map<string, { uri: string; width: number; height: number }>();
  const load = (hash: string) => {
    const found = known.get(hash) ?? readPng(blobs.getBlob(hash));
    known.set(hash, found);
    return found;
  };
  return (hash, alt) => {
    if (!blobs.hasBlob(hash)) return html`<span class="note">The picture is no longer in the project.</span>`;
    const { uri, width, height } = load(hash);
    return html`<img class="${width <= PIXEL_ART ? 'px' : 'photo'}" src="${uri}" alt="${alt}" width="${width}" height="${height}">`;
  };
}

/** A PNG file says its size at a fixed place (PNG specification, 11.2.2). */
function readPng(bytes: Buffer): { uri: string; width: number; height: number } {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return { uri: `data:image/png;base64,${bytes.toString('base64')}`, width, height };
}
