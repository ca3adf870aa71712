// A link by which a forgotten password is set anew.

import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call, read } from '../../api/client.ts';
import { TextField } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { say, sayTime } from '../../words/words.ts';
import { useEnter } from './use-enter.ts';

export function Reset() {
  useTitle(say('newPassword'));
  const enter = useEnter();
  const { token } = useParams({ from: '/door/reset/$token' });
  const [password, setPassword] = useState('');
  const { data, error } = useQuery(read('getReset', { params: { token } }));
  const set = useMutation({
    mutationFn: () => call('useReset', { params: { token }, body: { password } }),
    onSuccess: enter,
  });
  if (error) return <Failure error={error} />;
  if (!data) return <Loading />;
  return (
    <>
      <div>
        <h1>{say('aNewPassword')}</h1>
        <p className="soft">
          {say('resetText', { name: data.name, project: data.project, time: sayTime(data.expiresAt) })}
        </p>
      </div>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <input type="text" hidden readOnly autoComplete="username" value={data.email} />
        <TextField
          label={say('newPassword')}
          hint={say('passwordLength', { count: 8 })}
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={set.isPending}>
          {say('setAndSignIn')}
        </button>
        <FormFailure error={set.error} />
      </form>
    </>
  );
}
