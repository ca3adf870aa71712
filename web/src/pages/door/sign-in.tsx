// Signing in.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../../../src/studio/contract/client.ts';
import { BASE } from '../../api/base.ts';
import { call } from '../../api/client.ts';
import { sessionQuery } from '../../api/session.ts';
import { TextField } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { say } from '../../words/words.ts';
import { useEnter } from './use-enter.ts';

/** The provider's people come back with this where it, or the studio, knows no such account. */
function refusedBySingleSignOn(): Error | undefined {
  return new URLSearchParams(location.search).has('failed')
    ? new ApiError(403, { code: 'FORBIDDEN', message: say('singleSignOnFailed'), hint: '' })
    : undefined;
}

export function SignIn() {
  useTitle(say('signIn'));
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { singleSignOn } = useQuery(sessionQuery).data ?? {};
  const [error, setError] = useState<unknown>(refusedBySingleSignOn);
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
      {singleSignOn && (
        <a className="button" href={`${BASE}/api/sign-in/sso`}>
          {singleSignOn}
        </a>
      )}
      <p className="soft small">{say('noAccount')}</p>
    </>
  );
}
