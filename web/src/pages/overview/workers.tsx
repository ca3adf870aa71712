// Who works for the project on other machines, what each does and how fast, and what failed for good.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount, formatTime } from '../../ui/format.ts';
import { Question } from '../../ui/question.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';

type Work = Output<'getWork'>;
type Worker = Work['workers'][number];
type Failed = Work['failed'][number];
type Topic = Work['topics'][number];

const WORKERS: Column<Worker>[] = [
  { name: 'Worker', kind: 'words', cell: ({ name }) => name },
  { name: 'State', kind: 'words', cell: ({ state }) => state },
  { name: 'Device', kind: 'words', cell: ({ device }) => device },
  { name: 'At', kind: 'words', cell: ({ doing }) => doing || '–' },
  { name: 'Made', cell: ({ done }) => formatCount(done) },
  { name: 'Failed tries', cell: ({ failed }) => formatCount(failed) },
  { name: 'A minute', cell: ({ perMinute }) => (perMinute > 0 ? perMinute.toPrecision(3) : '–') },
];

const TOPICS: Column<Topic>[] = [
  { name: 'Work', kind: 'words', cell: ({ topic }) => topic },
  { name: 'Waits', cell: ({ waiting }) => formatCount(waiting) },
  { name: 'In hand', cell: ({ working }) => formatCount(working) },
];

/** Nothing where no other machine can reach the project. */
export function Workers({ steers }: { readonly steers: boolean }) {
  const { data } = useQuery({ ...read('getWork'), refetchInterval: 3000 });
  const [said, setSaid] = useState('');
  const told = useRef<HTMLParagraphElement>(null);
  if (!data?.shared) return null;
  // The button that was pressed goes with what it was about.
  const tell = (text: string) => {
    setSaid(text);
    told.current?.focus();
  };
  const { workers, topics, failed, failedCount } = data;
  return (
    <Card title="Workers" note="Machines that run collimate worker for this project.">
      {workers.length > 0 ? (
        <Table caption="Workers" columns={WORKERS} rows={workers} keyOf={({ id }) => id} />
      ) : (
        <p className="soft">No worker is there.</p>
      )}
      {topics.length > 0 && (
        <Table caption="What waits for workers" columns={TOPICS} rows={topics} keyOf={({ topic }) => topic} />
      )}
      <p ref={told} tabIndex={-1} role="status" className="soft" hidden={said === '' && failedCount === 0}>
        {said}
      </p>
      {failedCount > 0 && <FailedWork failed={failed} count={failedCount} steers={steers} tell={tell} />}
    </Card>
  );
}

interface FailedProps {
  readonly failed: readonly Failed[];
  readonly count: number;
  readonly steers: boolean;
  readonly tell: (text: string) => void;
}

function FailedWork({ failed, count, steers, tell }: FailedProps) {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const done = (text: string) => {
    tell(text);
    setAsked(false);
    void client.invalidateQueries({ queryKey: ['getWork'] });
  };
  const onError = (failure: unknown) => toast(describeFailure(failure).message);
  const retry = useMutation({
    mutationFn: (ids: string[] | undefined) => call('retryWork', { body: ids ? { ids } : {} }),
    onSuccess: ({ retried }) => done(`Waiting to be tried again: ${formatCount(retried)}.`),
    onError,
  });
  const drop = useMutation({
    mutationFn: (ids: string[] | undefined) => call('dropWork', { body: ids ? { ids } : { all: true } }),
    onSuccess: ({ dropped }) => done(`Given up: ${formatCount(dropped)}.`),
    onError,
  });
  const columns: Column<Failed>[] = [
    { name: 'Failed for good', kind: 'words', cell: ({ failedAt }) => formatTime(failedAt) },
    { name: 'Work', kind: 'words', cell: ({ topic }) => topic },
    { name: 'Tries', cell: ({ attempts }) => attempts },
    { name: 'Error', kind: 'wrap', cell: ({ error, worker }) => (worker ? `${error} (${worker})` : error) },
  ];
  const change: Column<Failed> = {
    name: <span className="hidden-text">Change</span>,
    kind: 'actions',
    cell: ({ id, key }) => (
      <span className="row">
        <button type="button" className="button little" disabled={retry.isPending} onClick={() => retry.mutate([id])}>
          Try again<span className="hidden-text"> {key}</span>
        </button>
        <button
          type="button"
          className="button little danger"
          disabled={drop.isPending}
          onClick={() => drop.mutate([id])}
        >
          Give up<span className="hidden-text"> {key}</span>
        </button>
      </span>
    ),
  };
  return (
    <>
      <Table
        caption="Work that failed for good"
        columns={steers ? [...columns, change] : columns}
        rows={failed}
        keyOf={({ id }) => id}
      />
      {count > failed.length && (
        <p className="soft small">
          {formatCount(count)} failed; the latest {failed.length} are listed.
        </p>
      )}
      {steers && (
        <span className="row">
          <button type="button" className="button" disabled={retry.isPending} onClick={() => retry.mutate(undefined)}>
            Try all again
          </button>
          {/* What is not listed goes as well. */}
          <Question
            button="Give all up"
            look="danger"
            question={`Give up all that failed, ${formatCount(count)} of them, for good?`}
            yes="Give them up"
            no="Keep them"
            isPending={drop.isPending}
            asked={asked}
            onAsk={setAsked}
            onYes={() => drop.mutate(undefined)}
          />
        </span>
      )}
    </>
  );
}
