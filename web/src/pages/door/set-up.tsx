// The first page of a new studio: whoever has the one-time token becomes the owner.

import { useState } from 'react';
import { call } from '../../api/client.ts';
import { TextField } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { AccountForm } from './account-form.tsx';
import { useEnter } from './use-enter.ts';

export function SetUp() {
  useTitle('Set up');
  const enter = useEnter();
  const [token, setToken] = useState(() => new URLSearchParams(location.search).get('token') ?? '');
  return (
    <>
      <div>
        <h1>Set up the studio</h1>
        <p className="soft">You become the owner: you invite raters, and decide who sees what.</p>
      </div>
      <AccountForm
        submit="Make the owner’s account"
        onSubmit={async (account) => enter(await call('setUp', { body: { token, ...account } }))}
      >
        <TextField
          label="Set-up token"
          hint="It is in the address that `collimate studio` printed, and works once."
          required
          autoComplete="off"
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
      </AccountForm>
    </>
  );
}
