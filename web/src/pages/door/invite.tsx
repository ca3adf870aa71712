// Taking an invitation: what it is to, and the new account.

import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call, read } from '../../api/client.ts';
import { formatTime } from '../../ui/format.ts';
import { useTitle } from '../../ui/page.tsx';
import { Failure, Loading } from '../../ui/states.tsx';
import { AccountForm } from './account-form.tsx';
import { useEnter } from './use-enter.ts';

const WORK: Readonly<Record<string, string>> = {
  admin: 'You will steer the project: start stages, invite others, and rate.',
  rater: 'You will rate pictures: does each show what its prompt says?',
  viewer: 'You will see how the project goes, without changing it.',
};

export function Invite() {
  useTitle('Invitation');
  const enter = useEnter();
  const { token } = useParams({ from: '/door/join/$token' });
  const { data, error, refetch } = useQuery(read('getInvite', { params: { token } }));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      <div>
        <h1>Join {data.project}</h1>
        <p className="soft">
          {WORK[data.role]} The invitation is good until {formatTime(data.expiresAt)}.
        </p>
      </div>
      <AccountForm
        submit="Make my account"
        onSubmit={async (account) => enter(await call('acceptInvite', { params: { token }, body: account }))}
      />
    </>
  );
}
