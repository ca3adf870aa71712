// Taking an invitation: what it is to, and the new account.

import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call, read } from '../../api/client.ts';
import { useTitle } from '../../ui/page.tsx';
import { Failure, Loading } from '../../ui/states.tsx';
import { say, sayTime, type WordKey } from '../../words/words.ts';
import { AccountForm } from './account-form.tsx';
import { useEnter } from './use-enter.ts';

const WORK: Readonly<Record<string, WordKey>> = { admin: 'joinAdmin', rater: 'joinRater', viewer: 'joinViewer' };

export function Invite() {
  useTitle(say('invitation'));
  const enter = useEnter();
  const { token } = useParams({ from: '/door/join/$token' });
  const { data, error, refetch } = useQuery(read('getInvite', { params: { token } }));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      <div>
        <h1>{say('joinProject', { project: data.project })}</h1>
        <p className="soft">
          {WORK[data.role] && say(WORK[data.role]!)} {say('goodUntil', { time: sayTime(data.expiresAt) })}
        </p>
      </div>
      <AccountForm
        submit={say('makeAccount')}
        onSubmit={async (account) => enter(await call('acceptInvite', { params: { token }, body: account }))}
      />
    </>
  );
}
