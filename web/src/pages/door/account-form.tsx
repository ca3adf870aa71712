// Name, address and password of a new account.

import { type ReactNode, useState } from 'react';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { say } from '../../words/words.ts';

export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

const PASSWORD_LENGTH = 8;

interface AccountFormProps {
  readonly submit: string;
  readonly onSubmit: (account: NewAccount) => Promise<void>;
  readonly children?: ReactNode;
}

export function AccountForm({ submit, onSubmit, children }: AccountFormProps) {
  const [account, setAccount] = useState<NewAccount>({ name: '', email: '', password: '' });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const bind = (key: keyof NewAccount) => ({
    value: account[key],
    onChange: (event: { target: { value: string } }) => setAccount({ ...account, [key]: event.target.value }),
  });
  return (
    <form
      className="form"
      onSubmit={async (event) => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        await onSubmit(account).catch(setError);
        setBusy(false);
      }}
    >
      {children}
      <TextField label={say('yourName')} autoComplete="name" required maxLength={80} {...bind('name')} />
      <TextField label={say('email')} type="email" autoComplete="email" required {...bind('email')} />
      <TextField
        label={say('password')}
        hint={say('passwordLength', { count: PASSWORD_LENGTH })}
        type="password"
        autoComplete="new-password"
        required
        minLength={PASSWORD_LENGTH}
        {...bind('password')}
      />
      <button type="submit" className="button primary" disabled={busy}>
        {submit}
      </button>
      <FormFailure error={error} />
    </form>
  );
}
