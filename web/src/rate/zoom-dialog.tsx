// The pictures of an item over the whole window, to be enlarged and moved about, two of a pair together.

import { useRef, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../words/words.ts';
import { Picture } from './picture.tsx';
import { useZoom } from './use-zoom.ts';
import { WHOLE, zoomBy } from './zoom-view.ts';

interface ZoomDialogProps {
  readonly prompt: string;
  readonly pictures: readonly string[];
  readonly onClose: () => void;
}

export function ZoomDialog({ prompt, pictures, onClose }: ZoomDialogProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { view, change, larger, smaller, handlers, onKeyDown } = useZoom(ref);
  // How far the picture has to be enlarged until one of its pixels is one of the screen's; small pictures are beyond that.
  const [actual, setActual] = useState(1);
  const transform = `translate(${100 * view.x}%, ${100 * view.y}%) scale(${view.scale})`;
  return (
    <Dialog
      title={prompt}
      shape="full"
      onClose={onClose}
      onKeyDown={onKeyDown}
      tools={
        <>
          <button type="button" className="button little" title={`${say('smaller')} (−)`} onClick={smaller}>
            <span aria-hidden="true">−</span>
            <span className="hidden-text">{say('smaller')}</span>
          </button>
          <output className="scale" aria-label={say('size')}>
            {Math.round(100 * view.scale)} %
          </output>
          <button type="button" className="button little" title={`${say('larger')} (+)`} onClick={larger}>
            <span aria-hidden="true">+</span>
            <span className="hidden-text">{say('larger')}</span>
          </button>
          <button type="button" className="button little" title={say('wholeTitle')} onClick={() => change(() => WHOLE)}>
            {say('whole')}
          </button>
          {actual > 1.05 && (
            <button
              type="button"
              className="button little"
              title={say('onePixel')}
              onClick={() => change(() => zoomBy(WHOLE, actual))}
            >
              1:1
            </button>
          )}
        </>
      }
    >
      <div className="zoom-view" ref={ref} {...handlers}>
        {pictures.map((src, i) => (
          <div key={src} className="zoom-frame" data-frame={i}>
            <div className="zoom-move" style={{ transform }}>
              <Picture
                src={src}
                alt={say(pictures.length === 1 ? 'picture' : i === 0 ? 'left' : 'right')}
                onSize={(image) => setActual(scaleOfPixels(image))}
              />
            </div>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function scaleOfPixels({ naturalWidth, naturalHeight, clientWidth, clientHeight }: HTMLImageElement): number {
  const fitted = Math.min(clientWidth / naturalWidth, clientHeight / naturalHeight);
  return fitted > 0 ? 1 / fitted / devicePixelRatio : 1;
}
