// The thread of exchanger.ts.

import { exportProject, importFile } from '../../../method/exchange/formats.ts';
import { answerWithProject } from '../project-thread.ts';
import type { ExchangeTask } from './exchanger.ts';

answerWithProject<ExchangeTask>((project, task) =>
  task.kind === 'export' ? exportProject(project, task) : importFile(project, task),
);
