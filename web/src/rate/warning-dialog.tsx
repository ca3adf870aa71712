// What a rater is told by a rule of the project, once, before the next picture.

import { Dialog } from '../ui/dialog.tsx';
import { NOTICE_WORDS } from './notice-words.ts';
import type { Standing } from './port.ts';

interface WarningProps {
  readonly notice: Standing['notices'][number];
  readonly onRead: () => void;
  readonly onGuidelines: () => void;
}

export function WarningDialog({ notice, onRead, onGuidelines }: WarningProps) {
  return (
    <Dialog title="A word about your answers" onClose={onRead}>
      <p>{NOTICE_WORDS[notice.rule]}</p>
      <p>Please take the time that each picture needs, and look at the guidelines again where you are not sure.</p>
      <div className="row">
        <button type="button" className="button primary" onClick={onRead}>
          Go on
        </button>
        <button type="button" className="button" onClick={onGuidelines}>
          Guidelines
        </button>
      </div>
    </Dialog>
  );
}
