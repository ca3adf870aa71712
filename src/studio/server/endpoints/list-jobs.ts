import type { Handler } from '../endpoint.ts';
import { readJobs } from '../jobs/read-jobs.ts';

export const listJobs: Handler<'listJobs'> = ({ studio, query }) => readJobs(studio, query.limit);
