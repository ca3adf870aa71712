// A link by which a forgotten password is set anew.

import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call, read } from '../../api/client.ts';
import { TextField } from '../../ui/field.tsx';
import { formatTime } from '../../ui/format.ts';
import { useTitle } from '../../ui/page.tsx';
import { Failure, FormFailure, Loading } from '../../ui/states.tsx';
import { useEnter } from './use-enter.ts';

export function Reset() {
  useTitle('New password');
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
        <h1>A new password</h1>
        <p className="soft">
          For {data.name} in {data.project}. The link works once, until {formatTime(data.expiresAt)}. Where you are
          signed in now, you will be signed out.
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
          label="New password"
          hint="At least 8 characters."
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={set.isPending}>
          Set it and sign in
        </button>
        <FormFailure error={set.error} />
      </form>
    </>
  );
}
