// Signing in.

import { useState } from 'react';
import { call } from '../../api/client.ts';
import { TextField } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { say } from '../../words/words.ts';
import { useEnter } from './use-enter.ts';

export function SignIn() {
  useTitle(say('signIn'));
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  return (
    <>
      <h1>{say('signIn')}</h1>
      <form
        className="form"
        onSubmit={async (event) => {
          event.preventDefault();
          setBusy(true);
          setError(undefined);
          await call('signIn', { body: { email, password } }).then(enter).catch(setError);
          setBusy(false);
        }}
      >
        <TextField
          label={say('email')}
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label={say('password')}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={busy}>
          {say('signIn')}
        </button>
        <FormFailure error={error} />
      </form>
      <p className="soft small">{say('noAccount')}</p>
    </>
  );
}
