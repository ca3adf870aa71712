// What opens over the rating page: what has to be read first, and what the rater asks for.

import { lazyPart } from '../api/parts.ts';
import { DialogPart } from '../ui/dialog-part.tsx';
import { toast } from '../ui/toasts.tsx';
import { say } from '../words/words.ts';
import type { ReadGuidelines } from './guidelines-read.ts';
import type { RateItem } from './item.ts';
import type { Mode } from './keymap.ts';
import type { Standing } from './port.ts';
import type { RatingSession } from './session.ts';

const GuidelinesDialog = lazyPart(() => import('./guidelines-dialog.tsx'), 'GuidelinesDialog');
const GuidelinesGate = lazyPart(() => import('./guidelines-gate.tsx'), 'GuidelinesGate');
const ZoomDialog = lazyPart(() => import('./zoom-dialog.tsx'), 'ZoomDialog');
const FlagDialog = lazyPart(() => import('./flag-dialog.tsx'), 'FlagDialog');
const KeysDialog = lazyPart(() => import('./keys-dialog.tsx'), 'KeysDialog');
const HistoryDialog = lazyPart(() => import('./history-dialog.tsx'), 'HistoryDialog');
const WarningDialog = lazyPart(() => import('./warning-dialog.tsx'), 'WarningDialog');

/** Dialogs that have to open without the network too. */
export const loadDialogs = () => Promise.allSettled([FlagDialog.load(), KeysDialog.load()]);

export type Opened = 'flag' | 'zoom' | 'help' | 'guidelines' | 'history';

interface RateDialogsProps {
  readonly opened: Opened | undefined;
  readonly onOpen: (opened: Opened | undefined) => void;
  readonly session: RatingSession;
  readonly guidelines: ReadGuidelines;
  readonly mode: Mode;
  readonly current: RateItem | undefined;
  /** Whether guidelines are new to the rater. */
  readonly mustRead: boolean;
  readonly warning: Standing['notices'][number] | undefined;
}

export function RateDialogs(props: RateDialogsProps) {
  const { opened, onOpen, session, guidelines, mode, mustRead, warning } = props;
  const close = () => onOpen(undefined);
  return (
    <>
      {mustRead && opened !== 'guidelines' && (
        <DialogPart title={say('guidelines')} onClose={close}>
          <GuidelinesGate guidelines={guidelines} onRead={() => session.restartClock()} />
        </DialogPart>
      )}
      {warning && !mustRead && opened !== 'guidelines' && (
        <DialogPart title={say('warningTitle')} onClose={() => session.readNotice(warning.id)}>
          <WarningDialog
            notice={warning}
            onRead={() => session.readNotice(warning.id)}
            onGuidelines={() => {
              session.readNotice(warning.id);
              onOpen('guidelines');
            }}
          />
        </DialogPart>
      )}
      {opened === 'help' && (
        <DialogPart title={say('help')} onClose={close}>
          <KeysDialog mode={mode} onClose={close} />
        </DialogPart>
      )}
      {opened === 'guidelines' && (
        <DialogPart title={say('guidelines')} onClose={close}>
          <GuidelinesDialog guidelines={guidelines} onClose={close} />
        </DialogPart>
      )}
      {opened === 'history' && (
        <DialogPart title={say('history')} onClose={close}>
          <HistoryDialog onClose={close} onReopen={(clientId) => session.undoEarlier(clientId)} />
        </DialogPart>
      )}
      <ItemDialogs {...props} />
    </>
  );
}

/** What is about the item alone. */
function ItemDialogs({ opened, onOpen, session, current }: RateDialogsProps) {
  const close = () => onOpen(undefined);
  if (!current) return null;
  return (
    <>
      {opened === 'zoom' && (
        <DialogPart title={say('zoom')} onClose={close}>
          <ZoomDialog prompt={current.prompt} pictures={current.pictures} onClose={close} />
        </DialogPart>
      )}
      {opened === 'flag' && (
        <DialogPart title={say('flag')} onClose={close}>
          <FlagDialog
            onClose={close}
            isPair={current.pair !== undefined}
            onFlag={(flag) => {
              session.flag(flag);
              close();
              toast(say('flagged'));
            }}
          />
        </DialogPart>
      )}
    </>
  );
}
