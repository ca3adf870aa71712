// Batches of images: made of those that are in none, opened and closed.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';

type Batch = Output<'listBatches'>['batches'][number];

export function Batches() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(read('listBatches'));
  const [name, setName] = useState('');
  const [size, setSize] = useState(100);
  const [closed, setClosed] = useState(false);
  const refresh = () => void client.invalidateQueries({ queryKey: ['listBatches'] });
  const create = useMutation({
    mutationFn: () => call('createBatch', { body: { name, size, closed } }),
    onSuccess: refresh,
  });
  const change = useMutation({
    mutationFn: (batch: Batch) => call('setBatchClosed', { params: { id: batch.id }, body: { closed: !batch.closed } }),
    onSuccess: refresh,
    onError: (failure) => toast(describeFailure(failure).message),
  });
  const columns: Column<Batch>[] = [
    { name: 'Batch', kind: 'words', cell: (batch) => batch.name },
    { name: 'Images', cell: ({ images }) => formatCount(images) },
    { name: 'Answers', cell: ({ answers }) => formatCount(answers) },
    { name: 'State', kind: 'words', cell: (batch) => (batch.closed ? 'closed' : 'open') },
    {
      name: <span className="hidden-text">Change</span>,
      cell: (batch) => (
        <button
          type="button"
          className="button little"
          disabled={change.isPending}
          onClick={() => change.mutate(batch)}
        >
          {batch.closed ? 'Open' : 'Close'}
          <span className="hidden-text"> {batch.name}</span>
        </button>
      ),
    },
  ];
  return (
    <Card
      title="Batches"
      note="Images that are rated together. A closed batch is handed out to nobody; images in no batch are open. How much one rater answers at most is studio.quota, under Configuration."
    >
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        <>
          {data.batches.length > 0 && (
            <Table
              caption="Batches"
              columns={columns}
              rows={data.batches}
              keyOf={({ id }) => id}
              isOff={(b) => b.closed}
            />
          )}
          <p className="soft small">{plural(data.unbatched, 'image')} in no batch.</p>
          {data.unbatched > 0 && (
            <form
              className="filters"
              onSubmit={(event) => {
                event.preventDefault();
                create.mutate();
              }}
            >
              <TextField
                label="Name of the batch"
                required
                maxLength={100}
                value={name}
                onChange={(e) => setName(e.target.value)}
              />
              <TextField
                label="Images at most"
                type="number"
                min={1}
                value={size}
                onChange={(event) => setSize(Number(event.target.value))}
              />
              <label className="check">
                <input type="checkbox" checked={closed} onChange={(event) => setClosed(event.target.checked)} />
                Closed for now
              </label>
              <button type="submit" className="button" disabled={create.isPending}>
                Make a batch
              </button>
            </form>
          )}
          <FormFailure error={create.error} />
        </>
      )}
    </Card>
  );
}
