// What threads that work on the project have in common: a connection of their own.

import { workerData } from 'node:worker_threads';
import { openProject, type Project } from '../../project/project.ts';
import { CONNECT_WITHIN_MS } from './studio.ts';
import { answerTasks } from './thread.ts';

/** How a thread opens the project. */
export interface ProjectSource {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly { path: string; flag: string; text: string }[];
}

/**
 * Answers every task by `run` with the project of the thread's source. It is opened anew for each, so that the configuration
 * is the one in the file: a connection costs a millisecond.
 */
export function answerWithProject<Task>(run: (project: Project, task: Task) => Promise<unknown>): void {
  const { dir, env, flags } = workerData as ProjectSource;
  answerTasks<Task>(async (task) => {
    const project = await openProject(dir, { env, flags, connectWithinMs: CONNECT_WITHIN_MS });
    try {
      return await run(project, task);
    } finally {
      await project.close();
    }
  });
}
