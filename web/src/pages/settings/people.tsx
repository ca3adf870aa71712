import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Input, Output } from '../../../../src/studio/contract/client.ts';
import { isOfCrowd } from '../../../../src/studio/contract/platforms.ts';
import { linkTo } from '../../api/base.ts';
import { call, describeFailure, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount, formatTime } from '../../ui/format.ts';
import { Question } from '../../ui/question.tsx';
import { Failure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { toast } from '../../ui/toasts.tsx';
import { CopyOnce } from './copy-once.tsx';
import { ROLES } from './roles.ts';

type Person = Output<'listPeople'>['people'][number];
type Change = Input<'updatePerson'>['body'] & { readonly id: string };

/** Accounts and their roles. */
export function People() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(read('listPeople'));
  const update = useMutation({
    mutationFn: ({ id, ...body }: Change) => call('updatePerson', { params: { id }, body }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['listPeople'] }),
    onError: (failure) => toast(describeFailure(failure).message),
  });
  const reset = useMutation({
    mutationFn: async ({ id, name }: Pick<Person, 'id' | 'name'>) => ({
      name,
      ...(await call('createReset', { params: { id } })),
    }),
    onError: (failure) => toast(describeFailure(failure).message),
  });
  const columns: Column<Person>[] = [
    {
      name: 'Person',
      kind: 'wrap',
      cell: ({ name, email }) => (
        <>
          {name} <span className="soft small block">{isOfCrowd(email) ? 'of a crowd platform' : email}</span>
        </>
      ),
    },
    {
      name: 'Role',
      kind: 'words',
      cell: (person) => <RoleSelect person={person} onChange={(role) => update.mutate({ id: person.id, role })} />,
    },
    { name: 'Answers', cell: ({ answers }) => formatCount(answers) },
    { name: 'Since', kind: 'words', cell: ({ createdAt }) => formatTime(createdAt) },
    {
      name: <span className="hidden-text">Change</span>,
      kind: 'actions',
      cell: ({ id, role, disabled, name, email }) =>
        role !== 'owner' && (
          <span className="row">
            {!disabled && !isOfCrowd(email) && (
              <button
                type="button"
                className="button little"
                disabled={reset.isPending}
                onClick={() => reset.mutate({ id, name })}
              >
                New password<span className="hidden-text"> for {name}</span>
              </button>
            )}
            <OpenOrClose
              name={name}
              disabled={disabled}
              isPending={update.isPending}
              onChange={() => update.mutate({ id, disabled: !disabled })}
            />
          </span>
        ),
    },
  ];
  return (
    <Card title="People" note="A closed account cannot sign in; its answers stay.">
      {reset.data && (
        <CopyOnce
          label={`Send this link to ${reset.data.name}: a new password, once, within a day.`}
          value={linkTo(reset.data.path)}
        />
      )}
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        <Table
          caption="Accounts"
          columns={columns}
          rows={data.people}
          keyOf={({ id }) => id}
          isOff={({ disabled }) => disabled}
        />
      )}
    </Card>
  );
}

interface OpenOrCloseProps {
  readonly name: string;
  readonly disabled: boolean;
  readonly isPending: boolean;
  readonly onChange: () => void;
}

/** Closing is asked once more: what it ends does not come back when the account is opened again. */
function OpenOrClose({ name, disabled, isPending, onChange }: OpenOrCloseProps) {
  const [asked, setAsked] = useState(false);
  const whose = <span className="hidden-text"> the account of {name}</span>;
  if (disabled)
    return (
      <button type="button" className="button little" disabled={isPending} onClick={onChange}>
        Open{whose}
      </button>
    );
  return (
    <Question
      button={<>Close{whose}</>}
      look="little"
      question={`Close the account of ${name}? Its sessions, tokens and invitations end for good; its answers stay.`}
      yes="Close it"
      no="Keep it open"
      isPending={isPending}
      asked={asked}
      onAsk={setAsked}
      onYes={() => {
        setAsked(false);
        onChange();
      }}
    />
  );
}

interface RoleSelectProps {
  readonly person: Person;
  readonly onChange: (role: (typeof ROLES)[number][0]) => void;
}

function RoleSelect({ person, onChange }: RoleSelectProps) {
  if (person.role === 'owner') return <>owner</>;
  return (
    <select
      className="inline"
      aria-label={`Role of ${person.name}`}
      value={person.role}
      onChange={(event) => onChange(event.target.value as (typeof ROLES)[number][0])}
    >
      {ROLES.map(([role]) => (
        <option key={role}>{role}</option>
      ))}
    </select>
  );
}
