// Pictures inside the page: PNG files as data URIs, each read once; the browser enlarges small ones without smoothing. Which
// ones there are is known once the page is written, so it is written twice.

import type { BlobStore } from '../../project/images/blobs.ts';
import { type Html, html } from './html.ts';

/** Makes an image element of a stored picture; nothing where its file is gone. */
export type PictureTag = (hash: string, alt: string) => Html;

/** Widest picture whose pixels are meant to be seen as squares. */
const PIXEL_ART = 64;

/** What `render` writes with the pictures that it asks for. */
export async function renderWithPictures(blobs: BlobStore, render: (picture: PictureTag) => string): Promise<string> {
  const asked = new Set<string>();
  render((hash) => {
    asked.add(hash);
    return html``;
  });
  const there = await blobs.findBlobs(asked);
  const read = await blobs.openReader(there);
  const known = new Map([...there].map((hash) => [hash, readPng(read(hash))]));
  return render((hash, alt) => {
    const picture = known.get(hash);
    if (!picture) return html`<span class="note">The picture is no longer in the project.</span>`;
    const { uri, width, height } = picture;
    return html`<img class="${width <= PIXEL_ART ? 'px' : 'photo'}" src="${uri}" alt="${alt}" width="${width}" height="${height}">`;
  });
}

/** A PNG file says its size at a fixed place (PNG specification, 11.2.2). */
function readPng(bytes: Buffer): { uri: string; width: number; height: number } {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return { uri: `data:image/png;base64,${bytes.toString('base64')}`, width, height };
}
