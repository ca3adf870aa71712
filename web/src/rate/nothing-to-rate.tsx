// What the rating page says while items are on their way, where there are none, and where the server does not answer.

import { Loading } from '../ui/states.tsx';
import type { Kind } from './item.ts';
import { NOTICE_WORDS } from './notice-words.ts';
import type { SessionState } from './session.ts';

const DONE: Readonly<Record<Kind, readonly [title: string, next: string]>> = {
  image: [
    'Nothing left to rate',
    'You have answered every image that is open to you. New ones appear here by themselves.',
  ],
  sheet: ['No sheets left', 'Every image that is open to you is answered. New ones appear here by themselves.'],
  pair: ['No pairs to compare', 'Pairs come from a comparison that the owner starts on the Evaluation page.'],
};

const LAST_PAIR = ['No pairs left', 'You have compared every pair that is open to you.'] as const;

const EXCLUDED = [
  'You are not asked to rate at present',
  'Whoever runs this project has left your account out as a rater. Ask them why; your answers are kept.',
] as const;

interface NothingToRateProps {
  readonly kind: Kind;
  readonly state: SessionState;
  readonly onRetry: () => void;
  readonly onUndo: () => void;
}

export function NothingToRate({ kind, state, onRetry, onUndo }: NothingToRateProps) {
  const { phase, problem, queue } = state;
  // Whoever has just answered the last pair is not told how pairs come to be.
  const pause = state.standing.notices.find(({ action }) => action === 'pause');
  const [title, next] = state.standing.excluded
    ? EXCLUDED
    : pause
      ? ['You are paused', NOTICE_WORDS[pause.rule]]
      : kind === 'pair' && state.answered > 0
        ? LAST_PAIR
        : DONE[kind];
  return (
    <main className="rate-empty" id="page">
      {problem ? (
        <div className="failure" role="alert">
          <h1>{problem.message}</h1>
          <p>{problem.hint} Answers that you gave are kept on this device and sent when it is back.</p>
          <button type="button" className="button" onClick={onRetry}>
            Try again
          </button>
        </div>
      ) : phase === 'loading' ? (
        <Loading />
      ) : (
        <div className="empty">
          <h1>{title}</h1>
          <p>{next}</p>
          {pause && (
            <p>
              {pause.detail && <q>{pause.detail}</q>} Your answers are kept. Whoever runs this project decides whether
              you go on; this page then goes on by itself.
            </p>
          )}
          {queue.behind.length > 0 && (
            <button type="button" className="button" onClick={onUndo}>
              Undo the last answer
            </button>
          )}
        </div>
      )}
    </main>
  );
}
