// Pictures inside the page: PNG files as data URIs, each read once; the browser enlarges them without smoothing.

import type { BlobStore } from '../store/blobs.ts';
import { type Html, html } from './html.ts';

/** Makes an image element of a stored picture; nothing where its file is gone. */
export type Picture = (hash: string, alt: string) => Html;

export function pictureMaker(blobs: BlobStore): Picture {
  const known = new Map<string, string>();
  const load = (hash: string): string => {
    const uri = known.get(hash) ?? `data:image/png;base64,${blobs.getBlob(hash).toString('base64')}`;
    known.set(hash, uri);
    return uri;
  };
  return (hash, alt) =>
    blobs.hasBlob(hash)
      ? html`<img class="px" src="${load(hash)}" alt="${alt}" width="32" height="32">`
      : html`<span class="note">The picture is no longer in the project.</span>`;
}
