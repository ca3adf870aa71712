// The rating page: what is asked, the pictures, and the answers, by key, click or touch.

import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Suspense, useEffect, useLayoutEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { lazyPart } from '../api/parts.ts';
import { sessionQuery } from '../api/session.ts';
import { DialogPart } from '../ui/dialog-part.tsx';
import { toast } from '../ui/toasts.tsx';
import { say, useLanguage } from '../words/words.ts';
import { Answers, nameAnswer } from './answers.tsx';
import type { ReadGuidelines } from './guidelines-read.ts';
import {
  type Answer,
  answerOfStep,
  type GivenReasons,
  type Kind,
  modeOf,
  type RateItem,
  SCALES_OF,
  type Scale,
  type Steps,
} from './item.ts';
import { useKeySettings } from './key-settings.ts';
import type { Action } from './keymap.ts';
import { NothingToRate } from './nothing-to-rate.tsx';
import { openGuidelines, openOutbox } from './open-outbox.ts';
import { createPort } from './port.ts';
import { RateBar } from './rate-bar.tsx';
import { RatingSession } from './session.ts';
import { Stage } from './stage.tsx';
import { useDigits, useKeys } from './use-keys.ts';
import './rate.css';

const GuidelinesDialog = lazyPart(() => import('./guidelines-dialog.tsx'), 'GuidelinesDialog');
const GuidelinesGate = lazyPart(() => import('./guidelines-gate.tsx'), 'GuidelinesGate');
const ZoomDialog = lazyPart(() => import('./zoom-dialog.tsx'), 'ZoomDialog');
const FlagDialog = lazyPart(() => import('./flag-dialog.tsx'), 'FlagDialog');
const KeysDialog = lazyPart(() => import('./keys-dialog.tsx'), 'KeysDialog');
const ScaleRows = lazyPart(() => import('./scale-rows.tsx'), 'ScaleRows');
const HistoryDialog = lazyPart(() => import('./history-dialog.tsx'), 'HistoryDialog');
const WarningDialog = lazyPart(() => import('./warning-dialog.tsx'), 'WarningDialog');
const Qualification = lazyPart(() => import('./qualification.tsx'), 'Qualification');
const ReasonsPanel = lazyPart(() => import('./reasons-panel.tsx'), 'ReasonsPanel');

/** Dialogs that have to open without the network too: loaded once the first picture is there. */
const LATER_MS = 3000;
const loadLater = () => void Promise.allSettled([FlagDialog.load(), KeysDialog.load(), ReasonsPanel.load()]);

type Opened = 'flag' | 'zoom' | 'help' | 'guidelines' | 'history';

/** The question why, which is open: the answer that it was asked after, and what was said so far. */
interface Why {
  readonly pending: Answer | undefined;
  /** Whether the answer was given already, so that leaving the question out sends it. */
  readonly isGiven: boolean;
  readonly reasons: GivenReasons;
}

const NOTHING_SAID: GivenReasons = { words: [], note: '' };

/** Answers after which a project may want to know why. */
const asksWhyAfter = (answer: Answer, { pair }: RateItem) =>
  pair ? pair.question === 'alignment' && ['left', 'right', 'neither'].includes(answer) : answer === 'bad';

const isAnswer = (action: Action): action is Answer & Action =>
  ['good', 'bad', 'skip', 'left', 'right', 'tie', 'neither'].includes(action);

export function RatePage() {
  const { user, asks } = useQuery(sessionQuery).data!;
  const { kind = 'image' } = useSearch({ from: '/member/rate' });
  return <Rating key={kind} kind={kind} account={user!.id} scales={kind === 'image' ? SCALES_OF[asks.scale] : []} />;
}

interface RatingProps {
  readonly kind: Kind;
  readonly account: string;
  /** Asked in place of good and bad. */
  readonly scales: readonly Scale[];
}

function Rating({ kind, account, scales }: RatingProps) {
  const language = useLanguage();
  const settings = useKeySettings();
  const [opened, setOpened] = useState<Opened>();
  const [why, setWhy] = useState<Why>();
  const [steps, setSteps] = useState<Steps>({});
  /** Steps are the answer of scales, so why is asked after them: once the last is chosen. */
  const [wantsWhy, setWantsWhy] = useState(false);
  const guidelines = openGuidelines(account);
  const { session, outbox } = useRating(kind, account, guidelines);
  const due = useSyncExternalStore(guidelines.subscribe, guidelines.due);
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const { excluded, paused, test } = state.standing;
  /** Guidelines and test are about good and bad; questions about pairs say themselves what is asked. */
  const begins = kind !== 'pair' && !excluded && !paused;
  const mustRead = begins && due !== undefined;
  const isDue = begins && test === 'due';
  // What the last answer was worth is read to its end, though the server says meanwhile that the test is over.
  const [testing, setTesting] = useState<'no' | 'open' | 'ended'>('no');
  if (isDue && testing === 'no') setTesting('open');
  if (!isDue && testing === 'ended') setTesting('no');
  const isTested = isDue || testing === 'open';
  const { current } = state;
  const mode = modeOf(kind, scales);
  const warning = state.standing.notices.find(({ action }) => action === 'warn');

  function act(action: Action): void {
    if (mustRead || warning || isTested) return;
    if (isAnswer(action)) answer(action);
    else if (action === 'why' && mode === 'scale' && !why) setWantsWhy(!wantsWhy);
    else if (action === 'why')
      setWhy(why ? undefined : { pending: kind === 'pair' ? undefined : 'bad', isGiven: false, reasons: NOTHING_SAID });
    else if (action === 'undo') void undo();
    else if (action === 'previous' || action === 'next') session.step(action === 'next' ? 1 : -1);
    else if (action === 'help' || action === 'guidelines' || action === 'history' || current) setOpened(action);
  }
  function endTest(): void {
    setTesting('ended');
    session.start();
  }
  function leaveWhyOut(): void {
    const { isGiven, pending, reasons } = why!;
    setWhy(undefined);
    if (isGiven && pending)
      session.answer(pending, { ...NOTHING_SAID, ...(reasons.steps && { steps: reasons.steps }) });
  }
  async function undo(): Promise<void> {
    // The answer that is asked about was not sent yet.
    if (why) setWhy(undefined);
    if (why?.isGiven && scales.length === 0) return;
    const last = scales.findLast((scale) => steps[scale] !== undefined);
    if (last) return setSteps(({ [last]: _undone, ...rest }) => rest);
    if (session.undo() || (await session.undoEarlier().catch(() => false))) return;
    toast(say('nothingToUndo'));
  }
  const isHeld = mustRead || warning !== undefined || isTested;
  function step(scale: Scale | undefined, value: number): void {
    if (!scale || isHeld) return;
    const next = { ...steps, [scale]: value };
    setSteps(next);
    if (scales.every((each) => next[each] !== undefined)) answer(answerOfStep(next.alignment!), next);
  }
  function pick(number: number): void {
    if (current?.images?.[number - 1] && !isHeld) answer(`pick${number}`);
  }
  function answer(given: Answer, given5: Steps | undefined = why?.reasons.steps): void {
    const asks = !why && current && (session.asksWhy || wantsWhy) && asksWhyAfter(given, current);
    const beside = { ...(why?.reasons ?? NOTHING_SAID), ...(given5 && given !== 'skip' && { steps: given5 }) };
    setWhy(asks ? { pending: given, isGiven: true, reasons: beside } : undefined);
    if (!asks) session.answer(given, beside);
  }
  const digits = mode === 'scale' ? 5 : mode === 'best' ? (current?.pictures.length ?? 0) : 0;
  const nextScale = scales.find((scale) => steps[scale] === undefined);
  useDigits(settings, digits, (digit) => (mode === 'best' ? pick(digit) : step(nextScale, digit)));
  useKeys(settings, mode, act);
  // Another item is before the rater, such as after undo: what was asked about the one before is over,
  // before a key can be pressed for this one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the item is what it follows
  useLayoutEffect(() => {
    setWhy(undefined);
    setSteps({});
    setWantsWhy(false);
  }, [current?.key]);

  const close = () => setOpened(undefined);
  return (
    <div className="rate" lang={language}>
      <RateBar kind={kind} outbox={outbox} answered={state.answered} finished={state.finished} />
      {isTested ? (
        <Suspense>{!mustRead && <Qualification settings={settings} onEnd={endTest} />}</Suspense>
      ) : current ? (
        <main className="stage" id="page">
          <Stage
            kind={kind}
            state={state}
            hasScales={mode === 'scale'}
            onChoose={(key) => session.reopen(key) || session.choose(key)}
            onZoom={() => setOpened('zoom')}
            onPick={pick}
          />
          {why && (
            <Suspense>
              <ReasonsPanel
                words={current.words}
                isPair={current.pair !== undefined}
                pending={why.pending && nameAnswer(why.pending)}
                onChange={(reasons) => setWhy({ ...why, reasons: { ...why.reasons, ...reasons } })}
                onSend={() => why.pending && answer(why.pending)}
                onClose={leaveWhyOut}
              />
            </Suspense>
          )}
          <Answers
            mode={mode}
            settings={settings}
            queue={state.queue}
            isBegun={Object.keys(steps).length > 0}
            willAskWhy={wantsWhy}
            onAction={act}
          >
            {/* Steps that are all chosen make room for the question why. */}
            {mode === 'scale' && !why && (
              <Suspense>
                <ScaleRows scales={scales} steps={steps} showsKeys={settings.enabled} onStep={step} />
              </Suspense>
            )}
          </Answers>
        </main>
      ) : (
        <NothingToRate kind={kind} state={state} onRetry={() => session.start()} onUndo={() => act('undo')} />
      )}
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
              setOpened('guidelines');
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
      {opened === 'zoom' && current && (
        <DialogPart title={say('zoom')} onClose={close}>
          <ZoomDialog prompt={current.prompt} pictures={current.pictures} onClose={close} />
        </DialogPart>
      )}
      {opened === 'flag' && current && (
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
    const later = setTimeout(loadLater, LATER_MS);
    return () => {
      clearTimeout(later);
      session.close();
    };
  }, [session]);
  return { session, outbox };
}
