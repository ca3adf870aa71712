// A picture as large as its place allows; pixel art is enlarged without smoothing.

import { useState } from 'react';

/** Pictures up to this many pixels a side are pixel art. */
const PIXEL_ART = 128;

interface PictureProps {
  readonly src: string;
  readonly alt: string;
  readonly className?: string;
}

export function Picture({ src, alt, className = '' }: PictureProps) {
  const [small, setSmall] = useState(false);
  return (
    <img
      src={src}
      alt={alt}
      draggable={false}
      decoding="sync"
      className={`${className} ${small ? 'pixel' : ''}`}
      onLoad={({ currentTarget }) => setSmall(currentTarget.naturalWidth <= PIXEL_ART)}
    />
  );
}
