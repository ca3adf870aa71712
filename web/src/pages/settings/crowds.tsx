// Links for crowd platforms: made, listed, ended; and what everybody who came by one has done.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import type { Platform } from '../../../../src/studio/contract/platforms.ts';
import { addressOf, linkTo } from '../../api/base.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { Field, SelectField, TextField } from '../../ui/field.tsx';
import { formatTime } from '../../ui/format.ts';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { CopyOnce } from './copy-once.tsx';

type Link = Output<'listCrowdLinks'>['links'][number];

const PLATFORM_NAMES: readonly (readonly [Platform, string])[] = [
  ['prolific', 'Prolific'],
  ['mturk', 'Mechanical Turk'],
  ['cloudresearch', 'CloudResearch'],
  ['other', 'Another'],
];

const START = { name: '', code: '', returnUrl: '', consent: '', answersEach: 50, participants: 20, days: 14 };

export function Crowds() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(read('listCrowdLinks'));
  const [platform, setPlatform] = useState<Platform>('prolific');
  const [form, setForm] = useState(START);
  const refresh = () => void client.invalidateQueries({ queryKey: ['listCrowdLinks'] });
  const create = useMutation({
    mutationFn: () => {
      const { days, returnUrl, ...settings } = form;
      const body = { ...settings, platform, returnUrl: returnUrl || null, expiresInDays: days };
      return call('createCrowdLink', { body });
    },
    onSuccess: refresh,
  });
  const close = useMutation({
    mutationFn: (id: string) => call('closeCrowdLink', { params: { id } }),
    onSuccess: refresh,
    onError: (failure) => toast(describeFailure(failure).message),
  });
  const text = (key: 'name' | 'code' | 'returnUrl') => ({
    value: form[key],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [key]: event.target.value }),
  });
  const number = (key: 'answersEach' | 'participants' | 'days') => ({
    type: 'number',
    min: 1,
    value: form[key],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [key]: Number(event.target.value) }),
  });
  const columns: Column<Link>[] = [
    { name: 'Study', kind: 'words', cell: ({ name }) => name },
    { name: 'Platform', kind: 'words', cell: (link) => link.platform },
    { name: 'Came', cell: ({ came, participants }) => `${came} of ${participants}` },
    { name: 'Done', cell: ({ finished }) => finished },
    { name: 'Answers each', cell: ({ answersEach }) => answersEach },
    { name: 'Good until', cell: ({ expiresAt, open }) => (open ? formatTime(expiresAt) : 'over') },
    {
      name: <span className="hidden-text">Change</span>,
      cell: ({ id, open, name }) =>
        open && (
          <button
            type="button"
            className="button little danger"
            disabled={close.isPending}
            onClick={() => close.mutate(id)}
          >
            End<span className="hidden-text"> {name}</span>
          </button>
        ),
    },
  ];
  return (
    <Card
      title="Crowd platforms"
      note="People come by an identifier of the platform, without an account or an address, agree, rate so many pictures, and are shown the code."
      actions={
        data &&
        data.links.length > 0 && (
          <a className="button" href={addressOf('exportCrowd')} download>
            Export hours
          </a>
        )
      }
    >
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <SelectField label="Platform" value={platform} options={PLATFORM_NAMES} onChange={setPlatform} />
        <TextField label="Name of the study" required maxLength={100} {...text('name')} />
        <TextField label="Completion code" required maxLength={100} {...text('code')} />
        <TextField label="Answers each" {...number('answersEach')} />
        <TextField label="People at most" {...number('participants')} />
        <TextField label="Days" {...number('days')} />
        {platform !== 'prolific' && <TextField label="Address at the end, if any" type="url" {...text('returnUrl')} />}
        <Field label="What people agree to (Markdown)" wide>
          {(attributes) => (
            <textarea
              {...attributes}
              dir="auto"
              maxLength={20_000}
              value={form.consent}
              onChange={(event) => setForm({ ...form, consent: event.target.value })}
            />
          )}
        </Field>
        <button type="submit" className="button" disabled={create.isPending}>
          Make the link
        </button>
      </form>
      <FormFailure error={create.error} />
      {create.data && <CopyOnce label="Give the platform this address." value={linkTo(create.data.path)} />}
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        data.links.length > 0 && (
          <Table caption="Links for crowd platforms" columns={columns} rows={data.links} keyOf={({ id }) => id} />
        )
      )}
    </Card>
  );
}
