// A small picture of the project, named by the hash of its file.

import { useState } from 'react';
import { imageUrl } from '../api/images.ts';

/** Pictures up to this many pixels a side are pixel art. */
const PIXEL_ART = 128;

interface ThumbProps {
  readonly hash: string;
  readonly alt: string;
  /** Of the picture to load; the whole file where it is left out. */
  readonly width?: 128 | 256 | 512;
}

export function Thumb({ hash, alt, width }: ThumbProps) {
  const [small, setSmall] = useState(false);
  return (
    <img
      className={`thumb ${small ? 'pixel' : ''}`}
      src={imageUrl(hash, width)}
      alt={alt}
      loading="lazy"
      decoding="async"
      onLoad={({ currentTarget }) => setSmall(currentTarget.naturalWidth <= PIXEL_ART)}
    />
  );
}
