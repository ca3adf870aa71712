// The thread of reader.ts.

import { workerData } from 'node:worker_threads';
import { openProject, type Project } from '../../store/project.ts';
import { answerTasks } from '../thread.ts';
import type { ReaderSource, ReadTask } from './reader.ts';
import { READS } from './reads.ts';

const { dir, env, flags } = workerData as ReaderSource;

// Opened anew for each task, so that the configuration is the one in the file: a connection costs a millisecond.
answerTasks<ReadTask>(async ({ name, input }) => {
  const project = await openProject(dir, { env, flags });
  try {
    return await (READS[name] as (project: Project, input: unknown) => Promise<unknown>)(project, input);
  } finally {
    await project.close();
  }
});
