import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import {
  formatCount,
  formatInterval,
  formatNumber,
  formatP,
  formatPoints,
  formatShare,
  plural,
} from '../../ui/format.ts';
import { Legend, StackedRow } from '../../ui/shares.tsx';
import { toast } from '../../ui/toasts.tsx';

type Study = Output<'listStudies'>['studies'][number];
type Results = Output<'getStudyResults'>;
type Row = Results['rows'][number];

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
            `; ${formatCount(data.pairsDone)} done, ${plural(data.votes, 'vote')} of ${plural(data.raters, 'rater')}`}
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
      {data && data.rows.length > 0 && <Standing results={data} />}
    </section>
  );
}

function Standing({ results }: { readonly results: Results }) {
  const { rows, verdict, simulated, registered, agreement, leftShare, excludedRaters } = results;
  const whole = rows.filter(({ category }) => category === 'all');
  const several = new Set(whole.map(({ a, b }) => `${a} ${b}`)).size > 1;
  return (
    <>
      <p>
        <b>{verdict}</b>
      </p>
      {simulated !== 'none' && (
        <p className="notice small">
          {simulated === 'all' ? 'Only' : 'Some'} simulated raters answered: this is no verdict of people.
        </p>
      )}
      {!registered && (
        <p className="notice small">What was registered has changed since: do not report this comparison as planned.</p>
      )}
      <Legend
        parts={[
          ['win', `${several ? 'first' : whole[0]?.a} preferred`],
          ['tie', 'tie'],
          ['lose', `${several ? 'second' : whole[0]?.b} preferred`],
        ]}
      />
      <div className="shares">
        {whole.map((row) => (
          <StandingRow key={`${row.a} ${row.b} ${row.question} ${row.split}`} row={row} several={several} />
        ))}
      </div>
      <p className="soft small">
        Shares of pairs by majority; then pairs won less pairs lost with its 95 % interval, and p of the sign test over
        prompts. {agreement.length > 0 && 'Agreement of the raters: '}
        {agreement.map(({ question, alpha }) => `${question} α ${formatNumber(alpha)}`).join(', ')}
        {agreement.length > 0 && '. '}
        {leftShare !== null && `Left was chosen in ${formatShare(leftShare)} of decided answers. `}
        {excludedRaters > 0 && `${plural(excludedRaters, 'rater')} excluded.`}
      </p>
    </>
  );
}

function StandingRow({ row, several }: { readonly row: Row; readonly several: boolean }) {
  const { a, b, question, split, pairs, figures, signs } = row;
  const { win, tie, lose, net } = figures;
  return (
    <StackedRow
      name={
        <>
          {question}{' '}
          <span className="soft small">
            {split}, {plural(pairs, 'pair')}
            {several && `, ${a} : ${b}`}
          </span>
        </>
      }
      parts={[
        { tone: 'win', name: `${a} preferred`, count: win.estimate },
        { tone: 'tie', name: 'tie', count: tie.estimate },
        { tone: 'lose', name: `${b} preferred`, count: lose.estimate },
      ]}
      figure={
        <>
          {formatShare(win.estimate)} won · {formatShare(lose.estimate)} lost
          <span className="interval block">
            {formatPoints(net.estimate)} points
            {net.low !== null && net.high !== null && ` (${formatInterval([100 * net.low, 100 * net.high], 1)})`}, p{' '}
            {formatP(signs.p)}
          </span>
        </>
      }
    />
  );
}
