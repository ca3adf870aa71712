import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount, formatSeconds, formatShare, plural } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { WithInterval } from '../../ui/with-interval.tsx';
import { FirstStep } from '../overview/first-step.tsx';
import { NOTICE_TAGS, Notices } from './notices.tsx';
import { findOutliers } from './outliers.ts';

type Rater = Output<'getQuality'>['raters'][number];

/** Fewer tell nothing about a rater. */
const ENOUGH_ANSWERS = 10;

/** A figure of raters that can be sorted by, and in which some may stand apart. */
interface Figure {
  readonly name: string;
  readonly figureOf: (rater: Rater) => number | null;
  /** What outliers are found by, where that is another. */
  readonly measureOf?: (rater: Rater) => number | null;
  readonly show: (rater: Rater) => ReactNode;
}

const FIGURES: readonly Figure[] = [
  { name: 'Good', figureOf: ({ goodShare }) => goodShare, show: ({ goodShare }) => formatShare(goodShare) },
  { name: 'Skipped', figureOf: ({ skipShare }) => skipShare, show: ({ skipShare }) => formatShare(skipShare) },
  {
    name: 'Median time',
    figureOf: ({ medianSeconds }) => medianSeconds,
    // A tenth of the others' time is as far from them as ten times it.
    measureOf: ({ medianSeconds }) => (medianSeconds === null ? null : Math.log(Math.max(0.01, medianSeconds))),
    show: ({ medianSeconds }) => (medianSeconds === null ? '–' : formatSeconds(medianSeconds)),
  },
  ...(
    [
      ['Others', 'againstRest'],
      ['Gold', 'againstGold'],
      ['Themselves', 'againstSelf'],
    ] as const
  ).map(
    ([name, key]): Figure => ({
      name,
      figureOf: (rater) => rater[key]?.estimate ?? null,
      show: (rater) => <WithInterval value={rater[key]} />,
    }),
  ),
];

const RATER: Column<Rater> = {
  name: 'Rater',
  kind: 'wrap',
  sortBy: ({ name }) => name,
  cell: ({ name, kind, excluded, notices, test }) => (
    <>
      {name} {kind === 'simulated' && <span className="tag">simulated</span>}
      {excluded && <span className="tag">excluded</span>}
      {test && (
        <span className="tag">
          test {test.right} of {test.questions}
          {!test.passed && ', not passed'}
        </span>
      )}
      {[...new Set(notices.map(({ action }) => action))].map((action) => (
        <span key={action} className="tag">
          {NOTICE_TAGS[action]}
        </span>
      ))}
    </>
  ),
};

const ANSWERS: Column<Rater> = {
  name: 'Answers',
  sortBy: ({ answers }) => answers,
  cell: ({ answers }) => formatCount(answers),
};

/** The columns, with a mark on who stands apart among those who count. */
function columnsFor(raters: readonly Rater[]): Column<Rater>[] {
  const counted = raters.filter(({ excluded, answers }) => !excluded && answers >= ENOUGH_ANSWERS);
  const figures = FIGURES.map(({ name, figureOf, measureOf, show }): Column<Rater> => {
    const apart = findOutliers(counted, measureOf ?? figureOf);
    return {
      name,
      sortBy: figureOf,
      cell: (rater) =>
        apart.has(rater) ? (
          <span className="outlier" title="Far from the other raters">
            <span aria-hidden="true">▲ </span>
            {show(rater)}
            <span className="hidden-text"> (far from the other raters)</span>
          </span>
        ) : (
          show(rater)
        ),
    };
  });
  return [RATER, ANSWERS, ...figures];
}

/** Each rater against the others, gold and themselves. */
export function RaterTable({ raters }: { readonly raters: readonly Rater[] }) {
  const client = useQueryClient();
  const user = useQuery(sessionQuery).data?.user;
  const exclude = useMutation({
    mutationFn: ({ id, excluded }: Rater) =>
      call('setRaterExcluded', { params: { id }, body: { excluded: !excluded } }),
    onSuccess: () => void client.invalidateQueries(),
    onError: (error) => toast(describeFailure(error).message),
  });
  const pause = useMutation({
    mutationFn: ({ id }: Rater) => call('pauseRater', { params: { id }, body: {} }),
    onSuccess: () => void client.invalidateQueries(),
    onError: (error) => toast(describeFailure(error).message),
  });
  // Who has answered nothing has no figures: owners and viewers among them.
  const rated = raters.filter(({ answers }) => answers > 0).toSorted((a, b) => b.answers - a.answers);
  const idle = raters.length - rated.length;
  const columns = columnsFor(rated);
  const actions: Column<Rater> = {
    name: <span className="hidden-text">Change</span>,
    kind: 'actions',
    cell: (rater) => (
      <span className="row">
        {rater.kind === 'human' && !rater.notices.some(({ action }) => action === 'pause') && (
          <button
            type="button"
            className="button little"
            disabled={pause.isPending}
            onClick={() => pause.mutate(rater)}
          >
            Pause
            <span className="hidden-text"> {rater.name}</span>
          </button>
        )}
        <button
          type="button"
          className="button little"
          disabled={exclude.isPending}
          onClick={() => exclude.mutate(rater)}
        >
          {rater.excluded ? 'Take in' : 'Exclude'}
          <span className="hidden-text"> {rater.name}</span>
        </button>
      </span>
    ),
  };
  return (
    <Card
      title="Each rater"
      note="Agreement with the majority of the others, with gold answers, and with the rater’s own earlier answer to a repeated image; below each share its 95 % interval. ▲ marks who is far from the others; a click on a heading sorts."
    >
      {rated.length === 0 && (
        <>
          <p className="soft">Nobody has answered yet. Each rater has a row here from the first answer on.</p>
          <FirstStep towards="rate" />
        </>
      )}
      {rated.length > 0 && (
        <Table
          caption="Each rater"
          columns={user && maySteer(user.role) ? [...columns, actions] : columns}
          rows={rated}
          keyOf={({ id }) => id}
          isOff={({ excluded }) => excluded}
        />
      )}
      <Notices raters={raters} maySteer={user !== undefined && user !== null && maySteer(user.role)} />
      {idle > 0 && <p className="soft small">{plural(idle, 'person', 'people')} without answers not shown.</p>}
    </Card>
  );
}
