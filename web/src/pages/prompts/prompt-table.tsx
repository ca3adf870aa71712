import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { RemoveButton } from '../../ui/remove-button.tsx';
import { Empty, Failure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';

type Prompt = Output<'listPrompts'>['prompts'][number];

const COLUMNS: readonly Column<Prompt>[] = [
  {
    name: 'Prompt',
    kind: 'wrap',
    cell: ({ text }) => (
      <Link to="/images" search={{ search: text }}>
        <bdi>{text}</bdi>
      </Link>
    ),
  },
  { name: 'Category', kind: 'words', cell: ({ category }) => category },
  { name: 'Split', kind: 'words', cell: ({ split }) => split },
  { name: 'Images', cell: ({ images }) => formatCount(images) },
];

const REMOVE: Column<Prompt> = {
  name: <span className="hidden-text">Change</span>,
  kind: 'actions',
  cell: ({ id, text }) => (
    <RemoveButton
      what="the prompt and its images"
      name={text}
      remove={(force) => call('removePrompt', { params: { id }, body: { force } })}
    />
  ),
};

/** The stored prompts, by category and words. */
export function PromptTable({ categories }: { readonly categories: readonly string[] }) {
  const role = useQuery(sessionQuery).data?.user?.role ?? 'viewer';
  const [search, setSearch] = useState('');
  const [category, setCategory] = useState('');
  const filter = { ...(search && { search }), ...(category && { category }) };
  const query = useInfiniteQuery({
    queryKey: ['listPrompts', filter],
    queryFn: ({ pageParam, signal }) =>
      call('listPrompts', { query: { ...filter, ...(pageParam && { cursor: pageParam }) } }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: (before) => before,
  });
  const prompts = query.data?.pages.flatMap((page) => page.prompts) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <Card title="Stored prompts" note={query.data && `${formatCount(total)} in all`}>
      <div className="filters">
        <TextField label="Search" type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
        <SelectField
          label="Category"
          value={category}
          options={[['', 'all'], ...categories.map((name) => [name, name] as const)]}
          onChange={setCategory}
        />
      </div>
      {query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <Loading />
      ) : prompts.length === 0 ? (
        <Empty title={search || category ? 'No prompt matches' : 'No prompts yet'}>
          <p>{search || category ? 'Take a filter away.' : 'Store those of the grammar, or import your own.'}</p>
        </Empty>
      ) : (
        <Table
          caption="Stored prompts"
          columns={maySteer(role) ? [...COLUMNS, REMOVE] : COLUMNS}
          rows={prompts}
          keyOf={({ id }) => id}
        />
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
