// A grid of images of any number: only what is on screen is drawn, and more is asked for near the end.

import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import './gallery.css';
import { layGrid, visibleTiles } from './window.ts';

interface GalleryProps {
  readonly total: number;
  readonly label: string;
  /** Changes where the gallery shows other images, and should begin at the top. */
  readonly of: string;
  /** The end is near: more may be loaded. */
  readonly onEnd: () => void;
  readonly renderTile: (index: number) => ReactNode;
}

const [TILE, GAP, CAPTION] = [148, 12, 40];

export function Gallery({ total, label, of, onEnd, renderTile }: GalleryProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [top, setTop] = useState(0);

  useLayoutEffect(() => {
    const element = ref.current!;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth - 2, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other images begin at the top
  useEffect(() => ref.current?.scrollTo(0, 0), [of]);

  const grid = layGrid({ total, width: size.width, tile: TILE, gap: GAP, caption: CAPTION });
  const [first, last] = size.width > 0 ? visibleTiles(grid, total, top, size.height) : [0, 0];
  const nearEnd = size.width > 0 && last >= total - 2 * grid.columns;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each end that comes near
  useEffect(() => {
    if (nearEnd) onEnd();
  }, [nearEnd, total]);

  return (
    <section
      className="gallery"
      ref={ref}
      aria-label={label}
      tabIndex={0}
      onScroll={(e) => setTop(e.currentTarget.scrollTop)}
    >
      <ul style={{ height: grid.height }}>
        {Array.from({ length: last - first }, (_, i) => first + i).map((index) => (
          <li
            key={index}
            aria-posinset={index + 1}
            aria-setsize={total}
            style={{
              width: grid.side,
              height: grid.rowHeight - GAP,
              transform: `translate(${(index % grid.columns) * (grid.side + GAP)}px, ${Math.floor(index / grid.columns) * grid.rowHeight}px)`,
            }}
          >
            {renderTile(index)}
          </li>
        ))}
      </ul>
    </section>
  );
}
