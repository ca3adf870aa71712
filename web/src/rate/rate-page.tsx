// The rating page: what is asked, the pictures, and the answers, by key, click or touch.

import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Suspense, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { lazyPart } from '../api/parts.ts';
import { sessionQuery } from '../api/session.ts';
import { useLanguage } from '../words/words.ts';
import { Answers, nameAnswer } from './answers.tsx';
import type { ReadGuidelines } from './guidelines-read.ts';
import { type Answer, type Kind, modeOf, SCALES_OF, type Scale } from './item.ts';
import { useKeySettings } from './key-settings.ts';
import type { Action } from './keymap.ts';
import { NothingToRate } from './nothing-to-rate.tsx';
import { openGuidelines, openOutbox } from './open-outbox.ts';
import { createPort } from './port.ts';
import { RateBar } from './rate-bar.tsx';
import { loadDialogs, type Opened, RateDialogs } from './rate-dialogs.tsx';
import { RatingSession } from './session.ts';
import { Stage } from './stage.tsx';
import { useAnswering } from './use-answering.ts';
import { useDigits, useKeys } from './use-keys.ts';
import { useTestPhase } from './use-test-phase.ts';
import './rate.css';

const ScaleRows = lazyPart(() => import('./scale-rows.tsx'), 'ScaleRows');
const Qualification = lazyPart(() => import('./qualification.tsx'), 'Qualification');
const ReasonsPanel = lazyPart(() => import('./reasons-panel.tsx'), 'ReasonsPanel');

/** What has to open without the network too is loaded once the first picture is there. */
const LATER_MS = 3000;
const loadLater = () => void Promise.allSettled([loadDialogs(), ReasonsPanel.load()]);

const isAnswer = (action: Action): action is Answer & Action =>
  ['good', 'bad', 'skip', 'left', 'right', 'tie', 'neither'].includes(action);

export function RatePage() {
  const { user, asks } = useQuery(sessionQuery).data!;
  const { kind: named = 'image' } = useSearch({ from: '/member/rate' });
  // An address that was kept while the best of a sheet was asked for.
  const kind = named === 'best' && !asks.bestOfSheet ? 'image' : named;
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
  const guidelines = openGuidelines(account);
  const { session, outbox } = useRating(kind, account, guidelines);
  const due = useSyncExternalStore(guidelines.subscribe, guidelines.due);
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const { current, standing } = state;
  /** Guidelines and test are about good and bad; questions about pairs say themselves what is asked. */
  const begins = kind !== 'pair' && !standing.excluded && !standing.paused;
  const mustRead = begins && due !== undefined;
  const { isTested, end } = useTestPhase(begins && standing.test === 'due');
  const mode = modeOf(kind, scales);
  const warning = standing.notices.find(({ action }) => action === 'warn');
  const isHeld = mustRead || warning !== undefined || isTested;
  const answering = useAnswering({ session, current, scales, isHeld });
  const { why, step, pick } = answering;

  function act(action: Action): void {
    if (isHeld) return;
    if (isAnswer(action)) answering.answer(action);
    else if (action === 'why') answering.askWhy();
    else if (action === 'undo') void answering.undo();
    else if (action === 'previous' || action === 'next') session.step(action === 'next' ? 1 : -1);
    else if (action === 'help' || action === 'guidelines' || action === 'history' || current) setOpened(action);
  }
  function endTest(): void {
    end();
    session.start();
  }
  const digits = mode === 'scale' ? 5 : mode === 'best' ? (current?.pictures.length ?? 0) : 0;
  useDigits(settings, digits, (digit) => (mode === 'best' ? pick(digit) : step(answering.nextScale, digit)));
  useKeys(settings, mode, act);
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
                onChange={answering.say}
                onSend={() => why.pending && answering.answer(why.pending)}
                onClose={answering.leaveWhyOut}
              />
            </Suspense>
          )}
          <Answers
            mode={mode}
            settings={settings}
            queue={state.queue}
            isBegun={Object.keys(answering.steps).length > 0}
            willAskWhy={answering.wantsWhy}
            onAction={act}
          >
            {/* Steps that are all chosen make room for the question why. */}
            {mode === 'scale' && !why && (
              <Suspense>
                <ScaleRows scales={scales} steps={answering.steps} showsKeys={settings.enabled} onStep={step} />
              </Suspense>
            )}
          </Answers>
        </main>
      ) : (
        <NothingToRate kind={kind} state={state} onRetry={() => session.start()} onUndo={() => act('undo')} />
      )}
      <RateDialogs {...{ opened, session, guidelines, mode, current, mustRead, warning }} onOpen={setOpened} />
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
