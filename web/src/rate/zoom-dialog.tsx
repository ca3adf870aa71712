// The pictures of an item as large as the window.

import { Dialog } from '../ui/dialog.tsx';
import { Picture } from './picture.tsx';

interface ZoomDialogProps {
  readonly prompt: string;
  readonly pictures: readonly string[];
  readonly onClose: () => void;
}

export function ZoomDialog({ prompt, pictures, onClose }: ZoomDialogProps) {
  return (
    <Dialog title={prompt} onClose={onClose} shape="wide">
      <div className="zoom">
        {pictures.map((src, i) => (
          <Picture key={src} src={src} alt={pictures.length === 1 ? 'The picture' : (['Left', 'Right'][i] ?? '')} />
        ))}
      </div>
    </Dialog>
  );
}
