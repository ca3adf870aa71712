// What a stage is given to work with.

import type { Project } from '../../project/project.ts';
import type { Progress } from '../../util/progress.ts';

export interface FeedbackSession {
  readonly project: Project;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
