// What to do next, on a page that is empty until it is done.

import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { StepButton } from './next-steps.tsx';

export function FirstStep() {
  const user = useQuery(sessionQuery).data?.user;
  const step = useQuery(read('getOverview')).data?.next[0];
  if (!step || !user || !maySteer(user.role)) return null;
  return (
    <div className="row first-step">
      <StepButton action={step.action} primary />
      <span className="soft small">{step.why}</span>
    </div>
  );
}
