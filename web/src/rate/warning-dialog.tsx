// What a rater is told by a rule of the project, once, before the next picture.

import { Dialog } from '../ui/dialog.tsx';
import { say } from '../words/words.ts';
import type { Standing } from './port.ts';
import { RULE_WORDS } from './rule-words.ts';

interface WarningProps {
  readonly notice: Standing['notices'][number];
  readonly onRead: () => void;
  readonly onGuidelines: () => void;
}

export function WarningDialog({ notice, onRead, onGuidelines }: WarningProps) {
  return (
    <Dialog title={say('warningTitle')} onClose={onRead}>
      <p>{say(RULE_WORDS[notice.rule])}</p>
      <p>{say('warningAdvice')}</p>
      <div className="row">
        <button type="button" className="button primary" onClick={onRead}>
          {say('goOn')}
        </button>
        <button type="button" className="button" onClick={onGuidelines}>
          {say('guidelines')}
        </button>
      </div>
    </Dialog>
  );
}
