// The jobs of a project, and who works on it now.

import type { Output } from '../../contract/client.ts';
import type { Studio } from '../studio.ts';

export async function readJobs({ jobs, project }: Studio, limit: number): Promise<Output<'listJobs'>> {
  const list = await jobs.list(limit);
  const [holder] = await project.holders();
  return {
    jobs: list,
    holder: holder ? { stage: holder.stage, pid: holder.pid, startedAt: holder.startedAt } : null,
  };
}
