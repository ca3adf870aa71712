// What to do next, on a page that is empty until it is done.

import { useQuery } from '@tanstack/react-query';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { StepButton } from './next-steps.tsx';

/** @param towards what fills the page: where it can be done already, it is what is to be done */
export function FirstStep({ towards }: { readonly towards: Output<'getOverview'>['next'][number]['action'] }) {
  const user = useQuery(sessionQuery).data?.user;
  const steps = useQuery(read('getOverview')).data?.next ?? [];
  const step = steps.find(({ action }) => action === towards) ?? steps[0];
  if (!step || !user || !maySteer(user.role)) return null;
  return (
    <div className="row first-step">
      <StepButton action={step.action} primary />
      <span className="soft small">{step.why}</span>
    </div>
  );
}
