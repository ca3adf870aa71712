// What the rating page says while items are on their way, where there are none, and where the server does not answer.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { Loading } from '../ui/states.tsx';
import { say, type WordKey } from '../words/words.ts';
import { CrowdDone } from './crowd-done.tsx';
import type { Kind } from './item.ts';
import { useProgress } from './progress.ts';
import { RULE_WORDS } from './rule-words.ts';
import type { SessionState } from './session.ts';

const DONE = {
  image: ['doneImages', 'doneImagesText'],
  sheet: ['doneSheets', 'doneSheetsText'],
  pair: ['noPairs', 'noPairsText'],
  best: ['doneSheets', 'doneBestText'],
} as const satisfies Record<Kind, readonly WordKey[]>;

/** What stands where there is nothing to rate, and why. */
function chooseWords(
  kind: Kind,
  { standing, answered }: SessionState,
  isEmpty: boolean,
): readonly [title: WordKey, next: WordKey] {
  const pause = standing.notices.find(({ action }) => action === 'pause');
  if (standing.excluded) return ['excludedTitle', 'excludedText'];
  if (pause) return ['pausedTitle', RULE_WORDS[pause.rule]];
  if (kind !== 'pair' && standing.quotaReached) return ['quotaTitle', 'quotaText'];
  if (kind !== 'pair' && isEmpty) return ['nothingYet', 'nothingYetText'];
  // Whoever has just answered the last pair is not told how pairs come to be.
  return kind === 'pair' && answered > 0 ? ['donePairs', 'donePairsText'] : DONE[kind];
}

interface NothingToRateProps {
  readonly kind: Kind;
  readonly state: SessionState;
  readonly onRetry: () => void;
  readonly onUndo: () => void;
}

export function NothingToRate({ kind, state, onRetry, onUndo }: NothingToRateProps) {
  const { phase, problem, queue } = state;
  const pause = state.standing.notices.find(({ action }) => action === 'pause');
  // Whoever rates only has no other page to go to.
  const steers = useQuery(sessionQuery).data?.user?.role !== 'rater';
  const [title, next] = chooseWords(kind, state, useProgress()?.team.wanted === 0);
  if (state.standing.crowd?.code && queue.ahead.length === 0) return <CrowdDone crowd={state.standing.crowd} />;
  return (
    <main className="rate-empty" id="page">
      {problem ? (
        <div className="failure" role="alert">
          <h1>{problem.message}</h1>
          <p>
            {problem.hint} {say('keptAndSent')}
          </p>
          <button type="button" className="button" onClick={onRetry}>
            {say('tryAgain')}
          </button>
        </div>
      ) : phase === 'loading' ? (
        <Loading />
      ) : (
        <div className="empty">
          <h1>{say(title)}</h1>
          <p>{say(next)}</p>
          {pause && (
            <p>
              {pause.detail && <q>{pause.detail}</q>} {say('pausedKept')}
            </p>
          )}
          <div className="row">
            {steers && (
              <Link className="button primary" to={kind === 'pair' ? '/evaluation' : '/overview'}>
                {say(kind === 'pair' ? 'toEvaluation' : 'toOverview')}
              </Link>
            )}
            {queue.behind.length > 0 && (
              <button type="button" className="button" onClick={onUndo}>
                {say('undoLast')}
              </button>
            )}
          </div>
        </div>
      )}
    </main>
  );
}
