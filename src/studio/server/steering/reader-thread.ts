// The thread of reader.ts.

import type { Project } from '../../../project/project.ts';
import { answerWithProject } from '../project-thread.ts';
import type { ReadTask } from './reader.ts';
import { READS } from './reads.ts';

answerWithProject<ReadTask>((project, { name, input }) =>
  (READS[name] as (project: Project, input: unknown) => Promise<unknown>)(project, input),
);
