// The first page of a new studio: whoever has the one-time token becomes the owner.

import { useState } from 'react';
import { call } from '../../api/client.ts';
import { TextField } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { say } from '../../words/words.ts';
import { AccountForm } from './account-form.tsx';
import { useEnter } from './use-enter.ts';

export function SetUp() {
  useTitle(say('setUpTitle'));
  const enter = useEnter();
  const [token, setToken] = useState(() => new URLSearchParams(location.search).get('token') ?? '');
  return (
    <>
      <div>
        <h1>{say('setUpStudio')}</h1>
        <p className="soft">{say('setUpText')}</p>
      </div>
      <AccountForm
        submit={say('setUpSubmit')}
        onSubmit={async (account) => enter(await call('setUp', { body: { token, ...account } }))}
      >
        <TextField
          label={say('setUpToken')}
          hint={say('setUpTokenHint')}
          required
          autoComplete="off"
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
      </AccountForm>
    </>
  );
}
