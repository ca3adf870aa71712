import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Output } from '../../../../src/contract/client.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { formatCount, formatShare, formatShareInterval, plural } from '../../ui/format.ts';
import { Legend, StackedRow } from '../../ui/shares.tsx';
import { toast } from '../../ui/toasts.tsx';

type Study = Output<'listStudies'>['studies'][number];
type Question = Output<'getStudyResults'>['questions'][number];

interface StudyResultProps {
  readonly study: Study;
  readonly steers: boolean;
}

/** How far a comparison is, and who wins. */
export function StudyResult({ study, steers }: StudyResultProps) {
  const client = useQueryClient();
  const { data } = useQuery({
    ...read('getStudyResults', { params: { id: study.id } }),
    refetchInterval: study.open && 10_000,
  });
  const close = useMutation({
    mutationFn: () => call('closeStudy', { params: { id: study.id } }),
    onSuccess: () => void client.invalidateQueries(),
    onError: (error) => toast(describeFailure(error).message),
  });
  return (
    <section className="study" aria-label={study.name}>
      <div className="top">
        <b>{study.name}</b>
        <span className={`tag ${study.open ? 'beam' : ''}`}>{study.open ? 'open' : 'closed'}</span>
        <span className="soft small">
          {plural(study.pairs, 'pair')}, {plural(study.ratersPerPair, 'rater')} each
          {data &&
            `, ${formatCount(data.answers)} of ${formatCount(study.pairs * study.ratersPerPair * study.questions.length)} answers`}
        </span>
        <span className="end row">
          {study.open && study.own.left > 0 && (
            <Link to="/rate" search={{ kind: 'pair' }} className="button little">
              Compare
            </Link>
          )}
          {study.open && steers && (
            <button type="button" className="button little" disabled={close.isPending} onClick={() => close.mutate()}>
              Close it
            </button>
          )}
        </span>
      </div>
      {data && (
        <>
          <Legend
            parts={[
              ['win', `${data.contestants[1]} preferred`],
              ['tie', 'tie'],
              ['lose', `${data.contestants[0]} preferred`],
            ]}
          />
          <div className="shares">
            {data.questions.map((question) => (
              <QuestionRow key={question.question} {...question} />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function QuestionRow({ question, standing, winRate, verdict }: Question) {
  const { wins, ties, losses } = standing;
  const ends = winRate && winRate.low !== null && winRate.high !== null ? ([winRate.low, winRate.high] as const) : null;
  return (
    <div>
      <StackedRow
        name={question}
        parts={[
          { tone: 'win', name: 'win', count: wins },
          { tone: 'tie', name: 'tie', count: ties },
          { tone: 'lose', name: 'lose', count: losses },
        ]}
        figure={
          <>
            {wins} : {ties} : {losses}
            {winRate && (
              <span className="interval">
                {formatShare(winRate.estimate)} {ends && `(${formatShareInterval(ends)})`}
              </span>
            )}
          </>
        }
      />
      <p className="soft small">{verdict}</p>
    </div>
  );
}
