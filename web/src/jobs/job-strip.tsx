// What works on the project now, over every steering page.

import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import type { Job } from '../../../src/studio/contract/jobs.ts';
import { maySteer, sessionQuery } from '../api/session.ts';
import { JobRow } from './job-row.tsx';
import { useJobEvents, useJobs } from './use-jobs.ts';

export function JobStrip() {
  useJobEvents();
  const data = useJobs();
  const user = useQuery(sessionQuery).data?.user;
  const running = data?.jobs.filter(({ status }) => status === 'running' || status === 'stopping') ?? [];
  if (running.length > 0)
    return (
      <section className="card strip" aria-label="At work now">
        {running.map((job) => (
          <JobRow key={job.id} job={job} steers={user != null && maySteer(user.role)} />
        ))}
      </section>
    );
  const [last] = data?.jobs ?? [];
  if (!data?.holder && last && (last.status === 'failed' || last.status === 'interrupted'))
    return <Ended key={last.id} job={last} />;
  if (!data?.holder) return null;
  return (
    <p className="notice small">
      A command line works on this project now ({data.holder.stage}, process {data.holder.pid}). Rating goes on beside
      it.
    </p>
  );
}

const READ = 'collimate.job-read';

/** The last job, where it did not do what it was started for: told once, wherever one is. The overview lists all. */
function Ended({ job }: { readonly job: Job }) {
  const [read, setRead] = useState(() => localStorage.getItem(READ) === job.id);
  const isListed = useLocation().pathname.endsWith('/overview');
  if (read || isListed) return null;
  return (
    <section className="card strip" aria-label="Ended before it was done">
      <JobRow
        job={job}
        steers={false}
        onRead={() => {
          localStorage.setItem(READ, job.id);
          setRead(true);
        }}
      />
    </section>
  );
}
