// What works on the project now, over every steering page.

import { useQuery } from '@tanstack/react-query';
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
  if (!data?.holder) return null;
  return (
    <p className="notice small">
      A command line works on this project now ({data.holder.stage}, process {data.holder.pid}). Rating goes on beside
      it.
    </p>
  );
}
