import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { addressOf } from '../../api/base.ts';
import { call, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';

type Format = Output<'listFormats'>['formats'][number];

const COLUMNS: readonly Column<Format>[] = [
  { name: 'Format', kind: 'words', cell: ({ name }) => name },
  { name: 'What it is', kind: 'wrap', cell: ({ description }) => description },
  {
    name: <span className="hidden-text">Download</span>,
    cell: ({ name, beside }) => (
      <span className="row end">
        {beside && (
          <a className="button little" download href={addressOf('exportBeside', { params: { format: name } })}>
            {beside.charAt(0).toUpperCase() + beside.slice(1)}
          </a>
        )}
        <a className="button little" download href={addressOf('exportData', { params: { format: name } })}>
          Export<span className="hidden-text"> {name}</span>
        </a>
      </span>
    ),
  },
];

/** Data out of the project and into it. */
export function Exchange() {
  const { data, error, refetch } = useQuery(read('listFormats'));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      <Card title="Export" note="One file. Raters are named by pseudonyms.">
        <Table caption="Formats" columns={COLUMNS} rows={data.formats} keyOf={({ name }) => name} />
      </Card>
      <ImportForm formats={data.formats} />
    </>
  );
}

function ImportForm({ formats }: { readonly formats: readonly Format[] }) {
  const client = useQueryClient();
  const [format, setFormat] = useState(formats[0]!.name);
  const [file, setFile] = useState<File>();
  const [skipBad, setSkipBad] = useState(false);
  const run = useMutation({
    mutationFn: () => {
      const form = new FormData();
      form.set('file', file!);
      form.set('skipBad', String(skipBad));
      return call('importData', { params: { format }, body: form as never });
    },
    onSuccess: () => void client.invalidateQueries(),
  });
  return (
    <Card title="Import" note={formats.find(({ name }) => name === format)?.description}>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        <SelectField
          label="Format"
          value={format}
          options={formats.map(({ name }) => [name, name] as const)}
          onChange={setFormat}
        />
        <Field label="File" wide>
          {(attributes) => (
            <input {...attributes} type="file" required onChange={(event) => setFile(event.target.files?.[0])} />
          )}
        </Field>
        <label className="check">
          <input type="checkbox" checked={skipBad} onChange={(event) => setSkipBad(event.target.checked)} />
          <span>Leave out what is wrong, and list it</span>
        </label>
        <button type="submit" className="button primary" disabled={!file || run.isPending}>
          {run.isPending ? 'Importing…' : 'Import'}
        </button>
      </form>
      {run.data && (
        <p className="notice small said" role="status">
          {run.data.said}
        </p>
      )}
      <FormFailure error={run.error} />
    </Card>
  );
}
