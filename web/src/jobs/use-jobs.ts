// The jobs of the project, kept up to date by the server's events; pages read anew when a job ends.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Output } from '../../../src/studio/contract/client.ts';
import { addressOf } from '../api/base.ts';
import { read } from '../api/client.ts';

type Jobs = Output<'listJobs'>;

const jobsQuery = read('listJobs', { query: {} });

export function useJobs(): Jobs | undefined {
  return useQuery({ ...jobsQuery, staleTime: 30_000 }).data;
}

/** Follows the server's events for as long as a steering page is open. */
export function useJobEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource(addressOf('watchJobs'));
    let running = new Set<string>();
    source.addEventListener('jobs', (event) => {
      const jobs = JSON.parse(event.data as string) as Jobs;
      client.setQueryData(jobsQuery.queryKey, jobs);
      const now = new Set(
        jobs.jobs.filter(({ status }) => status === 'running' || status === 'stopping').map(({ id }) => id),
      );
      if ([...running].some((id) => !now.has(id)))
        void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== jobsQuery.queryKey[0] });
      running = now;
    });
    return () => source.close();
  }, [client]);
}
