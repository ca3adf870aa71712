import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { BASE } from '../../api/base.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { formatTime } from '../../ui/format.ts';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { CopyOnce } from './copy-once.tsx';
import { type GivenRole, ROLES } from './roles.ts';

type Token = Output<'listTokens'>['tokens'][number];

/** Tokens by which programs speak to the API. */
export function Tokens() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(read('listTokens'));
  const [name, setName] = useState('');
  const [role, setRole] = useState<GivenRole>('viewer');
  const refresh = () => void client.invalidateQueries({ queryKey: ['listTokens'] });
  const create = useMutation({
    mutationFn: () => call('createToken', { body: { name, role, expiresInDays: null } }),
    onSuccess: () => {
      setName('');
      refresh();
    },
  });
  const revoke = useMutation({
    mutationFn: (id: string) => call('revokeToken', { params: { id } }),
    onSuccess: refresh,
    onError: (failure) => toast(describeFailure(failure).message),
  });
  const columns: Column<Token>[] = [
    {
      name: 'Name',
      kind: 'words',
      cell: ({ name: own, works }) => (works ? own : `${own} (refused: who made it is not known or no admin any more)`),
    },
    { name: 'Role', kind: 'words', cell: (token) => token.role },
    { name: 'Made', kind: 'words', cell: ({ createdAt, createdBy }) => `${formatTime(createdAt)} by ${createdBy}` },
    { name: 'Last used', kind: 'words', cell: ({ lastUsedAt }) => (lastUsedAt ? formatTime(lastUsedAt) : 'never') },
    {
      name: <span className="hidden-text">Change</span>,
      cell: ({ id, name: of }) => (
        <button
          type="button"
          className="button little danger"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(id)}
        >
          Revoke<span className="hidden-text"> {of}</span>
        </button>
      ),
    },
  ];
  return (
    <Card
      title="Tokens for machines"
      note={
        <>
          Programs send one as <code>Authorization: Bearer …</code>. The whole API is described at{' '}
          <a href={`${BASE}/api/openapi.json`}>/api/openapi.json</a>. Only a hash is stored.
        </>
      }
    >
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextField
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField label="Role" value={role} options={ROLES} onChange={setRole} />
        <button type="submit" className="button primary" disabled={create.isPending}>
          Make a token
        </button>
      </form>
      <FormFailure error={create.error} />
      {create.data && <CopyOnce label="Keep this token." value={create.data.secret} />}
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.tokens.length === 0 ? (
        <p className="soft">No tokens yet.</p>
      ) : (
        <Table caption="Tokens" columns={columns} rows={data.tokens} keyOf={({ id }) => id} />
      )}
    </Card>
  );
}
