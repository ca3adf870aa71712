import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';
import { say } from '../../words/words.ts';

/** Changes the own password. */
export function Password() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => call('changePassword', { body: { current, password } }),
    onSuccess: () => {
      toast(say('passwordChanged'));
      setCurrent('');
      setPassword('');
    },
  });
  return (
    <Card title={say('yourPassword')} note={say('sessionsEnd')}>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <TextField
          label={say('currentPassword')}
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <TextField
          label={say('newPassword')}
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" className="button" disabled={change.isPending}>
          {say('changePassword')}
        </button>
      </form>
      <FormFailure error={change.error} />
    </Card>
  );
}
