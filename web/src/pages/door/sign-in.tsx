// Signing in.

import { useState } from 'react';
import { call } from '../../api/client.ts';
import { TextField } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { useEnter } from './use-enter.ts';

export function SignIn() {
  useTitle('Sign in');
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  return (
    <>
      <h1>Sign in</h1>
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
          label="Email"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={busy}>
          Sign in
        </button>
        <FormFailure error={error} />
      </form>
      <p className="soft small">
        No account yet? Ask the owner of the project for an invitation link. Forgot the password? Ask an admin for a
        link that sets a new one.
      </p>
    </>
  );
}
