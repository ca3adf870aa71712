// What the reader's thread can be asked.

import type { Project } from '../../../project/project.ts';
import { readDisputes } from './read-disputes.ts';
import { readEvaluation } from './read-evaluation.ts';
import { readFilters } from './read-filters.ts';
import { readOverview } from './read-overview.ts';
import { readQuality, readRatingPlans } from './read-quality.ts';
import { readReward } from './read-reward.ts';
import { readStudyResults } from './read-study-results.ts';
import { readTuning } from './read-tuning.ts';

export const READS = {
  overview: readOverview,
  filters: readFilters,
  quality: readQuality,
  disputes: readDisputes,
  plan: readRatingPlans,
  reward: readReward,
  tuning: readTuning,
  evaluation: readEvaluation,
  studyResults: readStudyResults,
} as const satisfies Record<string, (project: Project, input: never) => Promise<unknown>>;

export type ReadName = keyof typeof READS;
export type ReadInput<Name extends ReadName> = Parameters<(typeof READS)[Name]>[1];
export type ReadOutput<Name extends ReadName> = Awaited<ReturnType<(typeof READS)[Name]>>;
