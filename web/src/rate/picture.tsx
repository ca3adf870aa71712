// A picture as large as its place allows; pixel art is enlarged without smoothing.

import { useState } from 'react';

/** Pictures up to this many pixels a side are pixel art. */
const PIXEL_ART = 128;

interface PictureProps {
  readonly src: string;
  readonly alt: string;
  readonly className?: string;
  /** Called once the picture's own size is known. */
  readonly onSize?: (image: HTMLImageElement) => void;
}

export function Picture({ src, alt, className = '', onSize }: PictureProps) {
  const [small, setSmall] = useState(false);
  return (
    <img
      src={src}
      alt={alt}
      draggable={false}
      decoding="sync"
      className={`${className} ${small ? 'pixel' : ''}`}
      onLoad={({ currentTarget }) => {
        setSmall(currentTarget.naturalWidth <= PIXEL_ART);
        onSize?.(currentTarget);
      }}
    />
  );
}
