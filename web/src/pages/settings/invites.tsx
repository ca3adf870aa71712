import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { linkTo } from '../../api/base.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { formatTime } from '../../ui/format.ts';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { CopyOnce } from './copy-once.tsx';
import { type GivenRole, ROLES } from './roles.ts';

type Invite = Output<'listInvites'>['invites'][number];

/** Invitation links: made, listed, taken back. */
export function Invites() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(read('listInvites'));
  const [role, setRole] = useState<GivenRole>('rater');
  const [uses, setUses] = useState(1);
  const [days, setDays] = useState(3);
  const refresh = () => void client.invalidateQueries({ queryKey: ['listInvites'] });
  const create = useMutation({
    mutationFn: () => call('createInvite', { body: { role, uses, expiresInHours: 24 * days } }),
    onSuccess: refresh,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => call('revokeInvite', { params: { id } }),
    onSuccess: refresh,
    onError: (failure) => toast(describeFailure(failure).message),
  });
  const columns: Column<Invite>[] = [
    { name: 'Role', kind: 'words', cell: (invite) => invite.role },
    { name: 'Uses left', cell: ({ usesLeft, uses: all }) => `${usesLeft} of ${all}` },
    { name: 'Good until', cell: ({ expiresAt }) => formatTime(expiresAt) },
    { name: 'Made by', kind: 'words', cell: ({ createdBy }) => createdBy },
    {
      name: <span className="hidden-text">Change</span>,
      cell: ({ id }) => (
        <button
          type="button"
          className="button little danger"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(id)}
        >
          Take back
        </button>
      ),
    },
  ];
  return (
    <Card
      title="Invite people"
      note="Whoever has the link makes an account of this role, until it is used up or its time is over."
    >
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <SelectField label="Role" value={role} options={ROLES} onChange={setRole} />
        <TextField
          label="Uses"
          type="number"
          min={1}
          max={1000}
          value={uses}
          onChange={(event) => setUses(Number(event.target.value))}
        />
        <TextField
          label="Days"
          type="number"
          min={1}
          max={90}
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        />
        <button type="submit" className="button primary" disabled={create.isPending}>
          Make a link
        </button>
      </form>
      <FormFailure error={create.error} />
      {create.data && <CopyOnce label="Send this link." value={linkTo(create.data.path)} />}
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        data.invites.length > 0 && (
          <Table caption="Open invitations" columns={columns} rows={data.invites} keyOf={({ id }) => id} />
        )
      )}
    </Card>
  );
}
