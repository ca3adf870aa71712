import { useInfiniteQuery } from '@tanstack/react-query';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatTime } from '../../ui/format.ts';
import { Failure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { sayAction, sayDetail } from './audit-words.ts';

type Entry = Output<'listAudit'>['entries'][number];

const COLUMNS: readonly Column<Entry>[] = [
  { name: 'When', kind: 'words', cell: ({ at }) => formatTime(at) },
  { name: 'Who', kind: 'words', cell: ({ actor }) => actor.name },
  { name: 'What', kind: 'words', cell: ({ action }) => <span title={action}>{sayAction(action)}</span> },
  {
    name: 'On',
    kind: 'words',
    // Identifiers of what has no name are told by their beginning; the whole stands in the title.
    cell: ({ target, targetName }) => (
      <span title={target}>{targetName ?? (/^[\w-]{20,}$/.test(target) ? `${target.slice(0, 10)}…` : target)}</span>
    ),
  },
  {
    name: 'Detail',
    kind: 'wrap',
    cell: ({ detail }) => Object.keys(detail).length > 0 && <span className="soft">{sayDetail(detail)}</span>,
  },
];

/** Who changed what, the latest first. */
export function Audit() {
  const query = useInfiniteQuery({
    queryKey: ['listAudit'],
    queryFn: ({ pageParam, signal }) =>
      call('listAudit', { query: pageParam ? { cursor: pageParam } : {} }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Card title="Audit log" note="Who changed what, the latest first. Nothing is ever taken out of it.">
      {query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <Loading />
      ) : entries.length === 0 ? (
        <p className="soft">Nothing was changed yet.</p>
      ) : (
        <Table caption="Audit log" columns={COLUMNS} rows={entries} keyOf={({ id }) => id} />
      )}
      {query.hasNextPage && (
        <div className="row">
          <button
            type="button"
            className="button"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show more
          </button>
        </div>
      )}
    </Card>
  );
}
