import type { Output } from '../../../../src/studio/contract/client.ts';
import { formatNumber } from '../../ui/format.ts';
import { Thumb } from '../../ui/thumb.tsx';

type GalleryImage = Output<'listImages'>['images'][number];

interface ImageTileProps {
  readonly image: GalleryImage;
  readonly onOpen: (id: string) => void;
}

export function ImageTile({ image, onOpen }: ImageTileProps) {
  const { id, hash, prompt, good, bad, skipped, reward } = image;
  return (
    <button type="button" className="gallery-tile" data-image={id} title={prompt} onClick={() => onOpen(id)}>
      <Thumb hash={hash} width={256} alt={prompt} />
      <span className="under">
        <span className="text" dir="auto" aria-hidden="true">
          {prompt}
        </span>
        {good + bad === 0 && skipped > 0 && <span>skipped</span>}
        {good + bad > 0 && (
          <span className={good > bad ? 'verdict good' : bad > good ? 'verdict bad' : 'verdict'}>
            {good}:{bad}
            <span className="hidden-text"> good to bad</span>
          </span>
        )}
        {reward !== null && <span title="reward">{formatNumber(reward)}</span>}
      </span>
    </button>
  );
}
