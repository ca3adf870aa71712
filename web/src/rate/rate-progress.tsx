// How far the rater and the team have come, in words and as a line.

import { useEffect, useRef, useState } from 'react';
import { call } from '../api/client.ts';
import { say, sayCount } from '../words/words.ts';
import type { Outbox } from './outbox.ts';
import { useProgress } from './progress.ts';

/** Own and team answers about images. */
export function ImageProgress() {
  const progress = useProgress();
  if (!progress) return null;
  const { own, team } = progress;
  return (
    <ProgressLine
      own={own.answered}
      ownNote={say('today', { count: sayCount(own.today) })}
      done={team.answers}
      total={team.wanted}
    />
  );
}

interface PairProgressProps {
  /** Answers, and pairs with all their questions answered, since the page was opened. */
  readonly answered: number;
  readonly finished: number;
  readonly outbox: Outbox;
}

/** Own answers about pairs of the open studies: what the server knew last, and what was answered here since. */
export function PairProgress({ answered, finished, outbox }: PairProgressProps) {
  const known = useKnownPairs(finished, outbox);
  if (!known || known.own + known.left === 0) return null;
  const own = known.own + finished - known.finished;
  return (
    <ProgressLine
      own={own}
      ownNote={say('answersNow', { count: answered })}
      done={own}
      total={known.own + known.left}
    />
  );
}

interface KnownPairs {
  readonly own: number;
  readonly left: number;
  /** What `finished` was when the server said so. */
  readonly finished: number;
}

const ASK_AGAIN_MS = 20_000;

/** Asks the server now and then, but takes its word only where nothing was on its way meanwhile, lest a pair count twice. */
function useKnownPairs(finished: number, outbox: Outbox): KnownPairs | undefined {
  const [known, setKnown] = useState<KnownPairs>();
  const latest = useRef(finished);
  latest.current = finished;
  useEffect(() => {
    let closed = false;
    let isFirst = true;
    async function ask(): Promise<void> {
      const before = latest.current;
      const isQuiet = () => outbox.status.waiting === 0 && latest.current === before;
      if (!isFirst && !isQuiet()) return;
      const { studies } = await call('listStudies');
      if (closed || (!isFirst && !isQuiet())) return;
      isFirst = false;
      const open = studies.filter((study) => study.open);
      const sum = (of: (study: (typeof open)[number]) => number) => open.reduce((all, study) => all + of(study), 0);
      setKnown({ own: sum(({ own }) => own.answered), left: sum(({ own }) => own.left), finished: before });
    }
    // Without an answer the figures stay as they were; the page says elsewhere that the studio is away.
    const attempt = () => void ask().catch(() => {});
    attempt();
    const timer = setInterval(attempt, ASK_AGAIN_MS);
    return () => {
      closed = true;
      clearInterval(timer);
    };
  }, [outbox]);
  return known;
}

interface ProgressLineProps {
  readonly own: number;
  readonly ownNote: string;
  readonly done: number;
  readonly total: number;
}

function ProgressLine({ own, ownNote, done, total }: ProgressLineProps) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return (
    <div className="rate-progress">
      <span>
        {say('you')} <b>{sayCount(own)}</b> <span className="soft note">({ownNote})</span>
      </span>
      <span className="line">
        <span className="done" style={{ width: `${100 * share}%` }} />
      </span>
      <span>
        <b>{sayCount(done)}</b> <span className="soft">{say('of', { total: sayCount(total) })}</span>
      </span>
    </div>
  );
}
