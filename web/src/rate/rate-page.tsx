// The rating page: what is asked, the pictures, and the answers, by key, click or touch.

import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { lazy, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { loadPart } from '../api/parts.ts';
import { sessionQuery } from '../api/session.ts';
import { DialogPart } from '../ui/dialog-part.tsx';
import { toast } from '../ui/toasts.tsx';
import { Answers } from './answers.tsx';
import { FlagDialog } from './flag-dialog.tsx';
import type { ReadGuidelines } from './guidelines-read.ts';
import { type Answer, type Kind, modeOf } from './item.ts';
import { useKeySettings } from './key-settings.ts';
import type { Action } from './keymap.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { NothingToRate } from './nothing-to-rate.tsx';
import { openGuidelines, openOutbox } from './open-outbox.ts';
import { createPort } from './port.ts';
import { RateBar } from './rate-bar.tsx';
import { RatingSession } from './session.ts';
import { Stage } from './stage.tsx';
import { useKeys } from './use-keys.ts';
import { ZoomDialog } from './zoom-dialog.tsx';
import './rate.css';

const loadGuidelines = loadPart(() => import('./guidelines-dialog.tsx'));
const GuidelinesDialog = lazy(() => loadGuidelines().then((m) => ({ default: m.GuidelinesDialog })));
const loadGate = loadPart(() => import('./guidelines-gate.tsx'));
const GuidelinesGate = lazy(() => loadGate().then((m) => ({ default: m.GuidelinesGate })));

type Opened = 'flag' | 'zoom' | 'help' | 'guidelines';

const isAnswer = (action: Action): action is Answer & Action =>
  ['good', 'bad', 'skip', 'left', 'right', 'tie'].includes(action);

export function RatePage() {
  const user = useQuery(sessionQuery).data!.user!;
  const { kind = 'image' } = useSearch({ from: '/member/rate' });
  return <Rating key={kind} kind={kind} account={user.id} />;
}

function Rating({ kind, account }: { readonly kind: Kind; readonly account: string }) {
  const settings = useKeySettings();
  const [opened, setOpened] = useState<Opened>();
  const guidelines = openGuidelines(account);
  const { session, outbox } = useRating(kind, account, guidelines);
  const due = useSyncExternalStore(guidelines.subscribe, guidelines.due);
  /** Guidelines are about good and bad; questions about pairs say themselves what is asked. */
  const mustRead = due !== undefined && kind !== 'pair';
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const { current } = state;
  const mode = modeOf(kind);

  function act(action: Action): void {
    if (mustRead) return;
    if (isAnswer(action)) session.answer(action);
    else if (action === 'undo') session.undo() || toast('There is nothing to undo.');
    else if (action === 'previous' || action === 'next') session.step(action === 'next' ? 1 : -1);
    else if (action === 'help' || action === 'guidelines' || current) setOpened(action);
  }
  useKeys(settings, mode, act);

  const close = () => setOpened(undefined);
  return (
    <div className="rate">
      <RateBar kind={kind} outbox={outbox} answered={state.answered} finished={state.finished} />
      {current ? (
        <main className="stage" id="page">
          <Stage kind={kind} state={state} onChoose={(key) => session.choose(key)} onZoom={() => setOpened('zoom')} />
          <Answers mode={mode} settings={settings} queue={state.queue} onAction={act} />
        </main>
      ) : (
        <NothingToRate kind={kind} state={state} onRetry={() => session.start()} onUndo={() => act('undo')} />
      )}
      {mustRead && opened !== 'guidelines' && (
        <DialogPart title="Guidelines" onClose={close}>
          <GuidelinesGate guidelines={guidelines} onRead={() => session.restartClock()} />
        </DialogPart>
      )}
      {opened === 'help' && <KeysDialog mode={mode} onClose={close} />}
      {opened === 'guidelines' && (
        <DialogPart title="Guidelines" onClose={close}>
          <GuidelinesDialog guidelines={guidelines} onClose={close} />
        </DialogPart>
      )}
      {opened === 'zoom' && current && (
        <ZoomDialog prompt={current.prompt} pictures={current.pictures} onClose={close} />
      )}
      {opened === 'flag' && current && (
        <FlagDialog
          onClose={close}
          onFlag={(flagged, note) => {
            session.flag(flagged, note);
            close();
            toast('Flagged. The owner of the project will see it.');
          }}
        />
      )}
    </div>
  );
}

/** A session and the account's outbox for as long as the page is open. */
function useRating(kind: Kind, account: string, guidelines: ReadGuidelines) {
  const outbox = openOutbox(account);
  const session = useMemo(
    () => new RatingSession({ kind, port: createPort(kind, guidelines), outbox }),
    [kind, outbox, guidelines],
  );
  useEffect(() => {
    session.start();
    return () => session.close();
  }, [session]);
  return { session, outbox };
}
