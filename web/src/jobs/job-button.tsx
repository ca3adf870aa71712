// Starts a stage. A dialog first shows what it will work with, so that nothing long begins by accident.

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { JobKind } from '../../../src/studio/contract/jobs.ts';
import { maySteer, sessionQuery } from '../api/session.ts';
import { JobDialog } from './job-dialog.tsx';
import { useJobs } from './use-jobs.ts';

interface JobButtonProps {
  readonly kind: JobKind;
  readonly primary?: boolean;
  readonly children: ReactNode;
}

export function JobButton({ kind, primary = false, children }: JobButtonProps) {
  const user = useQuery(sessionQuery).data?.user;
  const holder = useJobs()?.holder;
  const [opened, setOpened] = useState(false);
  if (!user || !maySteer(user.role)) return null;
  return (
    <>
      <button
        type="button"
        className={`button ${primary ? 'primary' : ''}`}
        disabled={holder != null}
        title={holder ? `${holder.stage} is at work; one stage works on a project at a time` : undefined}
        onClick={() => setOpened(true)}
      >
        {children}
      </button>
      {opened && <JobDialog kind={kind} onClose={() => setOpened(false)} />}
    </>
  );
}
