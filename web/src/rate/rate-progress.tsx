// How far the rater and the team have come, in words and as a line.

import { useQuery } from '@tanstack/react-query';
import { read } from '../api/client.ts';
import { formatCount, plural } from '../ui/format.ts';
import { useProgress } from './progress.ts';

/** Own and team answers about images. */
export function ImageProgress() {
  const progress = useProgress();
  if (!progress) return null;
  const { own, team } = progress;
  return (
    <ProgressLine
      own={own.answered}
      ownNote={`${formatCount(own.today)} today`}
      done={team.answers}
      total={team.wanted}
    />
  );
}

/** Own answers about pairs of the open studies. */
export function PairProgress({ answered }: { readonly answered: number }) {
  const { data } = useQuery({ ...read('listStudies'), refetchInterval: 20_000 });
  const open = data?.studies.filter((study) => study.open) ?? [];
  if (open.length === 0) return null;
  const own = open.reduce((sum, study) => sum + study.own.answered, 0);
  const left = open.reduce((sum, study) => sum + study.own.left, 0);
  return <ProgressLine own={own} ownNote={`${plural(answered, 'answer')} now`} done={own} total={own + left} />;
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
        You <b>{formatCount(own)}</b> <span className="soft note">({ownNote})</span>
      </span>
      <span className="line">
        <span className="done" style={{ width: `${100 * share}%` }} />
      </span>
      <span>
        <b>{formatCount(done)}</b> <span className="soft">of {formatCount(total)}</span>
      </span>
    </div>
  );
}
